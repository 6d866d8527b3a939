/**
 * Makes runtimes of adapters: `make` and `layer` of `Runtime`, without the calls that Effect users make.
 *
 * **When to use**
 *
 * In adapters, instead of `Runtime`: programs in promises then load neither schemas nor streams before a call needs
 * them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import type * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

import type { Adapter } from "./Adapter.ts";
import { Engine } from "./internal/engine.ts";
import type { Room } from "./internal/entrance.ts";
import * as Internal from "./internal/service.ts";
import type * as Runtime from "./Runtime.ts";

/**
 * The key of `Runtime`, without that module.
 *
 * @category services
 * @since 0.1.0
 */
export const Key: Context.Key<Runtime.Runtime, Runtime.Service> = Context.Service<
  Runtime.Runtime,
  Runtime.Service
>("@heddle/core/Runtime");

/**
 * How a runtime takes calls.
 *
 * **Back-pressure**
 *
 * As many jobs as there are `places` run, and `maxQueue` more wait for one; a job beyond that waits outside until
 * there is room, or is refused with `QueueFull` when `whenFull` is `"reject"`. Defaults: the adapter's parallelism, no
 * limit, `"wait"`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Admission {
  readonly places?: number | undefined;
  readonly maxQueue?: number | undefined;
  readonly whenFull?: "wait" | "reject" | undefined;
}

const roomOf = (adapter: Adapter, options: Admission | undefined): Room => ({
  places: options?.places ?? adapter.capabilities.parallelism,
  maxQueue: options?.maxQueue ?? Number.POSITIVE_INFINITY,
  whenFull: options?.whenFull ?? "wait",
});

/**
 * Makes a runtime of an adapter: checks, codecs, deadlines, retries, events, counts, streams and handles.
 *
 * **When to use**
 *
 * In tests of an adapter, and for runtimes that need no orderly closing; adapters publish {@link layer}.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (adapter: Adapter, options?: Admission): Runtime.Service =>
  Internal.fromEngine(new Engine(adapter, roomOf(adapter, options)));

/**
 * Options of {@link layer}: how calls are taken, and how long accepted jobs may take when it closes.
 *
 * @category models
 * @since 0.1.0
 */
export interface LayerOptions extends Admission {
  readonly closeTimeout?: Duration.Input | undefined;
}

/**
 * Makes the layer of an adapter, which closes in order.
 *
 * **Details**
 *
 * When the layer's scope closes, new calls are refused with `ShuttingDown`, accepted jobs may end within
 * `closeTimeout` (5 seconds by default), those that did not are cancelled, and then the adapter's own scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const layer = <E, R>(
  adapter: Effect.Effect<Adapter, E, R>,
  options?: LayerOptions,
): Layer.Layer<Runtime.Runtime, E, Exclude<R, Scope.Scope>> =>
  Layer.effect(
    Key,
    Effect.gen(function* () {
      const made = yield* adapter;
      const engine = new Engine(made, roomOf(made, options));
      yield* Effect.addFinalizer(() => engine.close(options?.closeTimeout ?? "5 seconds"));
      return Internal.fromEngine(engine);
    }),
  );
