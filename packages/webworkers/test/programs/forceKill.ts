// Runs so many times the case that is skipped on Bun, and tells what failed: `bun forceKill.ts 10`.
import * as Conformance from "@heddle/conformance";
import * as Runner from "@heddle/conformance/Runner";

import * as WebWorkers from "../../src/WebWorkers.ts";

const cases = Conformance.cases.filter(({ id }) => id === "capabilities/force-kill");
const found = { passed: 0, failures: [] as Array<string> };
for (let left = Number(process.argv[2]); left > 0; left--) {
  const report = await Runner.run(
    "webworkers",
    (options) => WebWorkers.layer({ grace: 200, closeTimeout: 200, ...options }),
    { sizes: [1, 4], cases },
  );
  found.passed += report.cases.filter(({ verdict }) => verdict === "passed").length;
  found.failures.push(...Runner.failures(report));
}
console.log(JSON.stringify(found));
