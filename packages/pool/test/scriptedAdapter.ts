/**
 * An adapter over scripted workers, and what its tests need.
 */
import type { Adapter, Begun } from "@heddle/core/Adapter";
import type { Capabilities } from "@heddle/core/Capabilities";
import * as Envelope from "@heddle/core/Envelope";
import type { Job } from "@heddle/core/Job";
import type * as Outcome from "@heddle/core/Outcome";
import type * as RuntimeError from "@heddle/core/RuntimeError";
import * as Task from "@heddle/core/Task";
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import type * as Scope from "effect/Scope";

import * as PoolAdapter from "../src/PoolAdapter.ts";
import type { PoolOptions } from "../src/PoolOptions.ts";
import type { Connection } from "../src/Transport.ts";
import { type ScriptedWorker, scriptedTransport } from "./scripted.ts";

export type Ended = Exit.Exit<Outcome.Outcome, RuntimeError.RuntimeError>;

const task = Task.make({ name: "x", module: "file:///x.ts", body: (n: number) => n });

const capabilities = (size: number): Capabilities => ({
  isolation: "isolate",
  parallelism: size,
  values: "structured-clone",
  transfer: false,
  sharedMemory: false,
  forceKill: true,
  streaming: true,
  elastic: true,
  durability: false,
  coordination: "none",
  delivery: "at-most-once",
});

export interface World {
  readonly adapter: Adapter;
  readonly workers: ReadonlyArray<ScriptedWorker>;
  readonly job: (overrides?: Partial<Job>) => Job;
}

/** An adapter over scripted workers that report at once, and whose kill is followed by their exit. */
export const open = (
  options: PoolOptions = {},
): Effect.Effect<World, RuntimeError.RuntimeError, Scope.Scope> =>
  Effect.gen(function* () {
    const { transport, workers } = scriptedTransport();
    const kind: PoolAdapter.Kind = {
      name: "scripted",
      capabilities: ({ size }) => capabilities(size),
      transport: () => ({
        spawn: (lane, listener): Connection => {
          const connection = transport.spawn(lane, listener);
          const worker = workers.at(-1)!;
          queueMicrotask(() => worker.ready());
          const exit = (): void => queueMicrotask(() => void (worker.exited || worker.exit(0)));
          return {
            ...connection,
            send: (frames, transfer) => {
              connection.send(frames, transfer);
              if (worker.isClosing) exit();
            },
            kill: () => (connection.kill(), exit()),
          };
        },
      }),
    };
    const adapter = yield* PoolAdapter.make(kind, { size: 1, ...options });
    let lastId = 0;
    const job = (overrides: Partial<Job> = {}): Job => {
      const made: Job = {
        id: String(++lastId),
        task,
        input: 1,
        transfer: [],
        attempt: 1,
        envelope: Envelope.empty,
        mode: "value",
        priority: 0,
        depth: 0,
        timeoutMillis: undefined,
        emit: () => Effect.void,
        started: () => undefined,
        nest: (nested) => adapter.execute(job({ ...nested, depth: made.depth + 1 })),
        ...overrides,
      };
      return made;
    };
    return { adapter, workers, job };
  });

export const begin = ({ adapter }: World, job: Job) => {
  const ends: Array<Ended> = [];
  const begun: Begun = adapter.begin!({
    ...job,
    context: Context.empty(),
    ended: (exit) => void ends.push(exit),
  });
  return { begun, ends };
};

/** Waits, turn by turn, until a condition holds. */
export const until = (what: string, holds: () => boolean): Effect.Effect<void> =>
  Effect.promise(async () => {
    const deadline = performance.now() + 4000;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`never: ${what}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

export const callOf = (worker: ScriptedWorker | undefined, nth = 0): number => worker?.calls[nth] ?? -1;

export const given = (world: World, count: number): Effect.Effect<void> =>
  until(`${count} calls are running`, () => world.workers.flatMap(({ calls }) => calls).length >= count);

export const reasonOf = (exit: Ended | undefined): RuntimeError.Reason | undefined => {
  if (exit?._tag !== "Failure") return undefined;
  const error = Cause.findErrorOption(exit.cause);
  return error._tag === "Some" ? error.value.reason : undefined;
};
