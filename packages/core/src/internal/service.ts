/**
 * The service that users call, over the engine that does the work.
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type * as Stream from "effect/Stream";

import * as Coordination from "../Coordination.ts";
import * as Options from "../Options.ts";
import type { ChunkOptions, Inputs, MapOptions, RunOptions, Service } from "../Runtime.ts";
import { InvalidOptions, type Reason, RuntimeError, Unsupported } from "../RuntimeError.ts";
import type * as Task from "../Task.ts";
import { accessOf } from "./ending.ts";
import type { Engine } from "./engine.ts";
import * as Engines from "./engines.ts";
import * as Late from "./late.ts";
import * as Submit from "./submit.ts";

const refuse = ({ adapter }: Engine, reason: Reason): Effect.Effect<never, RuntimeError> =>
  Effect.fail(new RuntimeError({ runtime: adapter.name, task: "*", reason }));

const resize = (engine: Engine, size: number): Effect.Effect<void, RuntimeError> =>
  Effect.suspend(() => {
    const { elastic } = engine.adapter;
    if (elastic === undefined) return refuse(engine, new Unsupported({ capability: "elastic" }));
    const problem = Options.findProblem({ size: Options.poolSize }, { size });
    if (problem !== undefined) return refuse(engine, new InvalidOptions(problem));
    elastic.resize(size);
    engine.entrance.resize(size);
    return Effect.void;
  });

const recycle = (engine: Engine): Effect.Effect<void, RuntimeError> =>
  Effect.suspend(
    () => engine.adapter.elastic?.recycle ?? refuse(engine, new Unsupported({ capability: "elastic" })),
  );

const mapChunks = (
  engine: Engine,
  task: Task.Any,
  values: unknown,
  options: ChunkOptions | undefined,
): Effect.Effect<any, any> =>
  Effect.suspend(() => {
    const maps = Late.maps();
    return maps === undefined
      ? Effect.flatMap(Effect.promise(Late.loadMaps), (loaded) =>
          loaded.mapChunks(engine, task, values, options),
        )
      : maps.mapChunks(engine, task, values, options);
  });

/** The calls of a runtime over its engine. */
export const fromEngine = (engine: Engine): Service => {
  const { adapter } = engine;
  const request = (task: Task.Any, mode: Task.Mode, input: unknown, options: RunOptions | undefined) => ({
    task,
    input,
    mode,
    options,
  });
  const service: Service = {
    name: adapter.name,
    // A resized pool has another parallelism.
    get capabilities() {
      return adapter.capabilities;
    },
    stats: Effect.sync(() => engine.snapshot()),
    drain: engine.drain,
    resize: (size) => resize(engine, size),
    recycle: recycle(engine),
    run: (task: Task.Any, input?: unknown, options?: RunOptions): Effect.Effect<any, any> =>
      engine.execute(request(task, "value", input, options)),
    submit: (task: Task.Any, input?: unknown, options?: RunOptions) =>
      Submit.submit(engine, request(task, "value", input, options)) as Effect.Effect<any, never, Scope.Scope>,
    stream: (task: Task.Any, input?: unknown, options?: RunOptions): Stream.Stream<any, any> =>
      Late.parts().Streams.stream(engine, request(task, "stream", input, options)),
    map: (task: Task.Any, inputs: Inputs<any, any>, options?: MapOptions) =>
      Late.parts().Streams.mapAll(engine, task, inputs, options),
    mapChunks: (task: Task.Any, values: unknown, options?: ChunkOptions): Effect.Effect<any, any> =>
      mapChunks(engine, task, values, options),
  };
  Coordination.register(service, accessOf(adapter, engine.ending));
  return Engines.register(service, engine);
};
