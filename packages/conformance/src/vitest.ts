/**
 * Puts a runtime through the conformance suites with vitest.
 *
 * @since 0.1.0
 */
import * as assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as Events from "@heddle/core/Events";
import * as Runtime from "@heddle/core/Runtime";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import { describe, it } from "vitest";

import * as Conformance from "./Conformance.ts";
import { eventually } from "./internal/expect.ts";
import { Leftovers } from "./internal/leftovers.ts";

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

class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), "heddle-conformance-"));
  readonly events: Array<Events.Event> = [];
  readonly leftovers = new Leftovers();
  private files = 0;

  readonly path = (name: string): string => join(this.directory, `${++this.files}-${name}`);
  readonly open = (file: string): void => appendFileSync(file, "open\n");
  readonly marks = (file: string): ReadonlyArray<string> =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];

  /** Each job that started has ended, once, and nothing that was started is left. */
  readonly check = (service: Runtime.Service): Effect.Effect<void> =>
    Effect.gen({ self: this }, function* () {
      yield* eventually(
        () => this.leftovers.left().length === 0,
        "closing the runtime leaves nothing behind",
        3000,
      ).pipe(Effect.catchDefect(() => Effect.sync(() => assert.deepEqual(this.leftovers.left(), []))));
      const { queued, running, workers } = yield* service.stats;
      assert.deepEqual({ queued, running, workers }, { queued: 0, running: 0, workers: [] });
      const ended = this.events.filter(({ _tag }) => _tag === "JobEnded").map(({ id }) => id);
      assert.equal(new Set(ended).size, ended.length, "a job ended more than once");
      for (const { id } of this.events) assert.ok(ended.includes(id), `job ${id} never ended`);
    });

  clear(): void {
    this.leftovers.stopWatching();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const runCase = Effect.fnUntraced(function* (
  testCase: Conformance.Case,
  layer: Layer.Layer<Runtime.Runtime, unknown>,
  size: number,
): Effect.fn.Return<string | undefined, unknown> {
  const bench = yield* Effect.sync(() => new Bench());
  const scope = yield* Scope.make();
  const close = Scope.close(scope, Exit.void);
  const body = Effect.gen(function* () {
    const runtime = Context.get(yield* Layer.buildWithScope(layer, scope), Runtime.Runtime);
    if (testCase.needs?.(runtime.capabilities, size) === false) return "its capabilities do not ask for it";
    const { events, marks, open, path } = bench;
    yield* Effect.scoped(testCase.run({ runtime, size, close, path, marks, open, events }));
    yield* close;
    yield* bench.check(runtime);
    return undefined;
  });
  return yield* body.pipe(
    Effect.provideService(Events.Observer, (event) => void bench.events.push(event)),
    Effect.ensuring(
      Effect.andThen(
        close,
        Effect.sync(() => bench.clear()),
      ),
    ),
  );
});

/**
 * Registers the tests of all suites for a runtime.
 *
 * @category tests
 * @since 0.1.0
 */
export const conformance = (
  name: string,
  layerOfSize: (size: number) => Layer.Layer<Runtime.Runtime, unknown>,
  options?: Options,
): void => {
  const skipped = new Map(options?.skip?.map((entry) => [entry.case, entry.reason]));
  const known = new Set(Object.values(Conformance.suites).flatMap((suite) => suite.map(({ id }) => id)));
  for (const id of skipped.keys()) if (!known.has(id)) throw new Error(`no such case to skip: "${id}"`);
  for (const size of options?.sizes ?? [1, 4]) {
    for (const [suite, cases] of Object.entries(Conformance.suites)) {
      describe(`${name}, size ${size}: ${suite}`, () => {
        for (const testCase of cases) {
          // oxlint-disable-next-line vitest/expect-expect -- the case asserts
          it(`${testCase.title} [${testCase.id}]`, async (context) => {
            const reason = skipped.get(testCase.id);
            if (reason !== undefined) context.skip(reason);
            const run = runCase(testCase, Layer.fresh(layerOfSize(size)), size);
            const inapplicable = await Effect.runPromise(run, { signal: context.signal });
            if (inapplicable !== undefined) context.skip(inapplicable);
          });
        }
      });
    }
  }
};
