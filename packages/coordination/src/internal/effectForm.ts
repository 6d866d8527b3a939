/**
 * Operations as Effects: interruption withdraws a wait, all or nothing.
 */
import type * as Core from "@heddle/core/Runtime";
import * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Option from "effect/Option";
import type * as Scope from "effect/Scope";

import { CoordinationError } from "../CoordinationError.ts";
import * as Blocks from "./blocks.ts";
import type { Kind } from "./engine.ts";
import * as Faults from "./faults.ts";
import type { Handle } from "./handle.ts";
import * as Make from "./make.ts";
import { operationOf } from "./operations.ts";
import { type Action, action, perform } from "./perform.ts";
import { Wait } from "./wait.ts";

/** How long a wait may take. */
export interface WaitOptions {
  readonly timeout?: Duration.Input | undefined;
}

// That module would cost a body in a worker more than all the rest.
const Runtime = Context.Service<Core.Runtime, Core.Service>("@heddle/core/Runtime");

const asFailure = (thrown: unknown): Effect.Effect<never, CoordinationError> =>
  thrown instanceof CoordinationError ? Effect.fail(thrown) : Effect.die(thrown);

/** What throws a `CoordinationError`, as an Effect that fails with it. */
export const attempt = <A>(evaluate: () => A): Effect.Effect<A, CoordinationError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(evaluate());
    } catch (thrown) {
      return asFailure(thrown);
    }
  });

/** Makes an object that lives as long as its runtime. */
export const make = <K extends Kind, Extra extends object>(
  recipe: () => Make.Recipe<K, Extra>,
): Effect.Effect<Handle<K> & Extra, CoordinationError, Core.Runtime> =>
  Effect.flatMap(Runtime, (runtime) => attempt(() => Make.make(runtime, recipe())));

/** Makes a block that lives as long as its runtime. */
export const makeBlock = <K extends Blocks.BlockKind>(
  recipe: () => Blocks.BlockRecipe<K>,
): Effect.Effect<Blocks.BlockHandle<K>, CoordinationError, Core.Runtime> =>
  Effect.flatMap(Runtime, (runtime) => attempt(() => Blocks.make(runtime, recipe())));

/** The block of a name. */
export const findBlock = <K extends Blocks.BlockKind>(
  kind: K,
  name: string,
): Effect.Effect<Blocks.BlockHandle<K>, CoordinationError> =>
  Effect.suspend(() => {
    try {
      const found = Blocks.find(kind, name);
      return found instanceof Promise ? settle(found) : Effect.succeed(found);
    } catch (thrown) {
      return asFailure(thrown);
    }
  });

/** Frees an object. */
export const free = (handle: Handle): Effect.Effect<void, CoordinationError> =>
  attempt(() => Make.free(handle));

/** Frees what was made at the end of the scope. */
export const scoped = <H extends Handle, R>(
  made: Effect.Effect<H, CoordinationError, R>,
): Effect.Effect<H, CoordinationError, R | Scope.Scope> =>
  Effect.acquireRelease(made, (handle) => Effect.ignore(free(handle)));

const settle = <A>(promise: Promise<A>): Effect.Effect<A, CoordinationError> =>
  Effect.callback((resume) => {
    promise.then(
      (value) => resume(Effect.succeed(value)),
      (thrown: unknown) => resume(asFailure(thrown)),
    );
  });

/** Performs what does not wait. */
export const now = <A>(act: () => Action): Effect.Effect<A, CoordinationError> =>
  Effect.flatMap(
    attempt(() => perform(act())),
    (result) => (result instanceof Promise ? settle(result as Promise<A>) : Effect.succeed(result as A)),
  );

type Resume<A> = (effect: Effect.Effect<A, CoordinationError>) => void;

/** One wait of a fiber, and what became of it. */
class FiberWait<A> {
  private readonly actionOf: () => Action;
  private readonly options: WaitOptions;
  private readonly context: Context.Context<never>;
  private act: Action | undefined;
  private waiting: Wait<A> | undefined;
  private granted: { readonly value: A } | undefined;
  private stopTimer: () => void = () => undefined;
  private onOver: () => void = () => undefined;

  constructor(actionOf: () => Action, options: WaitOptions, context: Context.Context<never>) {
    this.actionOf = actionOf;
    this.options = options;
    this.context = context;
  }

  register(resume: Resume<A>): Effect.Effect<void> | void {
    let isLater = false;
    const over = (effect: Effect.Effect<A, CoordinationError>): void => {
      this.stopTimer();
      // Not in the midst of whoever ended it: thousands that end one another would need a stack each.
      if (isLater) queueMicrotask(() => resume(effect));
      else resume(effect);
      this.onOver();
    };
    const waiting = new Wait<A>({
      done: (value) => {
        this.granted = { value };
        over(Effect.succeed(value));
      },
      failed: (reason) => over(asFailure(reason)),
    });
    try {
      this.act = this.actionOf();
      this.waiting = waiting;
      waiting.begin(this.act);
      isLater = true;
      if (waiting.isOver) return;
      this.startTimer(this.act, waiting);
      return this.leave;
    } catch (thrown) {
      over(asFailure(thrown));
    }
  }

  // By the clock of the fiber, which a test may have made its own.
  private startTimer({ kind }: Action, waiting: Wait<A>): void {
    const { timeout } = this.options;
    if (timeout === undefined) return;
    const timer = Effect.runForkWith(this.context)(Effect.sleep(timeout));
    timer.addObserver((exit) => {
      if (Exit.isSuccess(exit)) waiting.giveUp(Faults.timedOut(kind, Duration.toMillis(timeout)));
    });
    this.stopTimer = () => timer.interruptUnsafe();
  }

  // Where the program answers it may come too late: then what was granted goes back.
  private readonly leave: Effect.Effect<void> = Effect.suspend(() => {
    const left = Effect.callback<void>((resume) => {
      this.onOver = () => resume(Effect.void);
      this.waiting?.giveUp(undefined);
      if (this.waiting?.isOver !== false) resume(Effect.void);
    });
    return Effect.andThen(left, this.undo);
  });

  /** Nobody is there to take what was granted. */
  readonly undo: Effect.Effect<void> = Effect.suspend(() => {
    const { act, granted } = this;
    this.granted = undefined;
    const undo = act === undefined ? undefined : operationOf(act.kind, act.name)?.undo;
    if (act === undefined || granted === undefined || undo === undefined) return Effect.void;
    return Effect.ignore(now(() => action(act.handle, act.kind, undo, [granted.value])));
  });
}

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>;

// To be called where nothing interrupts but what is restored.
const waitWithin = <A>(
  restore: Restore,
  actionOf: () => Action,
  options: WaitOptions,
): Effect.Effect<A, CoordinationError> =>
  Effect.withFiber((fiber) => {
    const waiting = new FiberWait<A>(actionOf, options, fiber.context);
    const granted = Effect.callback<A, CoordinationError>((resume) => waiting.register(resume));
    return Effect.onInterrupt(restore(granted), () => waiting.undo);
  });

/** Waits. What is granted to a fiber that is interrupted at that very moment goes back, where it can. */
export const wait = <A>(
  actionOf: () => Action,
  options: WaitOptions = {},
): Effect.Effect<A, CoordinationError> =>
  Effect.uninterruptibleMask((restore) => waitWithin<A>(restore, actionOf, options));

/** Something that consists of several waits, and may take so long in all. */
export const inTime = <A>(
  kind: string,
  whole: Effect.Effect<A, CoordinationError>,
  { timeout }: WaitOptions = {},
): Effect.Effect<A, CoordinationError> => {
  if (timeout === undefined) return whole;
  const orElse = (): Effect.Effect<never, CoordinationError> =>
    Effect.fail(Faults.timedOut(kind, Duration.toMillis(timeout)));
  return Effect.timeoutOrElse(whole, { duration: timeout, orElse });
};

/** What was taken, until the queue has ended. */
export const unlessEnded = <A>(
  taking: Effect.Effect<A, CoordinationError>,
): Effect.Effect<Option.Option<A>, CoordinationError> =>
  Effect.asSome(taking).pipe(Effect.catchIf(Faults.isEnd, () => Effect.succeedNone));

/** Gives something else where a wait was not granted in time. */
export const orTimedOut = <A>(
  waiting: Effect.Effect<A, CoordinationError>,
  otherwise: A,
): Effect.Effect<A, CoordinationError> =>
  waiting.pipe(
    Effect.catchIf(
      ({ reason }) => reason === "TimedOut",
      () => Effect.succeed(otherwise),
    ),
  );

/** What is done with what is held. */
export type Use<Held, A, E, R> = Effect.Effect<A, E, R> | ((held: Held) => Effect.Effect<A, E, R>);

// What was freed meanwhile needs no release.
const released = (effect: Effect.Effect<void, CoordinationError>): Effect.Effect<void> =>
  effect.pipe(Effect.catch((error) => (error.reason === "Freed" ? Effect.void : Effect.die(error))));

/** What is waited for, and how it is released. */
export interface Holding<Held> {
  readonly acquire: () => Action;
  readonly release: (held: Held) => Effect.Effect<void, CoordinationError>;
}

/** Uses what is held, and releases it whatever comes of that. */
export const using = <Held, A, E, R>(
  { acquire, release }: Holding<Held>,
  use: Use<Held, A, E, R>,
  options: WaitOptions = {},
): Effect.Effect<A, E | CoordinationError, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(waitWithin<Held>(restore, acquire, options), (held) =>
      Effect.onExit(restore(typeof use === "function" ? use(held) : use), () => released(release(held))),
    ),
  );
