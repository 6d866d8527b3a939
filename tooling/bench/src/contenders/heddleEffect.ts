/** Heddle inside one Effect program, where the calls come from fibers. */
import type * as Runtime from "@heddle/core/Runtime";
import type * as Task from "@heddle/core/Task";
import type * as Layer from "effect/Layer";

import type { BodyName } from "../bodies.ts";
import { sameAs } from "../check.ts";
import type { Contender, ContenderKind, Pool } from "../contract.ts";

type AnyTask = Task.Task<string, any, any, any, "value", any>;

type LayerOf = (size: number) => Promise<Layer.Layer<Runtime.Runtime, unknown>>;

const poolOf = async (layerOf: LayerOf, size: number): Promise<Pool> => {
  const layer = await layerOf(size);
  const [RuntimeModule, Effect, ManagedRuntime, { tasks }] = await Promise.all([
    import("@heddle/core/Runtime"),
    import("effect/Effect"),
    import("effect/ManagedRuntime"),
    import("../heddleTasks.ts"),
  ]);
  const managed = ManagedRuntime.make(layer);
  await managed.context();
  const taskOf = (body: BodyName): AnyTask => tasks[body];
  const checked = (input: number) =>
    Effect.map(RuntimeModule.run(tasks.noop, input), (output) => sameAs(input, output));
  return {
    run: (body, input, transfer) =>
      managed.runPromise(
        RuntimeModule.run(taskOf(body), input, transfer === undefined ? undefined : { transfer }),
      ),
    runMany: (count, inFlight) =>
      managed.runPromise(
        Effect.forEach(Array(count).keys(), checked, { concurrency: inFlight, discard: true }),
      ),
    close: () => managed.dispose(),
  };
};

const contender = (id: string, title: string, kind: ContenderKind, layer: LayerOf): Contender => ({
  id,
  title,
  kind,
  role: "heddle",
  file: "heddleEffect",
  open: (size) => poolOf(layer, size),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("heddle-threads-effect", "Heddle threads, Effect API", "threads", async (size) => {
    const Threads = await import("@heddle/threads");
    return Threads.layer({ size });
  }),
  contender("heddle-processes-effect", "Heddle processes, Effect API", "processes", async (size) => {
    const Processes = await import("@heddle/processes");
    return Processes.layer({ size });
  }),
];
