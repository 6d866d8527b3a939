/**
 * What a mutant is: an adapter that is right but for one thing, and the case that has to notice.
 */
import type { Asked } from "@heddle/conformance/Case";
import type { LayerOf } from "@heddle/conformance/Runner";
import { type Adapter, wrap } from "@heddle/core/Adapter";
import type { Capabilities } from "@heddle/core/Capabilities";
import type { Job } from "@heddle/core/Job";
import * as Outcome from "@heddle/core/Outcome";
import * as Runtime from "@heddle/core/Runtime";
import { type Reason, RuntimeError } from "@heddle/core/RuntimeError";
import * as Fibers from "@heddle/fibers";
import * as Processes from "@heddle/processes";
import * as Threads from "@heddle/threads";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";

type Options = Asked & { readonly size: number };
type MadeAdapter = Effect.Effect<Adapter, RuntimeError, Scope.Scope>;

/** The adapters that mutants are made of. */
const bases = {
  fibers: ({ aging, size }: Options): MadeAdapter => Fibers.adapter({ concurrency: size, aging }),
  processes: (options: Options): MadeAdapter => Processes.adapter({ grace: 300, ...options }),
  threads: (options: Options): MadeAdapter => Threads.adapter({ grace: 200, ...options }),
} as const;

export interface Mutant {
  readonly name: string;
  /** What is wrong with it. */
  readonly fault: string;
  readonly base: keyof typeof bases;
  readonly size: 1 | 4;
  /** The case that catches it. */
  readonly caughtBy: string;
  readonly mutate?: ((adapter: Adapter) => Adapter) | undefined;
  /** Without its lie the case does not even apply to it. */
  readonly isLie?: true | undefined;
  /** Options that it forgets, or has its own mind about. */
  readonly options?: Partial<Options> | undefined;
}

const layerWith =
  (base: Mutant["base"], mutate: (adapter: Adapter) => Adapter, own?: Partial<Options>): LayerOf =>
  (options) =>
    Runtime.layer(Effect.map(bases[base]({ ...options, ...own }), mutate), {
      closeTimeout: 200,
      places: options.size,
      ...options,
    });

/** The mutant as the suite sees it. */
export const layerOf = ({ base, mutate = same, options }: Mutant): LayerOf =>
  layerWith(base, mutate, options);

/** The same without its fault: what a case says of the mutant counts only if it passes here. */
export const soundLayerOf = ({ base }: Pick<Mutant, "base">): LayerOf =>
  layerWith(
    base,
    executing((job, execute) => execute(job)),
  );

const same = (adapter: Adapter): Adapter => adapter;

export type Execute = Adapter["execute"];

/** An adapter that executes jobs in another way. */
export const executing =
  (other: (job: Job, execute: Execute) => ReturnType<Execute>) =>
  (adapter: Adapter): Adapter =>
    wrap(adapter, other);

/** An adapter that carries jobs out that are not quite those that it was given. */
export const changing = (change: (job: Job) => Partial<Job>): ((adapter: Adapter) => Adapter) =>
  executing((job, execute) => Effect.suspend(() => execute({ ...job, ...change(job) })));

/** An adapter that answers with something else than what the body ended with. */
export const answering = (
  answer: (outcome: Outcome.Outcome) => Outcome.Outcome,
): ((adapter: Adapter) => Adapter) => executing((job, execute) => Effect.map(execute(job), answer));

/** An adapter that gives another reason for what it could not run. */
export const blaming = (blame: (reason: Reason) => Reason): ((adapter: Adapter) => Adapter) =>
  executing((job, execute) =>
    Effect.mapError(
      execute(job),
      ({ reason, runtime, task }) => new RuntimeError({ runtime, task, reason: blame(reason) }),
    ),
  );

type Execution = ReturnType<Execute>;

/** An adapter whose jobs harm one another: `interruptAll` interrupts all that run. */
export const entangling =
  (entangle: (job: Execution, interruptAll: Effect.Effect<void>) => Execution) =>
  (adapter: Adapter): Adapter => {
    const running = new Set<Fiber.Fiber<unknown, unknown>>();
    const interruptAll = Effect.sync(() => {
      for (const fiber of running) fiber.interruptUnsafe();
    });
    return executing((job, execute) =>
      Effect.flatMap(Effect.forkChild(execute(job), { startImmediately: true }), (fiber) => {
        running.add(fiber);
        fiber.addObserver(() => running.delete(fiber));
        return entangle(
          Effect.onInterrupt(Fiber.join(fiber), () => Fiber.interrupt(fiber)),
          interruptAll,
        );
      }),
    )(adapter);
  };

/** An adapter that promises something else than it keeps. */
export const claiming =
  (claims: Partial<Capabilities>) =>
  (adapter: Adapter): Adapter => ({ ...adapter, capabilities: { ...adapter.capabilities, ...claims } });

export const nothing: Outcome.Outcome = Outcome.success(undefined);
