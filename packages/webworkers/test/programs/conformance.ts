// Puts the runtime through the suite, on the platform that runs this program: `bun conformance.ts Bun report.json 1 4`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import * as Runner from "@heddle/conformance/Runner";

import * as WebWorkers from "../../src/WebWorkers.ts";

const [platform = "", file = "", ...sizes] = process.argv.slice(2);

const silent = "the platform does not tell what a worker prints, so there is no end of stderr";

const skips: Readonly<Record<string, ReadonlyArray<Runner.Skip>>> = {
  Bun: [
    { case: "supervision/exit-0", reason: silent },
    { case: "supervision/exit-1", reason: silent },
    { case: "supervision/uncaught", reason: silent },
    { case: "supervision/unhandled", reason: silent },
    { case: "output/exits", reason: silent },
    { case: "output/throws", reason: silent },
    { case: "output/end", reason: silent },
    { case: "output/no-others", reason: silent },
    { case: "supervision/out-of-memory", reason: "the platform has no memory limit for a worker" },
    {
      case: "elasticity/recycle-heap",
      reason: "the platform does not tell the heap of a worker",
      sizes: [1],
    },
  ],
  Deno: [
    {
      case: "cancellation/mass",
      reason:
        "the platform takes a listener off a signal in time that grows with their number: 20,000 take a second",
      // It may pass: on a machine that does nothing else.
      neverRun: true,
    },
    {
      case: "elasticity/recycle-heap",
      reason: "the platform does not tell the heap of a worker",
      sizes: [1],
    },
    { case: "isolation/process-env-stays", reason: "the platform has one `process.env` for all its workers" },
  ],
};

const report = await Runner.run(
  `webworkers (${platform})`,
  (options) => WebWorkers.layer({ grace: 200, closeTimeout: 200, ...options }),
  { sizes: sizes.map(Number), skip: skips[platform] },
);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
const failures = Runner.failures(report);
for (const failure of failures) console.error(failure);
process.exitCode = failures.length === 0 ? 0 : 1;
