/**
 * The reference adapter: the smallest honest implementation of the contract, for tests and as an example.
 *
 * Bodies run on the caller's loop, values are copied by structured clone as a worker would, and time is Effect's
 * clock, so tests can make it virtual. Only the aging of what waits for a place goes by the real clock.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";

import type { Adapter } from "../Adapter.ts";
import * as Coordination from "../Coordination.ts";
import * as InProcess from "../InProcess.ts";
import { Places } from "../Places.ts";
import * as Platform from "../Platform.ts";
import * as Runtime from "../Runtime.ts";
import * as TaskLayers from "../TaskLayers.ts";

/**
 * Options of the reference runtime; they mean what they mean in a pool.
 *
 * **Details**
 *
 * `size` is how many bodies may be under way at a time: any number, unless it is given.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Runtime.LayerOptions {
  readonly size?: number | undefined;
  readonly aging?: Duration.Input | undefined;
}

const host: InProcess.Host = {
  name: "test",
  capabilities: {
    isolation: "none",
    parallelism: 1,
    values: "structured-clone",
    transfer: false,
    sharedMemory: false,
    forceKill: false,
    streaming: true,
    elastic: false,
    durability: false,
    coordination: "memory",
    delivery: "at-most-once",
  },
  unit: { runtime: "test", lane: "test/0", pid: Platform.pid, threadId: 0 },
};

/**
 * The adapter itself, which starts every job at once, and builds the layer of a task for each job.
 *
 * @category constructors
 * @since 0.1.0
 */
export const adapter: Adapter = {
  name: host.name,
  capabilities: host.capabilities,
  execute: (job) => InProcess.execute(host, job),
};

/** The adapter with places that jobs wait for, if they are limited, and with layers that last as long as it does. */
const make = Effect.fnUntraced(function* (size: number | undefined, aging: Duration.Input) {
  const provide = TaskLayers.make(yield* Effect.scope, yield* Effect.context());
  const places = size === undefined ? undefined : new Places(size, Duration.toMillis(aging));
  const execute: Adapter["execute"] = (job) => {
    const body = InProcess.execute({ ...host, provide }, job);
    return places === undefined ? body : places.run(job, body);
  };
  return { ...adapter, execute, coordination: Coordination.inMemory() };
});

/**
 * Provides the reference runtime.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = ({ aging = "1 second", size, ...options }: Options = {}): Layer.Layer<Runtime.Runtime> =>
  Runtime.layer(make(size, aging), { places: size, ...options });
