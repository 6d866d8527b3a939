/**
 * Builds the layer of each task once for the whole runtime. The layers are released with the scope given here.
 */
import type * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";

type Provide = (
  body: Effect.Effect<unknown, unknown>,
  layer: Layer.Layer<any, any>,
) => Effect.Effect<unknown, unknown>;

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
