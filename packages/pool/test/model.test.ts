/**
 * The pool against a model: random commands in random order over scripted workers, with the clock in hand.
 *
 * What must hold after every command: each call ends at most once, and as what happened to it allows; calls start in the
 * order of a plain sorted list; a worker is given a call only while it is idle, and is not idle while a call could have
 * it; there are never more workers than allowed. If everything goes well from then on, every call ends; and after the
 * close no worker and no timer is left.
 */
import { assert, describe, it, vi } from "@effect/vitest";
import * as fc from "fast-check";

import * as Frame from "../src/Frame.ts";
import type { Resolved } from "../src/PoolOptions.ts";
import { atRest, World } from "./model.ts";
import type { AtEnd, Life, ModelWorker } from "./modelParts.ts";

const { Kind } = Frame;

type Command = readonly [name: string, apply: (world: World) => void];

const pick = <A>(items: ReadonlyArray<A>, index: number): A | undefined => items[index % items.length];

const on = (
  name: string,
  lives: ReadonlyArray<Life>,
  act: (world: World, worker: ModelWorker) => void,
): fc.Arbitrary<Command> =>
  fc.nat(7).map((index) => [
    `${name} ${index}`,
    (world) => {
      const worker = pick(world.alive(...lives), index);
      if (worker !== undefined) act(world, worker);
    },
  ]);

const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.integer({ min: -10, max: 10 }), fc.nat(2))
      .map(([priority, task]): Command => [
        `submit with priority ${priority}, task ${task}`,
        (world) => world.submit(priority, undefined, `task${task}`),
      ]),
  },
  {
    weight: 4,
    arbitrary: fc
      .nat(1)
      .map((task): Command => [`submit task ${task}`, (world) => world.submit(0, undefined, `task${task}`)]),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<AtEnd>("submits", "submits", "cancels all", "closes")
      .map((atEnd): Command => [
        `submit one whose caller ${atEnd} at its end`,
        (world) => world.submit(0, undefined, "task0", atEnd),
      ]),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Command>([
      "prewarm",
      (world) => {
        if (!world.isClosing) world.promised("prewarm", world.pool.prewarm());
      },
    ]),
  },
  {
    weight: 3,
    arbitrary: fc.nat(7).map((index): Command => [
      `nest in ${index}`,
      (world) => {
        const parent = pick(
          world.calls.filter(({ depth, state }) => state === "running" && depth < 5),
          index,
        );
        if (parent !== undefined) world.submit(0, parent, "nested");
      },
    ]),
  },
  {
    weight: 3,
    arbitrary: fc.nat(30).map((index): Command => [
      `cancel ${index}`,
      (world) => {
        const submitted = pick(world.calls, index);
        if (submitted !== undefined) world.cancel(submitted);
      },
    ]),
  },
  {
    weight: 6,
    arbitrary: on("ready", ["starting"], (world, worker) => world.ready(worker)),
  },
  {
    weight: 6,
    arbitrary: on("succeed", ["busy"], (world, worker) =>
      world.finish(worker, { _tag: "Success", value: 1 }, 3),
    ),
  },
  {
    weight: 1,
    arbitrary: on("succeed after long", ["busy"], (world, worker) =>
      world.finish(worker, { _tag: "Success", value: 1 }, 5000),
    ),
  },
  {
    weight: 4,
    arbitrary: on("begin with the next", ["busy"], (world, worker) => world.begin(worker)),
  },
  {
    weight: 6,
    arbitrary: on("succeed, unread", ["busy", "killed", "dying"], (world, worker) => {
      world.end(worker, { _tag: "Success", value: 1 }, 3);
      world.begin(worker);
    }),
  },
  {
    weight: 3,
    arbitrary: on("be read", ["busy"], (world, worker) => world.deliver(worker)),
  },
  {
    weight: 2,
    arbitrary: on("be read at once", ["busy"], (world, worker) => world.deliver(worker, true)),
  },
  {
    weight: 2,
    arbitrary: on("fail", ["busy"], (world, worker) => world.finish(worker, { _tag: "Failure", error: 1 })),
  },
  {
    weight: 2,
    arbitrary: on("stop", ["busy"], (world, worker) => {
      if (worker.isCancelled) world.finish(worker, { _tag: "Interrupted" });
    }),
  },
  {
    weight: 2,
    arbitrary: on("die", ["starting", "idle", "busy", "closing", "dying", "killed"], (w, worker) =>
      w.exit(worker, 1),
    ),
  },
  {
    weight: 2,
    arbitrary: on("exit when killed", ["killed", "closing", "dying"], (w, worker) => w.exit(worker, 0)),
  },
  { weight: 1, arbitrary: on("fail to start", ["starting"], (w, worker) => w.exit(worker, 7)) },
  {
    weight: 1,
    arbitrary: on("send garbage", ["starting", "idle", "busy", "closing"], (_, worker) =>
      worker.listener.onFrames([{ garbage: true }]),
    ),
  },
  {
    weight: 1,
    arbitrary: on("say that it dies", ["starting", "idle", "busy", "closing"], (_, worker) => {
      worker.life = "dying";
      worker.listener.onFrames([[Kind.dying, { _tag: "Value", value: 1 }]]);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 4 }).map((size): Command => [
      `resize to ${size}`,
      (world) => {
        world.size = size;
        world.pool.resize(size);
      },
    ]),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Command>(["recycle", (world) => world.promised("recycle", world.pool.recycle())]),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(1, 50, 100, 500, 1000, 3000, 40_000).map((millis): Command => [
      `advance by ${millis} ms`,
      (world) => {
        vi.advanceTimersByTime(millis);
        world.turns = millis >= 50 ? world.size : 0;
      },
    ]),
  },
);

const options: fc.Arbitrary<Partial<Resolved>> = fc.record({
  size: fc.integer({ min: 1, max: 3 }),
  idleMillis: fc.constantFrom(200, Number.POSITIVE_INFINITY),
  recycleJobs: fc.constantFrom(2, Number.POSITIVE_INFINITY),
  recycleAgeMillis: fc.constantFrom(2000, Number.POSITIVE_INFINITY),
  quarantineAfter: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
  quarantineMillis: fc.constantFrom(1000, 30_000),
  maxRestarts: fc.constantFrom(0, 2, 10),
  minSize: fc.constantFrom(0, 1),
});

const show = (steps: ReadonlyArray<Command>): string => steps.map(([name]) => name).join("\n  ");

interface Circumstances {
  readonly sharesMemory: boolean;
  readonly isKnown: boolean;
}

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  sharesMemory: fc.constantFrom(true, true, true, false),
  isKnown: fc.constantFrom(true, true, false),
});

const run = async (
  given: Partial<Resolved>,
  { isKnown, sharesMemory }: Circumstances,
  steps: ReadonlyArray<Command>,
  closeAt: number,
): Promise<void> => {
  vi.useFakeTimers();
  try {
    const world = new World(given, sharesMemory);
    if (isKnown) await world.learn(["task0", "task1", "again"]);
    for (const [index, [, apply]] of steps.entries()) {
      if (index === closeAt) world.close();
      apply(world);
      await atRest();
      await world.turn();
      world.check();
    }
    await world.settle();
    await world.drain();
  } finally {
    vi.useRealTimers();
  }
};

describe("the pool against a model", () => {
  it("keeps its promises, whatever happens in whatever order", { timeout: 600_000 }, async () => {
    // What fails where a change is checked comes of the change. New histories are for the nights and for whoever works on it.
    const seed = Number(process.env["SEED"] ?? (process.env["CI"] === undefined ? Date.now() % 2 ** 31 : 1));
    const property = fc.asyncProperty(
      options,
      circumstances,
      fc.array(commands, { minLength: 1, maxLength: 60, size: "max" }),
      fc.nat(120),
      run,
    );
    const path = process.env["RUN"];
    const numRuns = Number(process.env["RUNS"] ?? 2500);
    const result = await fc.check(property, { seed, numRuns, ...(path !== undefined && { path }) });
    if (!result.failed) return;
    const [given, where, steps, closeAt] = result.counterexample ?? [{}, {}, [], 0];
    assert.fail(
      `SEED=${seed} RUN=${result.counterexamplePath}: ${String(result.errorInstance)}\noptions ${JSON.stringify({ ...given, ...where })}, close at ${closeAt}:\n  ${show(steps)}`,
    );
  });
});
