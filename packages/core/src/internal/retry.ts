/**
 * Steps through a caller's schedule when the runtime lost an attempt.
 */
import type * as Context from "effect/Context";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Schedule from "effect/Schedule";

import type { Reason, RuntimeError } from "../RuntimeError.ts";
import * as Clock from "./clock.ts";

// What the runtime lost or could not take. All else would fail again, or is the task's own answer.
const repeatable: ReadonlySet<Reason["_tag"]> = new Set([
  "WorkerLost",
  "OutOfMemory",
  "QueueFull",
  "EngineUnavailable",
]);

export const isRepeatable = (error: RuntimeError): boolean => repeatable.has(error.reason._tag);

type Step = Effect.Success<ReturnType<typeof Schedule.toStep<unknown, RuntimeError, never, never>>>;

export class Retry {
  private readonly schedule: Schedule.Schedule<unknown, RuntimeError>;
  private readonly context: Context.Context<never>;
  private step: Step | undefined;

  constructor(schedule: Schedule.Schedule<unknown, RuntimeError>, context: Context.Context<never>) {
    this.schedule = schedule;
    this.context = context;
  }

  /** Asks the schedule: calls back after the pause that it gives, or at once when it gives up. Returns how to stop. */
  after(error: RuntimeError, again: () => void, giveUp: () => void): () => void {
    let stop: () => void;
    const asked = Effect.suspend(() =>
      this.step === undefined ? Schedule.toStep(this.schedule) : Effect.succeed(this.step),
    ).pipe(
      Effect.flatMap((step) => {
        this.step = step;
        return step(Clock.epochMillis(this.context), error);
      }),
    );
    const fiber = Effect.runForkWith(this.context)(asked);
    stop = () => fiber.interruptUnsafe();
    fiber.addObserver((exit) => {
      // A schedule that is done, and one that fails, asks for no further attempt.
      if (Exit.isFailure(exit)) return Exit.hasInterrupts(exit) ? undefined : giveUp();
      const [, pause] = exit.value;
      stop = Clock.after(this.context, Duration.toMillis(pause), again);
    });
    return () => stop();
  }
}
