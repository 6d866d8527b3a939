/**
 * The layers of tasks: each is built once per runtime or worker, however many jobs need it.
 *
 * @since 0.1.0
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

/**
 * Gives a body the services of its task's layer.
 *
 * @category models
 * @since 0.1.0
 */
export type Provide = (
  body: Effect.Effect<unknown, unknown>,
  layer: Layer.Layer<any, any>,
) => Effect.Effect<unknown, unknown>;

/**
 * Makes the layers of one runtime or worker. They are released with the scope.
 *
 * **Details**
 *
 * A layer is built by the first job that needs it, in a fiber of the scope, so that cancelling that job does not
 * take the layer from the others. A build that failed is tried again by the next job.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (scope: Scope.Scope, context: Context.Context<never>): Provide => {
  const memoMap = Layer.makeMemoMapUnsafe();
  const builds = new Map<Layer.Layer<any, any>, Fiber.Fiber<Context.Context<any>, unknown>>();

  // In a fiber of the runtime's scope: the job that happens to be first may be cancelled, others wait for it too.
  const build = (layer: Layer.Layer<any, any>): Effect.Effect<Fiber.Fiber<Context.Context<any>, unknown>> =>
    Layer.buildWithMemoMap(layer, memoMap, scope).pipe(
      Effect.onExit((exit) =>
        // What failed is tried again by the next job.
        Effect.sync(() => Exit.isFailure(exit) && builds.delete(layer)),
      ),
      Effect.updateContext((_: Context.Context<never>) => context),
      Effect.forkIn(scope),
      Effect.tap((fiber) => Effect.sync(() => builds.set(layer, fiber))),
    );

  return (body, layer) =>
    Effect.suspend(() => {
      const known = builds.get(layer);
      return Effect.flatMap(known === undefined ? build(layer) : Effect.succeed(known), Fiber.join);
    }).pipe(Effect.flatMap((services) => Effect.provideContext(body, services)));
};
