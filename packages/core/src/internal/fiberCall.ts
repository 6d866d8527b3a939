/**
 * A call that a fiber waits for.
 */
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";

import type { RunOptions, Status } from "../Runtime.ts";
import type * as Task from "../Task.ts";
import type { Caller } from "./caller.ts";
import type { Takers } from "./emit.ts";
import type { OnStatus } from "./life.ts";
import { type Admissible, OutsideCall } from "./outsideCall.ts";

interface Listeners extends Takers {
  readonly onStatus?: OnStatus | undefined;
  readonly onAccepted?: (() => void) | undefined;
}

/** What is called, with what, and who hears of it. */
export interface Request extends Listeners {
  readonly task: Task.Any;
  readonly input: unknown;
  readonly mode: Task.Mode;
  readonly options: RunOptions | undefined;
}

type Resume = (exit: Exit.Exit<unknown, unknown>) => void;

const unheard: Listeners = {};

const listenersOf = (request: Listeners): Listeners =>
  (request.onStatus ?? request.onAccepted ?? request.onChunk ?? request.onProgress) ? request : unheard;

class FiberCall extends OutsideCall {
  private readonly listeners: Listeners;
  private readonly resume: Resume;
  private onStopped: (() => void) | undefined;

  constructor(caller: Caller, admissible: Admissible, request: Request, resume: Resume) {
    super(caller, admissible);
    this.listeners = listenersOf(request);
    this.resume = resume;
  }

  /** Cancels the call, and completes when the end has come. */
  interrupt(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (this.hasEnded) return resume(Effect.void);
      this.onStopped = () => resume(Effect.void);
      this.cancel();
    });
  }

  protected override get takers(): Takers {
    return this.listeners;
  }

  protected override onStatus(status: Status): void {
    this.listeners.onStatus?.(this.id, status);
  }

  protected override onAccepted(): void {
    this.listeners.onAccepted?.();
  }

  protected tell(exit: Exit.Exit<unknown, unknown>): void {
    this.resume(exit);
    this.onStopped?.();
  }
}

/** Begins a call; interruption cancels it and waits for its end, unless it is detached from its caller. */
export const awaitCall = (
  caller: Caller,
  admissible: Admissible,
  request: Request,
): Effect.Effect<unknown, unknown> =>
  Effect.callback<unknown, unknown>((resume) => {
    const call = new FiberCall(caller, admissible, request, resume);
    call.begin();
    if (call.hasEnded || request.options?.detached === true) return undefined;
    return Effect.suspend(call.interrupt.bind(call));
  });
