/**
 * One wait, whatever the form: begun, perhaps given up, and over exactly once. Keeps the program alive meanwhile.
 *
 * To give up may take a while: where the program answers, it alone knows whether what was waited for had been granted before.
 * Then it is taken after all.
 */
import type { CoordinationError } from "../CoordinationError.ts";
import * as Alive from "./alive.ts";
import type { Pending } from "./engine.ts";
import { type Action, start } from "./perform.ts";

/** How a wait ends. */
export interface End<A> {
  readonly done: (value: A) => void;
  readonly failed: (reason: unknown) => void;
}

type State = "starting" | "waiting" | "leaving" | "over";

/** A wait. */
export class Wait<A> {
  private readonly end: End<A>;
  private state: State = "starting";
  private pending: Pending | undefined;
  private reason: unknown;

  constructor(end: End<A>) {
    this.end = end;
  }

  get isOver(): boolean {
    return this.state === "over";
  }

  /** Starts it; it may be over when this returns. */
  begin(action: Action): void {
    const pending = start(action, {
      done: (value: A) => {
        this.leave();
        this.end.done(value);
      },
      failed: (error) => this.fail(error),
    });
    if (this.isOver) return;
    this.pending = pending;
    this.state = "waiting";
    Alive.begin();
  }

  /** Fails with that reason, unless it is granted first. */
  giveUp(reason: unknown): void {
    if (this.state !== "waiting") return;
    this.state = "leaving";
    this.reason = reason;
    if (this.pending?.cancel() !== true) return;
    this.leave();
    this.end.failed(reason);
  }

  private fail(error: CoordinationError): void {
    const wasWithdrawn = this.state === "leaving" && error.reason === "Cancelled";
    this.leave();
    this.end.failed(wasWithdrawn ? this.reason : error);
  }

  private leave(): void {
    if (this.state === "waiting" || this.state === "leaving") Alive.end();
    this.state = "over";
  }
}
