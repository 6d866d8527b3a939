/**
 * A call from outside: what its body gives is decoded for the caller, in the caller's context.
 */
import type * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";

import type * as Codec from "../Codec.ts";
import * as Defect from "../Defect.ts";
import type { Envelope } from "../Envelope.ts";
import type { JobEvent } from "../Job.ts";
import type { Outcome } from "../Outcome.ts";
import * as RuntimeError from "../RuntimeError.ts";
import type * as Task from "../Task.ts";
import { ActiveCall } from "./activeCall.ts";
import type { Caller } from "./caller.ts";
import { Emissions, type Takers } from "./emit.ts";
import * as Late from "./late.ts";
import type { Terms } from "./terms.ts";

/** A call that nothing speaks against, with its input encoded. */
export interface Admissible {
  readonly task: Task.Any;
  readonly input: unknown;
  readonly terms: Terms;
}

const unheard: Takers = {};

export abstract class OutsideCall extends ActiveCall {
  constructor(caller: Caller, { input, task, terms }: Admissible) {
    super(caller, task, input, terms);
  }

  get depth(): number {
    return 0;
  }

  get envelope(): Envelope {
    return this.caller.envelope;
  }

  /** Who takes chunks and progress. */
  protected get takers(): Takers {
    return unheard;
  }

  protected take(event: JobEvent): Effect.Effect<void> {
    const { caller, codec, more, takers, task } = this;
    more.emissions ??= new Emissions(task, codec, takers, caller.context);
    return more.emissions.take(event);
  }

  protected settle(outcome: Outcome): Exit.Exit<unknown, unknown> {
    switch (outcome._tag) {
      case "Success":
        return this.mode === "stream" || this.task.output === undefined
          ? Exit.succeed(outcome.value)
          : this.decoded("output", () => this.codec.decodeOutput(outcome.value));
      case "Failure": {
        const error = this.decoded("error", () => this.codec.decodeError(outcome.error));
        return Exit.isSuccess(error) ? Exit.fail(error.value) : error;
      }
      case "Defect":
        return Exit.die(Defect.toUnknown(outcome.defect));
      case "Interrupted":
        return Exit.interrupt();
    }
  }

  private get codec(): Codec.TaskCodec {
    return Late.codecOf(this.task, this.caller.engine.adapter.capabilities.values);
  }

  private decoded(
    where: "output" | "error",
    decode: () => unknown,
  ): Exit.Exit<unknown, RuntimeError.RuntimeError> {
    try {
      return Exit.succeed(decode());
    } catch (cause) {
      const detail = Defect.messageOf(cause);
      const reason = new RuntimeError.InvalidOutput({ where, detail, cause });
      return Exit.fail(this.caller.engine.error(this.task, reason));
    }
  }
}
