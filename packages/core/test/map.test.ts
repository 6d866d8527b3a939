import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { Adapter } from "../src/Adapter.ts";
import * as Events from "../src/Events.ts";
import type { Series } from "../src/Job.ts";
import * as Outcome from "../src/Outcome.ts";
import * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import * as Task from "../src/Task.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";

type ExecuteMany = NonNullable<Adapter["executeMany"]>;

const double = Task.make({ name: "map/double", body: (n: number) => n * 2 });

const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i);
const doubled = (n: number): ReadonlyArray<number> => upTo(n).map((i) => i * 2);

const unit = { runtime: "test", lane: "test/0", pid: 1, threadId: 1 };

/** A series of which so many jobs are done, in so many microseconds each. */
const doing =
  (count: (series: Series) => number, micros = 1): ExecuteMany =>
  (series) =>
    Effect.sync(() => {
      series.started(unit);
      const inputs = [...series.inputs].slice(0, count(series)) as Array<number>;
      if (inputs.length > 0)
        series.finished(
          Float64Array.from(inputs, (n) => n * 2),
          inputs.length * micros,
        );
      return undefined;
    });

const all = ({ inputs }: Series): number => inputs.length;

/** A runtime whose adapter runs series as the test says, and how many jobs each had. */
const runtimeOf = (executeMany: ExecuteMany, admission?: Runtime.Admission) => {
  const lengths: Array<number> = [];
  const places = admission?.places ?? 1;
  const adapter: Adapter = {
    ...TestRuntime.adapter,
    capabilities: { ...TestRuntime.adapter.capabilities, parallelism: places },
    executeMany: (series) => {
      lengths.push(series.inputs.length);
      return executeMany(series);
    },
  };
  const service = Runtime.make(adapter, { places, ...admission });
  return { lengths, service, promised: Promised.fromService(service) };
};

const collect = async <A>(results: AsyncIterable<A>): Promise<Array<A>> => {
  const found: Array<A> = [];
  for await (const result of results) found.push(result);
  return found;
};

const caught = (run: () => Promise<unknown>): Promise<unknown> =>
  run().then(
    () => assert.fail("it did not reject"),
    (error: unknown) => error,
  );

describe("how many jobs of a map go together", () => {
  it("is one for the first, then at most twice as many each time, and for a later map what it was", async () => {
    const { lengths, promised } = runtimeOf(doing(all));
    assert.deepStrictEqual(await collect(promised.map(double, upTo(5000))), doubled(5000));
    assert.strictEqual(lengths[0], 2);
    for (const [at, length] of lengths.entries()) assert.isAtMost(length, 2 * (lengths[at - 1] ?? 1));
    assert.isAbove(Math.max(...lengths), 500);
    lengths.length = 0;
    assert.deepStrictEqual(await collect(promised.map(double, upTo(5000))), doubled(5000));
    assert.isAbove(lengths[0]!, 500);
  });

  it("falls when they take longer", async () => {
    let micros = 1;
    const { lengths, promised } = runtimeOf((series) => doing(all, micros)(series));
    await collect(promised.map(double, upTo(3000)));
    micros = 300;
    lengths.length = 0;
    assert.deepStrictEqual(await collect(promised.map(double, upTo(8000))), doubled(8000));
    assert.isAtMost(lengths[3]!, 4);
  });

  it("is no more than `chunk`, and one where each job is somebody's affair", async () => {
    const { lengths, promised, service } = runtimeOf(doing(all));
    await collect(promised.map(double, upTo(100), { chunk: 7 }));
    assert.isTrue(lengths.length > 10 && lengths.every((length) => length <= 7));
    lengths.length = 0;
    for (const options of [{ chunk: 1 }, { timeout: 1000 }, { queueTimeout: 1000 }, { concurrency: 3 }]) {
      assert.deepStrictEqual(await collect(promised.map(double, upTo(100), options)), doubled(100));
    }
    const observed = Effect.provideService(
      Stream.runCollect(service.map(double, upTo(100))),
      Events.Observer,
      () => undefined,
    );
    assert.deepStrictEqual(await Effect.runPromise(observed), doubled(100));
    assert.deepStrictEqual(lengths, []);
    const bounded = runtimeOf(doing(all), { maxQueue: 5 });
    assert.deepStrictEqual(await collect(bounded.promised.map(double, upTo(100))), doubled(100));
    assert.deepStrictEqual(bounded.lengths, []);
  });

  it("is refused as an option when it makes no sense", async () => {
    const { promised, service } = runtimeOf(doing(all));
    for (const chunk of [0, -1, 1.5, "2" as unknown as number]) {
      const error = await caught(() => collect(promised.map(double, [1], { chunk })));
      assert.include(String(error), "option `chunk` is invalid");
    }
    const failed = Effect.flip(Stream.runCollect(service.map(double, [1], { chunk: 0 })));
    assert.include(String(await Effect.runPromise(failed)), "option `chunk` is invalid");
  });
});

describe("a map over an adapter that runs series", () => {
  it("runs later what a series did not come to, in order and once", async () => {
    const { promised } = runtimeOf(doing(({ inputs }) => Math.ceil(inputs.length / 3), 400));
    assert.deepStrictEqual(await collect(promised.map(double, upTo(500), { chunk: 50 })), doubled(500));
    const unordered = await collect(promised.map(double, upTo(500), { chunk: 50, ordered: false }));
    assert.deepStrictEqual(
      unordered.toSorted((a, b) => a - b),
      doubled(500),
    );
    const { failed, interrupted, queued, running, succeeded } = promised.stats();
    assert.deepStrictEqual([queued, running, succeeded, failed, interrupted], [0, 0, 1000, 0, 0]);
  });

  it("comes to its end though no series ever does anything", async () => {
    const { promised } = runtimeOf(doing(() => 0));
    assert.deepStrictEqual(await collect(promised.map(double, upTo(300), { chunk: 50 })), doubled(300));
    assert.strictEqual(promised.stats().succeeded, 300);
  });

  it("fails when a series gives more than it was given, dies, or cannot even begin", async () => {
    const tooMany: ExecuteMany = (series) =>
      Effect.sync(() => {
        series.finished([...series.inputs, 1, 2], 1);
        return undefined;
      });
    const error = await caught(() =>
      collect(runtimeOf(tooMany).promised.map(double, upTo(50), { chunk: 10 })),
    );
    assert.match(String(error), /12 outputs for 10 inputs/);
    const reason = new RangeError("expected: it dies");
    const throws: ExecuteMany = () => {
      throw reason;
    };
    for (const broken of [() => Effect.die(reason), throws]) {
      const { promised } = runtimeOf(broken);
      assert.strictEqual(await caught(() => collect(promised.map(double, upTo(50), { chunk: 10 }))), reason);
      assert.deepStrictEqual([promised.stats().queued, promised.stats().running], [0, 0]);
    }
  });

  it("counts what succeeded, what failed and what was given up", async () => {
    const fails: ExecuteMany = (series) =>
      Effect.sync(() => {
        series.started(unit);
        series.finished([1, 2, 3], 3);
        return Outcome.defect({ _tag: "Value", value: "expected" });
      });
    const { promised } = runtimeOf(fails);
    const found: Array<number> = [];
    const consume = async (): Promise<void> => {
      for await (const result of promised.map(double, upTo(10), { chunk: 10 })) found.push(result);
    };
    assert.strictEqual(await caught(consume), "expected");
    assert.deepStrictEqual(found, [1, 2, 3]);
    const { failed, interrupted, queued, running, succeeded } = promised.stats();
    assert.deepStrictEqual([queued, running, succeeded, failed, interrupted], [0, 0, 3, 1, 6]);
  });

  it("runs elsewhere what is behind a job that goes on alone", async () => {
    const gate = Promise.withResolvers<void>();
    let series = 0;
    const waits: ExecuteMany = (given) =>
      Effect.gen(function* () {
        if (series++ > 0) return yield* doing(all)(given);
        given.started(unit);
        given.finished([0, 2], 2);
        given.alone();
        given.alone();
        yield* Effect.promise(() => gate.promise);
        given.finished([4], 0);
        return undefined;
      });
    const { lengths, promised } = runtimeOf(waits, { places: 2 });
    const found: Array<number> = [];
    for await (const result of promised.map(double, upTo(20), { chunk: 20, ordered: false })) {
      if (found.push(result) < 19) continue;
      const { queued, running, succeeded } = promised.stats();
      if (found.length === 19) assert.deepStrictEqual([queued, running, succeeded], [0, 1, 19]);
      gate.resolve();
    }
    assert.strictEqual(found.at(-1), 4);
    assert.deepStrictEqual(
      found.toSorted((a, b) => a - b),
      doubled(20),
    );
    assert.isAbove(lengths.length, 2);
    const { failed, interrupted, queued, running, succeeded } = promised.stats();
    assert.deepStrictEqual([queued, running, succeeded, failed, interrupted], [0, 0, 20, 0, 0]);
  });

  it("counts as queued what waits behind a job that goes on alone, and as interrupted when the map is left", async () => {
    const waits: ExecuteMany = (given) =>
      Effect.suspend(() => {
        given.started(unit);
        given.finished([0, 2, 4], 3);
        given.alone();
        return Effect.never;
      });
    const { promised } = runtimeOf(waits);
    for await (const _ of promised.map(double, upTo(10), { chunk: 10 })) {
      assert.deepStrictEqual([promised.stats().queued, promised.stats().running], [6, 1]);
      break;
    }
    const { failed, interrupted, queued, running, succeeded } = promised.stats();
    assert.deepStrictEqual([queued, running, succeeded, failed, interrupted], [0, 0, 3, 0, 7]);
  });

  it("has stopped what is under way when it is left, and closes its inputs", async () => {
    let stopped = 0;
    const hangs: ExecuteMany = (series) =>
      Effect.suspend(() => {
        series.started(unit);
        series.finished([...series.inputs].slice(0, 1), 1);
        return Effect.never;
      }).pipe(
        Effect.ensuring(
          Effect.andThen(
            Effect.yieldNow,
            Effect.sync(() => void stopped++),
          ),
        ),
      );
    const { promised } = runtimeOf(hangs);
    let isClosed = false;
    const inputs = function* (): Generator<number> {
      try {
        yield* upTo(1000);
      } finally {
        isClosed = true;
      }
    };
    for await (const result of promised.map(double, inputs(), { chunk: 10 })) {
      assert.strictEqual(result, 0);
      break;
    }
    assert.deepStrictEqual([stopped, isClosed, promised.stats().running], [1, true, 0]);
  });

  it("throws what its inputs throw when they are closed", async () => {
    const { promised } = runtimeOf(doing(all));
    const inputs = function* (): Generator<number> {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- this is what is tested
        throw new RangeError("expected: closing");
      }
    };
    const leave = async (): Promise<void> => {
      for await (const _ of promised.map(double, inputs())) break;
    };
    assert.match(String(await caught(leave)), /expected: closing/);
  });
});
