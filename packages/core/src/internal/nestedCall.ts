/**
 * A call that a body made: its outcome goes back to the body as it is, and it ends with the body at the latest.
 */
import type * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import type { Envelope } from "../Envelope.ts";
import type { JobEvent, NestedJob } from "../Job.ts";
import type { Outcome } from "../Outcome.ts";
import type { RuntimeError } from "../RuntimeError.ts";
import type { Unit } from "../TaskContext.ts";
import { ActiveCall } from "./activeCall.ts";
import type { Children } from "./children.ts";
import * as Terms from "./terms.ts";

type OnEnd = (exit: Exit.Exit<Outcome, RuntimeError>) => void;

export class NestedCall extends ActiveCall {
  readonly depth: number;
  readonly envelope: Envelope;
  private readonly job: NestedJob;
  private readonly siblings: Children;
  private readonly onEnd: OnEnd;

  constructor(above: ActiveCall, siblings: Children, job: NestedJob, envelope: Envelope, onEnd: OnEnd) {
    super(above.caller, job.task, job.input, Terms.fromNested(job));
    this.depth = above.depth + 1;
    this.envelope = envelope;
    this.job = job;
    this.siblings = siblings;
    this.onEnd = onEnd;
  }

  protected take(event: JobEvent): Effect.Effect<void> {
    return this.job.emit(event);
  }

  protected settle(outcome: Outcome): Exit.Exit<unknown, unknown> {
    return Exit.succeed(outcome);
  }

  protected override onStarted(unit: Unit): void {
    this.job.started(unit);
  }

  protected tell(exit: Exit.Exit<unknown, unknown>): void {
    this.siblings.ended(this);
    this.onEnd(exit as Exit.Exit<Outcome, RuntimeError>);
  }
}
