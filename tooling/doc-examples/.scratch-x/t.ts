import * as Task from "@heddle/core/Task";
import * as Schema from "effect/Schema";
export class P { x = 1; m() { return 1 } }
export class Bad extends Schema.TaggedError<Bad>()("Bad", { n: Schema.Number }) {}
const module = import.meta.url;
export const echo = Task.make({ name: "t/echo", module, body: (u: unknown) => u });
export const thr = Task.make({ name: "t/thr", module, error: Bad, body: (n: number): number => { throw new Bad({ n }) } });
export const boom = Task.make({ name: "t/boom", module, body: (n: number): number => { throw Object.assign(new RangeError("bad"), { code: "E_X", n }) } });
export const stub = Task.make({ name: "t/stub", module, body: (ms: number) => { const t = Date.now(); while (Date.now() - t < ms); return 1 } });
