import * as Threads from "@heddle/threads";
import * as Processes from "@heddle/processes";
import * as Fibers from "@heddle/fibers";
import { P, Bad, echo, thr, boom, stub } from "./t.ts";
for (const open of [Fibers.open, Threads.open, Processes.open]) {
await using r = await open();
console.log("==", r.name);
const show = async (l: string, p: Promise<unknown>) => console.log(l, await p.catch((e: any) => ["ERR", e instanceof Bad, e.constructor.name, e.message, e.code, e.n]));
await show("sab", r.run(echo, new SharedArrayBuffer(4)));
await show("class", r.run(echo, new P()));
await show("fn", r.run(echo, { rows: [1, { callback: () => 1 }] }));
await show("typed", r.run(thr, 7));
await show("boom", r.run(boom, 7));
await show("u8", r.run(echo, [new Uint8Array([1]), new Date(0), 1n, new Map([[1, 2]]), new Set([1]), /x/g, undefined, new Float64Array(1)]));
await show("transfer", r.run(echo, new ArrayBuffer(1), { transfer: [new ArrayBuffer(1)] }));
const t0 = performance.now();
await show("stub", r.run(stub, 300, { timeout: 50 })); console.log(Math.round(performance.now() - t0));
}
await using r = await Threads.open({ size: 1 });
const a = r.run(stub, 100); const b = r.submit(echo, 1); console.log(String(b), b.status()); await a; await b.result; console.log(String(b), r.stats());
// @ts-ignore
// @ts-ignore
await r.run(5 as any).catch((e: any) => console.log(e.message, e.code));
