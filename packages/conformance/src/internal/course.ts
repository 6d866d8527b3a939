/**
 * How far a case has come, and what broke first: whoever waits for it learns that before anything is closed.
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";

/** What is done with the runtime. */
type Phase = "opening" | "running" | "closing";

const subjects = {
  opening: "opening the runtime",
  running: "it",
  closing: "closing the runtime",
} as const satisfies Readonly<Record<Phase, string>>;

export class Course {
  private phase: Phase;
  private readonly first = Promise.withResolvers<unknown>();
  /** Resolves with the first error, or when all is known; a runtime that does not close cannot hold it back. */
  readonly settled: Promise<unknown> = this.first.promise;
  readonly runs: Effect.Effect<void> = Effect.sync(() => void (this.phase = "running"));
  readonly closes: Effect.Effect<void> = Effect.sync(() => void (this.phase = "closing"));
  /** Nothing is to be learned any more: closing gets a short time only. */
  readonly settles: Effect.Effect<void> = Effect.sync(() => this.first.resolve(undefined));

  constructor(phase: Phase = "opening") {
    this.phase = phase;
  }

  get isClosing(): boolean {
    return this.phase === "closing";
  }

  /** What takes its time, to begin a sentence with. */
  get subject(): string {
    return subjects[this.phase];
  }

  /** Hands the error of an effect on; those after the first are dropped. */
  readonly watched = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.onError(effect, (cause) => Effect.sync(() => this.first.resolve(Cause.squash(cause))));
}
