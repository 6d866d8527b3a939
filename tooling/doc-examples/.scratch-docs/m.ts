import * as Threads from "@heddle/threads";
import * as Processes from "@heddle/processes";
import * as Fibers from "@heddle/fibers";
import { sleepy, die, block, where } from "./t.ts";
for (const R of [Threads, Processes]) {
await using r = await R.open({ size: 2, grace: 200 });
console.log(await r.run(where), r.stats());
const t0 = performance.now();
await r.run(block, undefined, { signal: AbortSignal.timeout(100) }).catch((e) => console.log(e.name, Math.round(performance.now() - t0)));
await r.run(block, undefined, { timeout: 100 }).catch((e) => console.log(e.message, e.code));
await r.run(die).catch((e) => console.log(String(e), e.code, e.reason._tag, e.name));
console.log(await r.run(sleepy, 10));
console.log(r.capabilities)
}
await using f = await Fibers.open();
console.log(f.capabilities, f.stats(), await f.run(where));
for await (const n of f.map(sleepy, [1,2,3])) console.log(n);
await Threads.open({ size: 0 }).catch((e) => console.log(e.message));
