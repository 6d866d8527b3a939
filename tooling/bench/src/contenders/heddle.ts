/** Heddle through its promise API, with the defaults that a user gets. */
import type { PromisedRuntime } from "@heddle/core/Promised";
import type * as Task from "@heddle/core/Task";

import type { BodyName } from "../bodies.ts";
import type { Contender, ContenderKind, Pool } from "../contract.ts";

type AnyTask = Task.Task<string, any, any, any, "value", any>;

type Open = (size: number) => Promise<PromisedRuntime>;

const poolOf = async (openRuntime: Open, size: number): Promise<Pool> => {
  const runtime = await openRuntime(size);
  const { tasks } = await import("../heddleTasks.ts");
  const taskOf = (body: BodyName): AnyTask => tasks[body];
  return {
    run: (body, input, transfer) =>
      transfer === undefined
        ? runtime.run(taskOf(body), input)
        : runtime.run(taskOf(body), input, { transfer }),
    map: async (inputs, each) => {
      for (const output of await runtime.map(tasks.double, inputs).toArray()) each(output);
    },
    scale: (values) => runtime.mapChunks(tasks.scaleMoved, values),
    close: () => runtime.close(),
  };
};

const contender = (id: string, title: string, kind: ContenderKind, open: Open): Contender => ({
  id,
  title,
  kind,
  role: "heddle",
  file: "heddle",
  open: (size) => poolOf(open, size),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("heddle-threads", "Heddle threads", "threads", async (size) => {
    const Threads = await import("@heddle/threads");
    return Threads.open({ size });
  }),
  contender("heddle-threads-low", 'Heddle threads, latency: "low"', "threads", async (size) => {
    const Threads = await import("@heddle/threads");
    return Threads.open({ size, latency: "low" });
  }),
  contender("heddle-processes", "Heddle processes", "processes", async (size) => {
    const Processes = await import("@heddle/processes");
    return Processes.open({ size });
  }),
];
