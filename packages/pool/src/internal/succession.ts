/**
 * One call after the other: which one a worker runs, and which it goes on with when that ends.
 */
import * as Outcome from "@heddle/core/Outcome";

import type { Worker } from "../Worker.ts";
import type { Result } from "./assignment.ts";
import type { Call } from "./call.ts";
import type { Lane } from "./lane.ts";
import type { Life, Makings } from "./life.ts";
import type { Owner } from "./owner.ts";

/** How many of its last calls a worker is known by. An honest one sends nothing of a call after its end. */
const maxGiven = 16;

export class Succession {
  /** The one that runs. */
  call: Call | undefined;
  private readonly worker: Worker;
  private readonly owner: Owner;
  private readonly life: Life;
  private readonly ahead: Lane;
  /** The numbers of its last calls, the current one included. */
  private readonly given: Array<number> = [];

  constructor({ owner, worker }: Makings, life: Life, ahead: Lane) {
    this.worker = worker;
    this.owner = owner;
    this.life = life;
    this.ahead = ahead;
  }

  /** Whether it was given the call of that number, of late. */
  wasGiven(number: number): boolean {
    return this.given.includes(number);
  }

  /** It was idle, and has been sent a call. */
  begin(call: Call): void {
    this.life.move("assign");
    this.runs(call);
    this.life.keepAlive();
  }

  /** Some jobs of a series have ended, and with the last of them the call. */
  took(call: Call, outputs: number, isLast: boolean): void {
    const { worker } = this;
    worker.completed += outputs;
    if (!isLast) return;
    // The end of the call counts as one.
    worker.completed--;
    this.settle(call, { _tag: "Outcome", outcome: Outcome.success(undefined) });
  }

  /** The call that runs has ended. */
  settle(call: Call, result: Result, micros?: number): void {
    const { ahead, life, owner, worker } = this;
    this.call = undefined;
    worker.completed++;
    worker.isLagging = false;
    ahead.end();
    worker.wear.jobEnded(worker.completed);
    const hasNext = ahead.size > 0;
    if (hasNext) life.move("next");
    else life.move("settle");
    life.stopTimer();
    if (!hasNext) life.rest();
    owner.onResult(call, result, worker, micros);
    if (hasNext) this.goOn();
    owner.onChanged();
    life.letGo();
  }

  /**
   * Gives back what it has not begun with; false if it held nothing. It ends between two calls: the one that it has begun
   * with is known to run.
   */
  leaveLane(): boolean {
    const hadMore = this.ahead.size > 0;
    this.emptyLane();
    const next = this.call === undefined ? this.ahead.shift() : undefined;
    if (next !== undefined) this.promote(next);
    return hadMore;
  }

  /** It is gone: what it has not begun with comes back, and the rest is lost. */
  lose(lost: Result): void {
    const { ahead, call, owner, worker } = this;
    this.call = undefined;
    this.emptyLane();
    if (call !== undefined) owner.onResult(call, lost, worker);
    // What it had begun with although the end of the one before never came: it must not run again.
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
      owner.onPromoted(next, worker);
      owner.onResult(next, lost, worker);
    }
  }

  // Whoever was told of the end may have taken back the rest, or closed the worker.
  private goOn(): void {
    const { life, worker } = this;
    if (worker.state !== "busy") return;
    if (worker.wear.isWorn || !this.owner.mayGoOn(worker)) this.emptyLane();
    const next = this.ahead.shift();
    if (next !== undefined) return this.promote(next);
    life.move("settle");
    life.rest();
  }

  private promote(call: Call): void {
    this.runs(call);
    this.owner.onPromoted(call, this.worker);
  }

  private runs(call: Call): void {
    this.call = call;
    if (this.given.push(call.number) > maxGiven) this.given.shift();
  }

  private emptyLane(): void {
    if (this.ahead.size > 0) this.owner.onTakenBack(this.ahead.takeBackLast(Number.POSITIVE_INFINITY));
  }
}
