/** Keeps a steady number of calls in flight on one runtime, and adds bursts when asked. */
import type { PromisedRuntime } from "@heddle/core/Promised";

import type { Closing } from "./call.ts";
import { draw, drawKiller, drawQuick, type Draft, type Surroundings } from "./kinds.ts";
import type { Ledger } from "./ledger.ts";
import { Random } from "./random.ts";
import { submitTo } from "./submit.ts";

const noFate = {
  cancel: undefined,
  timeoutMillis: undefined,
  queueTimeoutMillis: undefined,
  priority: undefined,
};

/** What all lives of one run share: the book, and where the sequence of calls stands. */
export interface Source {
  readonly ledger: Ledger;
  readonly seed: number;
  nextCall: number;
}

const callStream = 1;
const mostOpen = 300;

export class Load {
  private readonly source: Source;
  private readonly runtime: PromisedRuntime;
  private readonly surroundings: Surroundings;
  private readonly target: number;
  private closing: Closing = "open";
  private refill: NodeJS.Immediate | undefined;

  constructor(source: Source, runtime: PromisedRuntime, surroundings: Surroundings, target: number) {
    this.source = source;
    this.runtime = runtime;
    this.surroundings = surroundings;
    this.target = target;
  }

  start(): void {
    this.topUp();
  }

  /** Stops to add calls; those under way learn what the runtime does to them. */
  stop(closing: Exclude<Closing, "open">): void {
    this.closing = closing;
    clearImmediate(this.refill);
    this.refill = undefined;
    for (const call of this.source.ledger.open) call.setClosing(closing);
  }

  /** Many at once, most of which wait; none while a slow machine still has those of the last burst. */
  burst(calls: number): void {
    if (this.source.ledger.open.size > mostOpen) return;
    for (let n = 0; n < calls && this.closing === "open"; n++)
      this.submit(n % 4 === 0 ? undefined : drawQuick());
  }

  /** Some that kill their workers, one after the other. */
  salvo(calls: number): void {
    for (let n = 0; n < calls && this.closing === "open"; n++) this.submit(drawKiller());
  }

  /** Calls that come too late: all of them have to be refused. */
  submitLate(calls: number): void {
    for (let n = 0; n < calls; n++) this.submit({ ...drawQuick(), kind: "late", expects: ["ShuttingDown"] });
  }

  private topUp(): void {
    this.refill = undefined;
    while (this.closing === "open" && this.source.ledger.open.size < this.target) this.submit();
  }

  private submit(given?: Draft): void {
    const { ledger, seed } = this.source;
    const random = new Random(seed, callStream, this.source.nextCall++);
    const draft = given ?? draw(random, this.surroundings);
    const call = ledger.enter(draft, random, this.closing, this.closing === "open" ? undefined : noFate);
    const settle = (settlement: Parameters<Ledger["settle"]>[1]): void => {
      ledger.settle(call, settlement);
      if (this.closing === "open") this.refill ??= setImmediate(() => this.topUp());
    };
    new Promise((resolve) => resolve(submitTo(this.runtime, call, ledger.journal.path))).then(
      (value) => settle({ value }),
      (thrown: unknown) => settle({ thrown }),
    );
  }
}
