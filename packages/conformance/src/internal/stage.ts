/**
 * Opens runtimes and runs cases on them, alone or one after the other on a shared one.
 */
import type { Capabilities } from "@heddle/core/Capabilities";
import * as Events from "@heddle/core/Events";
import * as Promised from "@heddle/core/Promised";
import * as Runtime from "@heddle/core/Runtime";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";

import type { Asked, Case } from "../Case.ts";
import { Bench } from "./bench.ts";
import type { Course } from "./course.ts";
import { assertIdle } from "./expect.ts";

/** Makes the layer of a runtime of that size, with what a case asks for. */
export type LayerOf = (options: Asked & { readonly size: number }) => Layer.Layer<Runtime.Runtime, unknown>;

/** A runtime that is open until `close`. */
interface Opened {
  readonly runtime: Runtime.Service;
  readonly size: number;
  readonly close: Effect.Effect<void>;
}

const openRuntime = Effect.fnUntraced(function* (
  layerOf: LayerOf,
  size: number,
  asked: Asked = {},
): Effect.fn.Return<Opened, unknown> {
  const scope = yield* Scope.make();
  const context = yield* Layer.buildWithScope(Layer.fresh(layerOf({ ...asked, size })), scope).pipe(
    Effect.onError(() => Scope.close(scope, Exit.void)),
  );
  return { runtime: Context.get(context, Runtime.Runtime), size, close: Scope.close(scope, Exit.void) };
});

const runOn = (
  testCase: Case,
  bench: Bench,
  { close, runtime, size }: Opened,
  course: Course,
): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    yield* course.runs;
    const { events, happened, marks, open, path } = bench;
    const promised = Promised.fromService(runtime, yield* Effect.context());
    const { starts } = bench.leftovers;
    const env = { runtime, promised, size, close, path, marks, open, events, happened, starts };
    // What the case has opened may hang as well when it is closed.
    yield* Effect.scoped(course.watched(testCase.run(env)));
  }).pipe(course.watched, Effect.provideService(Events.Observer, bench.observe));

const withBench = <A>(bench: Bench, use: Effect.Effect<A, unknown>): Effect.Effect<A, unknown> =>
  Effect.ensuring(
    use,
    Effect.sync(() => bench.clear()),
  );

/** Opens a runtime only to see what it declares. */
export const declared = (
  layerOf: LayerOf,
  size: number,
  onDeclared: (declared: Capabilities) => void,
  course: Course,
): Effect.Effect<void, unknown> =>
  Effect.flatMap(openRuntime(layerOf, size), ({ close, runtime }) => {
    // A copy: they may change while the runtime is open.
    onDeclared({ ...runtime.capabilities });
    return course.settles.pipe(Effect.andThen(course.closes), Effect.andThen(close));
  });

/** Runs a case on a runtime of its own, and checks that nothing of it is left. */
export const runAlone = (
  layerOf: LayerOf,
  size: number,
  testCase: Case,
  course: Course,
): Effect.Effect<void, unknown> =>
  Effect.suspend(() => {
    const bench = new Bench();
    const run = Effect.gen(function* () {
      const opened = yield* Effect.acquireRelease(openRuntime(layerOf, size, testCase.options), ({ close }) =>
        Effect.andThen(course.closes, close),
      );
      yield* runOn(testCase, bench, opened, course);
      bench.leftovers.look();
      yield* course.closes;
      yield* opened.close;
      yield* bench.checkClosed(opened.runtime);
      bench.checkEnds();
    });
    return withBench(bench, Effect.scoped(run));
  });

/** A runtime that several cases run on, and the bench that watches it for all of them. */
interface Stage {
  readonly opened: Opened;
  readonly bench: Bench;
}

const runOnStage = (
  { bench: whole, opened }: Stage,
  testCase: Case,
  course: Course,
): Effect.Effect<void, unknown> =>
  Effect.suspend(() => {
    const bench = new Bench(whole);
    const run = Effect.gen(function* () {
      yield* runOn(testCase, bench, opened, course);
      yield* assertIdle(opened.runtime);
      bench.checkEnds();
      whole.leftovers.look();
    });
    return withBench(bench, course.watched(run));
  });

const closeStage = ({ bench, opened }: Stage): Effect.Effect<void, unknown> => {
  const close = Effect.gen(function* () {
    yield* opened.close;
    yield* bench.checkClosed(opened.runtime);
    bench.checkFaults();
  });
  return withBench(bench, close);
};

/** The runtime that the cases of a group share; a case that fails leaves none behind for the next one. */
export class Shared {
  readonly size: number;
  private readonly layerOf: LayerOf;
  private current: Stage | undefined;

  constructor(layerOf: LayerOf, size: number) {
    this.layerOf = layerOf;
    this.size = size;
  }

  run(testCase: Case, course: Course): Effect.Effect<void, unknown> {
    return Effect.flatMap(this.stage(), (stage) =>
      Effect.onError(runOnStage(stage, testCase, course), () =>
        Effect.andThen(course.closes, this.abandon(stage)),
      ),
    );
  }

  /** Closes the runtime, and fails when anything of it is left. */
  close(): Effect.Effect<void, unknown> {
    return Effect.suspend(() => {
      const { current } = this;
      if (current === undefined) return Effect.void;
      this.current = undefined;
      return closeStage(current);
    });
  }

  /** Leaves a runtime behind that may never close: the next case gets another one. */
  drop(): void {
    const { current } = this;
    // Whether it ever ends is nobody's business any more: the case that was on it has failed.
    if (current !== undefined) Effect.runFork(this.abandon(current));
  }

  // What a failed case leaves behind would only be told a second time.
  private abandon(stage: Stage): Effect.Effect<void> {
    return Effect.suspend(() => {
      // It was dropped when its case did not end in time.
      if (this.current !== stage) return Effect.void;
      this.current = undefined;
      stage.bench.clear();
      return stage.opened.close;
    });
  }

  private stage(): Effect.Effect<Stage, unknown> {
    return Effect.suspend(() => {
      if (this.current !== undefined) return Effect.succeed(this.current);
      const bench = new Bench();
      return openRuntime(this.layerOf, this.size).pipe(
        Effect.onError(() => Effect.sync(() => bench.clear())),
        Effect.map((opened) => (this.current = { bench, opened })),
      );
    });
  }
}
