/**
 * Puts a runtime through the conformance suites with vitest.
 *
 * @since 0.1.0
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
import { afterAll, describe, it } from "vitest";

import * as Conformance from "./Conformance.ts";
import { Bench } from "./internal/bench.ts";
import { assertIdle } from "./internal/expect.ts";

/**
 * Options of {@link conformance}.
 *
 * **Details**
 *
 * `sizes` are the pool sizes, or limits of concurrency, to test with. A case in `skip` needs a reason.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly sizes?: ReadonlyArray<number> | undefined;
  readonly skip?: ReadonlyArray<{ readonly case: string; readonly reason: string }> | undefined;
}

/**
 * Makes the layer of a runtime for a case: of that size, with what the case asks for.
 *
 * @category models
 * @since 0.1.0
 */
export type LayerOf = (
  options: Conformance.Asked & { readonly size: number },
) => Layer.Layer<Runtime.Runtime, unknown>;

/** Dozens of processes take their time on a machine that has other things to do. */
const longestMillis = 60_000;

/** A runtime that is open until its scope closes. */
interface Opened {
  readonly runtime: Runtime.Service;
  readonly size: number;
  readonly close: Effect.Effect<void>;
}

const openRuntime = Effect.fnUntraced(function* (
  layerOf: LayerOf,
  size: number,
  asked: Conformance.Asked = {},
): Effect.fn.Return<Opened, unknown> {
  const scope = yield* Scope.make();
  const context = yield* Layer.buildWithScope(Layer.fresh(layerOf({ ...asked, size })), scope);
  return { runtime: Context.get(context, Runtime.Runtime), size, close: Scope.close(scope, Exit.void) };
});

const runOn = (testCase: Conformance.Case, bench: Bench, opened: Opened): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const { close, runtime, size } = opened;
    const { events, happened, marks, open, path } = bench;
    const promised = Promised.fromService(runtime, yield* Effect.context());
    const { starts } = bench.leftovers;
    const env = { runtime, promised, size, close, path, marks, open, events, happened, starts };
    yield* Effect.scoped(testCase.run(env));
  }).pipe(Effect.provideService(Events.Observer, bench.observe));

const withBench = <A>(use: (bench: Bench) => Effect.Effect<A, unknown>): Effect.Effect<A, unknown> =>
  Effect.acquireUseRelease(
    Effect.sync(() => new Bench()),
    use,
    (bench) => Effect.sync(() => bench.clear()),
  );

const runAlone = (testCase: Conformance.Case, layerOf: LayerOf, size: number): Effect.Effect<void, unknown> =>
  withBench((bench) =>
    Effect.gen(function* () {
      const opened = yield* Effect.acquireRelease(
        openRuntime(layerOf, size, testCase.options),
        ({ close }) => close,
      );
      yield* runOn(testCase, bench, opened);
      yield* opened.close;
      yield* bench.checkClosed(opened.runtime);
      bench.checkEnds();
    }).pipe(Effect.scoped),
  );

/** The runtime that the cases of a suite share; a case that fails leaves none behind for the next one. */
class Shared {
  private readonly layerOf: LayerOf;
  private readonly size: number;
  private current: { readonly opened: Opened; readonly bench: Bench } | undefined;

  constructor(layerOf: LayerOf, size: number) {
    this.layerOf = layerOf;
    this.size = size;
  }

  run(testCase: Conformance.Case): Effect.Effect<void, unknown> {
    return Effect.gen({ self: this }, function* () {
      this.current ??= { bench: new Bench(), opened: yield* openRuntime(this.layerOf, this.size) };
      const { opened } = this.current;
      yield* withBench((bench) =>
        Effect.andThen(
          runOn(testCase, bench, opened),
          Effect.andThen(
            assertIdle(opened.runtime),
            Effect.sync(() => bench.checkEnds()),
          ),
        ),
      );
    }).pipe(Effect.onError(() => Effect.orDie(this.close())));
  }

  close(): Effect.Effect<void, unknown> {
    const { current } = this;
    this.current = undefined;
    if (current === undefined) return Effect.void;
    const { bench, opened } = current;
    return Effect.andThen(opened.close, bench.checkClosed(opened.runtime)).pipe(
      Effect.ensuring(Effect.sync(() => bench.clear())),
    );
  }
}

/** One runtime at one size: its capabilities decide which cases apply. */
class Subject {
  readonly layerOf: LayerOf;
  readonly size: number;
  private capabilities: Promise<Capabilities> | undefined;

  constructor(layerOf: LayerOf, size: number) {
    this.layerOf = layerOf;
    this.size = size;
  }

  async asksFor(testCase: Conformance.Case): Promise<boolean> {
    this.capabilities ??= Effect.runPromise(
      Effect.flatMap(openRuntime(this.layerOf, this.size), ({ close, runtime }) =>
        Effect.as(close, runtime.capabilities),
      ),
    );
    return testCase.needs?.(await this.capabilities, this.size) !== false;
  }
}

const register = (subject: Subject, cases: Conformance.Suite, skipped: ReadonlyMap<string, string>): void => {
  const { layerOf, size } = subject;
  const shared = new Shared(layerOf, size);
  for (const testCase of cases) {
    // oxlint-disable-next-line vitest/expect-expect -- the case asserts
    it(`${testCase.title} [${testCase.id}]`, { timeout: longestMillis }, async (context) => {
      const reason = skipped.get(testCase.id);
      if (reason !== undefined) context.skip(reason);
      if (!(await subject.asksFor(testCase))) context.skip("its capabilities do not ask for it");
      const run = testCase.shares === true ? shared.run(testCase) : runAlone(testCase, layerOf, size);
      await Effect.runPromise(run, { signal: context.signal });
    });
  }
  afterAll(() => Effect.runPromise(shared.close()));
};

/**
 * Registers the tests of all suites for a runtime.
 *
 * @category tests
 * @since 0.1.0
 */
export const conformance = (name: string, layerOf: LayerOf, options?: Options): void => {
  const skipped = new Map(options?.skip?.map((entry) => [entry.case, entry.reason]));
  const known = new Set(Object.values(Conformance.suites).flatMap((suite) => suite.map(({ id }) => id)));
  for (const id of skipped.keys()) if (!known.has(id)) throw new Error(`no such case to skip: "${id}"`);
  for (const size of options?.sizes ?? [1, 4]) {
    const subject = new Subject(layerOf, size);
    for (const [suite, cases] of Object.entries(Conformance.suites)) {
      describe(`${name}, size ${size}: ${suite}`, () => {
        register(subject, cases, skipped);
      });
    }
  }
};
