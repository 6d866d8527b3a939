/**
 * The shape of a case: one thing that a runtime must do.
 *
 * @since 0.1.0
 */
import type * as Events from "@heddle/core/Events";
import type { PromisedRuntime } from "@heddle/core/Promised";
import type * as Runtime from "@heddle/core/Runtime";
import type * as Duration from "effect/Duration";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { Need } from "./Need.ts";

/**
 * Options that a case may ask its runtime to be opened with; they mean what they mean in a pool.
 *
 * **Details**
 *
 * Every runtime with a queue knows `maxQueue`, `whenFull`, `aging` and `closeTimeout`. A case that asks for others has
 * to need the capability that they belong to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Asked {
  readonly maxQueue?: number;
  readonly whenFull?: "wait" | "reject";
  readonly aging?: Duration.Input;
  readonly closeTimeout?: Duration.Input;
  readonly grace?: Duration.Input;
  readonly minSize?: number;
  readonly idleTimeout?: Duration.Input;
  readonly prewarm?: boolean;
  readonly recycle?: { readonly jobs?: number; readonly age?: Duration.Input; readonly heapMiB?: number };
  readonly memoryLimitMiB?: number;
  readonly quarantineAfter?: number;
  readonly quarantineTime?: Duration.Input;
  readonly restarts?: { readonly max: number; readonly within: Duration.Input };
}

/**
 * What a case is given: a runtime of its own, which is closed after it, or one that it shares with the cases of its group.
 *
 * @category models
 * @since 0.1.0
 */
export interface Env {
  readonly runtime: Runtime.Service;
  /** The same runtime for callers that use promises. */
  readonly promised: PromisedRuntime;
  /** How many bodies may run at a time. */
  readonly size: number;
  /** Closes the runtime before the case ends; closing twice is fine. */
  readonly close: Effect.Effect<void>;
  /** A new path in a directory of this case, where bodies leave marks or look for a signal to go on. */
  readonly path: (name: string) => string;
  /** The marks that were left in a file so far. */
  readonly marks: (file: string) => ReadonlyArray<string>;
  /** Makes a file, for bodies that wait for it. */
  readonly open: (file: string) => void;
  /** What the observer was told so far. */
  readonly events: ReadonlyArray<Events.Event>;
  /** Completes with the first event that fits, be it one of those that came before. */
  readonly happened: <E extends Events.Event>(
    fits: ((event: Events.Event) => event is E) | ((event: Events.Event) => boolean),
  ) => Effect.Effect<E>;
  /** When threads and processes were started so far, in milliseconds. */
  readonly starts: ReadonlyArray<number>;
}

/**
 * One thing that a runtime must do.
 *
 * **Details**
 *
 * The `id` is `group/name`. `guarantees` are the numbers of the sentences in Heddle's `docs/semantics.md` that it proves. A
 * case applies to the runtimes that meet all its `needs`; one without needs applies to every runtime: those
 * are the base level.
 *
 * @category models
 * @since 0.1.0
 */
export interface Case {
  readonly id: `${string}/${string}`;
  readonly title: string;
  readonly guarantees: ReadonlyArray<string>;
  readonly needs?: ReadonlyArray<Need> | undefined;
  readonly options?: Asked | undefined;
  /** It leaves the runtime as it was, so cases of the group may run on the same one, one after the other. */
  readonly shares?: boolean | undefined;
  readonly run: (env: Env) => Effect.Effect<void, unknown, Scope.Scope>;
}
