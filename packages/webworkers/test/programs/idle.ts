// Leaves its runtime open and ends.
import * as Plain from "@heddle/conformance/tasks/plain";

import * as WebWorkers from "../../src/WebWorkers.ts";

const runtime = await WebWorkers.open({ size: 2 });
console.log(await runtime.run(Plain.double, 21));
