/**
 * The results of a map as a stream.
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import type * as Pull from "effect/Pull";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";

import type { Items } from "../Items.ts";
import type { Caller } from "./caller.ts";
import { MapRun, type MapTerms } from "./mapRun.ts";

type Values = readonly [unknown, ...Array<unknown>];

const valuesOf = (items: Items): Values =>
  (Array.isArray(items) ? items : Array.from(items)) as unknown as Values;

const changed = (run: MapRun): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    run.onChanged = () => resume(Effect.void);
  });

const pullOf = (run: MapRun): Pull.Pull<Values, unknown> =>
  Effect.suspend(() => {
    const items = run.take();
    if (items !== undefined) return Effect.succeed(valuesOf(items));
    if (!run.isOver) return Effect.andThen(changed(run), pullOf(run));
    return run.failure === undefined ? Cause.done() : Effect.failCause(run.failure);
  });

const stopped = (run: MapRun): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    const check = (): void => (run.isOver ? resume(Effect.void) : undefined);
    run.onChanged = check;
    run.stop();
    check();
  });

const open = (caller: Caller, terms: MapTerms): Effect.Effect<MapRun, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new MapRun(caller, terms)),
    stopped,
  );

/** When the stream ends early, the map is stopped, and has stopped by then. */
export const make = (caller: Caller, terms: MapTerms): Stream.Stream<unknown, unknown> =>
  Stream.unwrap(
    Effect.map(open(caller, terms), (run) => {
      run.fill();
      return Stream.fromPull(Effect.succeed(pullOf(run)));
    }),
  );
