/**
 * The results of a map as an async iterator. To hand out one result costs as much as all else of a short body, so what is
 * there is handed out without a step that could be left out.
 */
import type { Items } from "../Items.ts";
import * as Aborts from "./aborts.ts";
import type { Caller } from "./caller.ts";
import type { InGroups } from "./collected.ts";
import { MapRun, type MapTerms } from "./mapRun.ts";
import { rejection } from "./promisedCall.ts";

type Step = IteratorResult<unknown, undefined>;

const done: Step = { done: true, value: undefined };
const none: Items = [];

/** It gives what there is until it is told to stop, and nothing more once it has told the end. */
type State = "fresh" | "open" | "closing" | "closed";

class MapIterator implements InGroups {
  private readonly run: MapRun;
  private readonly signal: AbortSignal | undefined;
  private items: Items = none;
  private at = 0;
  private state: State = "fresh";
  /** Who waits for the next results, in order. */
  private readonly asked: Array<(step: Step | Promise<never>) => void> = [];
  private abortedFor: { readonly reason: unknown } | undefined;
  private closing: PromiseWithResolvers<void> | undefined;
  private stopListening: (() => void) | undefined;
  private isAnswering = false;

  constructor(run: MapRun, signal: AbortSignal | undefined) {
    this.run = run;
    this.signal = signal;
    run.onChanged = () => this.changed();
  }

  next(): Promise<Step> {
    const { at, items } = this;
    if (at >= items.length) return this.ask();
    this.at = at + 1;
    return Promise.resolve({ done: false, value: items[at] });
  }

  drainTo(list: Array<unknown>): void {
    const { items } = this;
    for (let { at } = this; at < items.length; at++) list.push(items[at]);
    this.at = items.length;
  }

  async return(): Promise<Step> {
    await this.close();
    return done;
  }

  async throw(error: unknown): Promise<Step> {
    await this.close();
    throw error;
  }

  private ask(): Promise<Step> {
    return new Promise((resolve) => {
      this.asked.push(resolve);
      if (this.state === "fresh") this.begin();
      this.changed();
    });
  }

  private begin(): void {
    this.state = "open";
    const { run, signal } = this;
    if (signal !== undefined) this.stopListening = Aborts.onAbort(signal, () => this.abort(signal.reason));
    run.fill();
  }

  private abort(reason: unknown): void {
    if (this.state !== "open" || this.abortedFor !== undefined) return;
    this.abortedFor = { reason };
    this.drop();
  }

  // Nobody gets what is there any more.
  private drop(): void {
    this.items = none;
    this.at = 0;
    this.run.stop();
  }

  private changed(): void {
    switch (this.state) {
      case "open":
        return this.answerWhatIsThere();
      case "closing":
        return this.run.isOver ? this.end() : undefined;
      case "closed":
        return this.answerAll();
    }
  }

  // What is taken may bring more, which comes back here.
  private answerWhatIsThere(): void {
    if (this.isAnswering) return;
    this.isAnswering = true;
    while (this.asked.length > 0 && this.answer());
    this.isAnswering = false;
  }

  /** Answers who asked first; false when it is too early. */
  private answer(): boolean {
    if (this.at >= this.items.length && !this.refill()) {
      if (this.run.isOver && this.state === "open") this.tellEnd();
      return false;
    }
    this.asked.shift()?.({ done: false, value: this.items[this.at++] });
    return true;
  }

  private refill(): boolean {
    if (this.abortedFor !== undefined) return false;
    this.items = this.run.take() ?? none;
    this.at = 0;
    return this.items.length > 0;
  }

  private tellEnd(): void {
    const { failure } = this.run;
    if (this.abortedFor !== undefined) this.asked.shift()?.(Promise.reject(this.abortedFor.reason));
    else if (failure !== undefined) this.asked.shift()?.(Promise.reject(rejection(failure, this.signal)));
    this.end();
  }

  private async close(): Promise<void> {
    const { run } = this;
    if (this.state === "fresh") this.end();
    if (this.state === "open") {
      this.state = "closing";
      this.closing = Promise.withResolvers();
      const hadFailed = run.failure !== undefined;
      this.drop();
      this.changed();
      await this.closing.promise;
      // What the inputs threw when they were closed.
      if (!hadFailed && run.failure !== undefined) throw rejection(run.failure, undefined);
    } else await this.closing?.promise;
  }

  private end(): void {
    this.state = "closed";
    this.items = none;
    this.at = 0;
    this.stopListening?.();
    this.closing?.resolve();
    this.answerAll();
  }

  private answerAll(): void {
    for (const resolve of this.asked.splice(0)) resolve(done);
  }
}

/** Starts a map when the first result is asked for. */
export const iterate = (
  caller: Caller,
  terms: MapTerms,
  signal: AbortSignal | undefined,
): AsyncIterator<unknown, undefined> => new MapIterator(new MapRun(caller, terms), signal);
