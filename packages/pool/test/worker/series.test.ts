import { isDeepStrictEqual } from "node:util";

import { assert, describe, it } from "@effect/vitest";
import type { Items } from "@heddle/core/Items";
import * as Task from "@heddle/core/Task";
import type { TaskContext } from "@heddle/core/TaskContext";

import { Kind } from "../../src/Frame.ts";
import { Host } from "./harness.ts";

const module = "a bundle of series";
const began: Array<number> = [];
const contexts: Array<TaskContext<unknown>> = [];

const busyFor = (millis: number): void => {
  const end = performance.now() + millis;
  while (performance.now() < end);
};

const bundled = {
  takes: Task.make({
    name: "takes",
    module,
    body: (millis: number) => {
      began.push(millis);
      busyFor(millis);
      return millis;
    },
  }),
  keeps: Task.make({
    name: "keeps",
    module,
    body: (n: number, context: TaskContext<unknown>) => {
      contexts.push(context);
      if (n === 2) context.log("of 2");
      return n;
    },
  }),
  waits: Task.make({
    name: "waits",
    module,
    body: async (n: number) => {
      if (n === 2) await new Promise((resolve) => setTimeout(resolve, 5));
      return n;
    },
  }),
};

let last = 0;

/** Sends a series and gives the number of its call. */
const series = (host: Host, { name }: Task.Any, inputs: Items): number => {
  const number = ++last;
  host.send([Kind.runSeries, number, "70", module, name, "value", inputs, 1, undefined, 0]);
  return number;
};

/**
 * Runs a series that one of its jobs is to end; again where a busy machine held the thread up for so long that the time of a
 * series was over before it came to that job.
 */
const unhurried = async (task: Task.Any, inputs: Items): Promise<Host> => {
  const host = new Host({}, [bundled]);
  series(host, task, inputs);
  const isStopped = (): boolean => host.of(Kind.outputs).some(([, , , , isLast]) => isLast);
  await host.settled(() => isStopped() || host.of(Kind.outcome).length > 0);
  return isStopped() ? unhurried(task, inputs) : host;
};

const outputsOf = (host: Host): ReadonlyArray<unknown> =>
  host.of(Kind.outputs).flatMap(([, , outputs]) => [...outputs]);

describe("a worker that runs a series", () => {
  it("gives its outputs together, as numbers where they are, and says that it is the last of it", () => {
    const inputs = Float64Array.of(0, 0, 0);
    const together = [[inputs, true]];
    let told: ReadonlyArray<unknown> = [];
    // Again where a busy machine held the thread up until the time of the series was over.
    for (let attempts = 0; attempts < 20 && !isDeepStrictEqual(told, together); attempts++) {
      const host = new Host({}, [bundled]);
      const call = series(host, bundled.takes, inputs);
      const frames = host.of(Kind.outputs);
      assert.isTrue(frames.every(([, of]) => of === call));
      told = frames.map(([, , outputs, , isLast]) => [outputs, isLast]);
    }
    assert.deepStrictEqual(told, together);
  });

  it("stops between two jobs when it has had its time, and holds no result for long", () => {
    began.length = 0;
    const host = new Host({}, [bundled]);
    series(host, bundled.takes, [0, 1.5, 0, 40, 0, 0]);
    const frames = host.of(Kind.outputs);
    assert.deepStrictEqual(outputsOf(host), [0, 1.5, 0, 40].slice(0, began.length));
    assert.isAtMost(began.length, 4, "it went on after a job that took far too long");
    // Those that were there before the long one did not wait for it, if there was time to begin with it.
    assert.deepStrictEqual([...(frames[0]?.[2] ?? [])], [0, 1.5]);
    assert.isTrue(frames.at(-1)?.[4]);
    assert.lengthOf(host.of(Kind.outcome), 0);
  });

  it("ends with the job that does more than give a value, as any call ends, and begins none behind it", () => {
    contexts.length = 0;
    const host = new Host({}, [bundled]);
    const call = series(host, bundled.keeps, [0, 1, 2, 3]);
    assert.deepStrictEqual(
      host.sent.filter(([kind]) => kind !== Kind.ready).map(([kind, ...rest]) => [kind, rest[0]]),
      [
        [Kind.log, call],
        [Kind.outputs, call],
        [Kind.outcome, call],
      ],
    );
    assert.deepStrictEqual(outputsOf(host), [0, 1]);
    assert.deepStrictEqual(
      contexts.map(({ id }) => id),
      ["70", "71", "72"],
    );
  });

  it("has nobody hear of what a job does after its end", () => {
    contexts.length = 0;
    const host = new Host({}, [bundled]);
    series(host, bundled.keeps, [0, 1]);
    const { length } = host.sent;
    for (const context of contexts) {
      context.log("too late");
      context.progress(1);
      assert.isTrue(context.isCancelled());
      assert.isTrue(context.signal.aborted);
      assert.throws(() => context.throwIfCancelled());
    }
    assert.lengthOf(host.sent, length);
  });

  it("does not let those that are done wait for one that waits", async () => {
    const host = await unhurried(bundled.waits, [0, 1, 2, 3]);
    assert.deepStrictEqual(
      host.of(Kind.outcome).map(([, , outcome]) => outcome),
      [{ _tag: "Success", value: 2 }],
    );
    assert.deepStrictEqual(outputsOf(host), [0, 1]);
    assert.isFalse(host.of(Kind.outputs).at(-1)?.[4]);
    // Those behind it are free to be run elsewhere before it ends. What is held for a while comes in parts where the machine is busy.
    const kinds = new Set(host.sent.map(([kind]) => kind).filter((kind) => kind !== Kind.ready));
    assert.deepStrictEqual([...kinds], [Kind.outputs, Kind.alone, Kind.outcome]);
    assert.deepStrictEqual(
      host.sent.slice(-2).map(([kind]) => kind),
      [Kind.alone, Kind.outcome],
    );
  });

  it("stops at once when it is cancelled", () => {
    began.length = 0;
    const host = new Host({}, [bundled]);
    // Its number is known before, so that it is cancelled when it begins.
    const waiting = last + 1;
    host.send(
      [Kind.runSeries, waiting, "90", module, "takes", "value", [0, 0], 1, undefined, 0],
      [Kind.cancel, waiting],
    );
    last++;
    assert.deepStrictEqual(began, []);
    assert.deepStrictEqual(
      host.of(Kind.outcome).map(([, , outcome]) => outcome),
      [{ _tag: "Interrupted" }],
    );
  });
});
