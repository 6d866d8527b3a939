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
import type { Resumable } from "./resumptions.ts";

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

export type Resume = (effect: Effect.Effect<unknown, unknown>) => void;

const unheard: Listeners = {};

const listenersOf = (request: Listeners): Listeners =>
  (request.onStatus ?? request.onAccepted ?? request.onChunk ?? request.onProgress) ? request : unheard;

export class FiberCall extends OutsideCall implements Resumable {
  private readonly listeners: Listeners;
  private readonly resume: Resume;
  private exit: Exit.Exit<unknown, unknown> | undefined;
  private isAwaited = false;
  private onStopped: (() => void) | undefined;

  constructor(caller: Caller, admissible: Admissible, request: Request, resume: Resume) {
    super(caller, admissible);
    this.listeners = listenersOf(request);
    this.resume = resume;
  }

  /** Begins; what it gives cancels the call when its fiber is interrupted, and completes when the end has come. */
  beginFor(isDetached: boolean): Effect.Effect<void> | undefined {
    this.begin();
    if (this.hasEnded) return undefined;
    this.isAwaited = true;
    return isDetached ? undefined : this.interruption();
  }

  /** For {@link Resumptions}: its fiber goes on, unless it was interrupted meanwhile. */
  resumeNow(): void {
    this.resume(this.exit as Exit.Exit<unknown, unknown>);
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
    const { engine } = this.caller;
    if (this.onStopped !== undefined) {
      this.onStopped();
    } else if (this.isAwaited) {
      this.exit = exit;
      engine.resumptions.add(this);
    } else {
      this.resume(exit);
    }
  }

  private interruption(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      if (this.hasEnded) return resume(Effect.void);
      this.onStopped = () => resume(Effect.void);
      this.cancel();
    });
  }
}
