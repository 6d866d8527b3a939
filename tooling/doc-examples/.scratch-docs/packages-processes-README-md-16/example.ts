import * as Processes from "@heddle/processes";

import { square } from "./tasks/squares.ts";

await using runtime = await Processes.open({ size: 2 });
console.log(await runtime.run(square, 12, { timeout: "5 seconds" })); // 144
for await (const n of runtime.map(square, [1, 2, 3])) console.log(n); // 1, 4, 9
