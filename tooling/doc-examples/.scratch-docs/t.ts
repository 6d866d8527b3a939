import * as Task from "@heddle/core/Task";
export const sleepy = Task.make({ name: "t/sleepy", module: import.meta.url, body: (ms: number, { isCancelled }) => { const t = Date.now(); while (Date.now() - t < ms && !isCancelled()); return isCancelled(); } });
export const die = Task.make({ name: "t/die", module: import.meta.url, body: () => process.exit(3) });
export const block = Task.make({ name: "t/block", module: import.meta.url, body: () => { for(;;); } });
export const where = Task.make({ name: "t/where", module: import.meta.url, body: (_: void, { unit }) => unit });
