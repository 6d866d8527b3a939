/** Heddle's fibers beside bare Effect, each called with promises and from inside a program. */
import type * as Context from "effect/Context";
import type * as EffectModule from "effect/Effect";

import { sameAs } from "../check.ts";
import type { Contender, Parked, Pool, Role } from "../contract.ts";

interface Calls {
  /** One no-op fiber, checked. */
  readonly noop: (input: number) => Promise<unknown>;
  readonly park: (input: number) => Promise<number>;
  readonly runMany?: Pool["runMany"];
  readonly close?: () => Promise<void>;
}

const parkWith = async (park: Calls["park"], count: number): Promise<Parked> => {
  const { gate } = await import("../gate.ts");
  const full = gate.full(count);
  let sum = 0;
  const settled = Promise.withResolvers<number>();
  let left = count;
  const add = (one: number): void => {
    sum += one;
    if (--left === 0) settled.resolve(sum);
  };
  for (let i = 0; i < count; i++) park(i).then(add, settled.reject);
  await full;
  return {
    release: () => {
      gate.open();
      return settled.promise;
    },
  };
};

const poolOf = ({ close, noop, park, runMany }: Calls): Pool => ({
  run: (body, input) =>
    body === "noop" ? noop(input as number) : Promise.reject(new Error(`fibers have no body ${body}`)),
  park: (count) => parkWith(park, count),
  close: close ?? (async () => {}),
  ...(runMany === undefined ? {} : { runMany }),
});

/** Calls from fibers of one program; each has its work done in a fiber of its own, and waits for it. */
const withinProgram =
  <R>(
    Effect: typeof EffectModule,
    context: Context.Context<R>,
    one: (input: number) => EffectModule.Effect<number, unknown, R>,
  ): NonNullable<Pool["runMany"]> =>
  (count, inFlight) =>
    Effect.runPromiseWith(context)(
      Effect.forEach(
        Array(count).keys(),
        (input) => Effect.map(one(input), (output) => sameAs(input, output)),
        { concurrency: inFlight, discard: true },
      ),
    );

const heddle = async (): Promise<Calls> => {
  const Fibers = await import("@heddle/fibers");
  const { noopEffect, park } = await import("../fiberTasks.ts");
  const runtime = await Fibers.open();
  return {
    noop: (input) => runtime.run(noopEffect, input),
    park: (input) => runtime.run(park, input),
    close: () => runtime.close(),
  };
};

const heddleEffect = async (): Promise<Calls> => {
  const [Fibers, Runtime, Effect, ManagedRuntime, tasks] = await Promise.all([
    import("@heddle/fibers"),
    import("@heddle/core/Runtime"),
    import("effect/Effect"),
    import("effect/ManagedRuntime"),
    import("../fiberTasks.ts"),
  ]);
  const managed = ManagedRuntime.make(Fibers.layer());
  const context = await managed.context();
  const run = Effect.runPromiseWith(context);
  return {
    noop: (input) => run(Runtime.run(tasks.noopEffect, input)),
    park: (input) => run(Runtime.run(tasks.park, input)),
    runMany: withinProgram(Effect, context, (input) => Runtime.run(tasks.noopEffect, input)),
    close: () => managed.dispose(),
  };
};

const bare = async (): Promise<Calls> => {
  const Effect = await import("effect/Effect");
  const { waitAtGate } = await import("../gate.ts");
  return {
    noop: (input) => Effect.runPromise(Effect.sync(() => input)),
    park: () => Effect.runPromise(waitAtGate),
  };
};

const bareFork = async (): Promise<Calls> => {
  const [Context, Effect, Fiber] = await Promise.all([
    import("effect/Context"),
    import("effect/Effect"),
    import("effect/Fiber"),
  ]);
  const { waitAtGate } = await import("../gate.ts");
  const forked = <A>(body: EffectModule.Effect<A>) =>
    Effect.flatMap(Effect.forkChild(body, { startImmediately: true }), Fiber.join);
  return {
    noop: (input) => Effect.runPromise(forked(Effect.sync(() => input))),
    park: () => Effect.runPromise(forked(waitAtGate)),
    runMany: withinProgram(Effect, Context.empty(), (input) => forked(Effect.sync(() => input))),
  };
};

/** What a call of any pool promises, by hand: it can be interrupted, all can be when the owner closes, and its end is heard of. */
const bareOwned = async (): Promise<Calls> => {
  const [Effect, Exit] = await Promise.all([import("effect/Effect"), import("effect/Exit")]);
  const { waitAtGate } = await import("../gate.ts");
  const under = new Set<ReturnType<typeof Effect.runFork>>();
  const counts = { succeeded: 0, failed: 0 };
  const owned = <A>(body: EffectModule.Effect<A>): Promise<A> =>
    new Promise((resolve, reject) => {
      const fiber = Effect.runFork(body);
      under.add(fiber);
      fiber.addObserver((exit) => {
        under.delete(fiber);
        counts[Exit.isSuccess(exit) ? "succeeded" : "failed"]++;
        if (Exit.isSuccess(exit)) resolve(exit.value);
        else reject(exit.cause);
      });
    });
  return {
    noop: (input) => owned(Effect.sync(() => input)),
    park: () => owned(waitAtGate),
    close: async () => {
      for (const fiber of under) fiber.interruptUnsafe();
    },
  };
};

const contender = (id: string, title: string, role: Role, calls: () => Promise<Calls>): Contender => ({
  id,
  title,
  kind: "fibers",
  role,
  file: "fibers",
  open: async () => poolOf(await calls()),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("heddle-fibers", "Heddle fibers, promise API", "heddle", heddle),
  contender("heddle-fibers-effect", "Heddle fibers, Effect API", "heddle", heddleEffect),
  contender("effect", "bare Effect, runPromise", "raw", bare),
  contender("effect-owned", "bare Effect, owned: handle, registry, observer", "raw", bareOwned),
  contender("effect-fork", "bare Effect, fork and join", "raw", bareFork),
];
