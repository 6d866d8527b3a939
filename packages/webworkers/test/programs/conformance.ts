// Puts the runtime through the suite, on the platform that runs this program: `bun conformance.ts Bun report.json 1 4`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import * as Runner from "@heddle/conformance/Runner";

import * as WebWorkers from "../../src/WebWorkers.ts";
import { skips } from "../skips.ts";

const [platform = "", file = "", ...sizes] = process.argv.slice(2);

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
