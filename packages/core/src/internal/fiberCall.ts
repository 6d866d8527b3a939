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

/** What is called, with what, and who hears of it. */
export interface Request extends Takers {
  readonly task: Task.Any;
  readonly input: unknown;
  readonly mode: Task.Mode;
  readonly options: RunOptions | undefined;
  readonly onStatus?: OnStatus | undefined;
  readonly onAccepted?: (() => void) | undefined;
}

type Resume = (exit: Exit.Exit<unknown, unknown>) => void;

class FiberCall extends OutsideCall {
  private readonly request: Request;
  private readonly resume: Resume;
  private onStopped: (() => void) | undefined;
  private hasEnded = false;

  constructor(caller: Caller, admissible: Admissible, request: Request, resume: Resume) {
    super(caller, admissible);
    this.request = request;
    this.resume = resume;
  }

  /** Cancels the call, and completes when the end has come. */
  get interruption(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (this.hasEnded) return resume(Effect.void);
      this.onStopped = () => resume(Effect.void);
      this.cancel();
    });
  }

  protected override get takers(): Takers {
    return this.request;
  }

  protected override onStatus(status: Status): void {
    this.request.onStatus?.(this.id, status);
  }

  protected override onAccepted(): void {
    this.request.onAccepted?.();
  }

  protected tell(exit: Exit.Exit<unknown, unknown>): void {
    this.hasEnded = true;
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
    return request.options?.detached === true ? undefined : Effect.suspend(() => call.interruption);
  });
