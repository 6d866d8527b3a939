/**
 * The calls that one job's body makes, host side: each is a job of its own on the same runtime.
 *
 * What is left of them when the job ends is interrupted, and the job's own end waits for theirs.
 */
import * as Defect from "@heddle/core/Defect";
import type { Job, JobEvent } from "@heddle/core/Job";
import * as Outcome from "@heddle/core/Outcome";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import * as RuntimeErrorData from "@heddle/core/RuntimeErrorData";
import * as Task from "@heddle/core/Task";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";

import * as Frame from "../Frame.ts";
import type { Fork } from "./emissions.ts";
import { mostItems } from "./window.ts";

type Ended = Exit.Exit<Outcome.Outcome, RuntimeError>;

/** The way from nested calls to the body that makes them. */
export interface Link {
  /** Sends to the body, if it still runs. Throws when a value cannot be cloned. */
  readonly tell: (answer: TellNested) => void;
  /** Whether nested calls of the body are under way. */
  readonly onBlocked: (isBlocked: boolean) => void;
}

/** What the body is told of one of its calls. */
export type TellNested =
  | { readonly nested: number; readonly event: Frame.NestEvent }
  | { readonly nested: number; readonly answer: Frame.NestAnswer };

const neverCalled = (): never => {
  throw new Error("the body of a nested task is run by its worker");
};

const answerOf = (exit: Ended): Frame.NestAnswer => {
  if (exit._tag === "Success") return { _tag: "Outcome", outcome: exit.value };
  const error = Cause.findErrorOption(exit.cause);
  if (error._tag === "Some") return { _tag: "Error", error: RuntimeErrorData.encode(error.value) };
  if (Cause.hasInterruptsOnly(exit.cause)) return { _tag: "Outcome", outcome: Outcome.interrupted };
  return { _tag: "Outcome", outcome: Outcome.defect(Defect.fromUnknown(Cause.squash(exit.cause))) };
};

/** One nested call. */
class Nested {
  readonly id: number;
  fiber: Fiber.Fiber<Outcome.Outcome, RuntimeError> | undefined;
  private readonly nesting: Nesting;
  private readonly annotations: Frame.NestRequest["envelope"]["annotations"];
  private credit = Frame.initialCredit;
  private sender: (() => void) | undefined;

  constructor(id: number, nesting: Nesting, annotations: Frame.NestRequest["envelope"]["annotations"]) {
    this.id = id;
    this.nesting = nesting;
    this.annotations = annotations;
  }

  /** `false` when it is more than the body can have room for. */
  addCredit(items: number): boolean {
    if (this.credit + items > mostItems) return false;
    this.credit += items;
    const { sender } = this;
    this.sender = undefined;
    sender?.();
    return true;
  }

  emit(event: JobEvent): Effect.Effect<void> {
    switch (event._tag) {
      case "Chunk":
        return this.sendChunk(event.values);
      case "Progress":
        return Effect.sync(() => this.tell({ _tag: "Progress", value: event.value }));
      case "Log":
        return this.nesting.job.emit(this.annotated(event));
      case "Span":
        return this.nesting.job.emit(event);
    }
  }

  // What the body above added to its caller's annotations; those of the caller are added where the line is written.
  private annotated(line: Extract<JobEvent, { readonly _tag: "Log" }>): JobEvent {
    const given = this.nesting.job.envelope.annotations ?? {};
    const added = Object.entries(this.annotations ?? {}).filter(
      ([key, value]) => !Object.hasOwn(given, key) || !Object.is(given[key], value),
    );
    if (added.length === 0) return line;
    return { ...line, annotations: { ...Object.fromEntries(added), ...line.annotations } };
  }

  tell(event: Frame.NestEvent): void {
    this.nesting.link.tell({ nested: this.id, event });
  }

  // Completes when all values were sent, as many at a time as there is credit for. Events of a job come one at a time.
  private sendChunk(values: ReadonlyArray<unknown>): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      for (let sent = 0; sent < values.length;) {
        if (this.credit <= 0) yield* this.credited;
        const part = values.slice(sent, sent + this.credit);
        this.credit -= part.length;
        sent += part.length;
        this.tell({ _tag: "Chunk", values: part });
      }
    });
  }

  private get credited(): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      this.sender = () => resume(Effect.void);
      return Effect.sync(() => {
        this.sender = undefined;
      });
    });
  }
}

/** All calls that one job's body makes. */
export class Nesting {
  readonly job: Job;
  readonly link: Link;
  private readonly fork: Fork;
  private readonly active = new Map<number, Nested>();
  private highest = 0;
  private onStopped: (() => void) | undefined;

  constructor(job: Job, fork: Fork, link: Link) {
    this.job = job;
    this.fork = fork;
    this.link = link;
  }

  /** Takes a frame of the body; gives back what is wrong with it, if it can only be forged. */
  receive(frame: Frame.WorkerFrameOf<"nest" | "nestCancel" | "nestCredit">): string | undefined {
    const [kind, , id] = frame;
    if (kind === Frame.Kind.nest) return this.begin(id, frame[3]);
    const nested = this.active.get(id);
    // It may have ended while the frame was on its way.
    if (nested === undefined)
      return id <= this.highest ? undefined : `a frame of nested call ${id}, which it never made`;
    if (kind === Frame.Kind.nestCancel) nested.fiber?.interruptUnsafe();
    else if (frame[3] <= 0 || !nested.addCredit(frame[3])) return `a credit of ${frame[3]} items`;
    return undefined;
  }

  /** Interrupts all that are under way. */
  interrupt(): void {
    for (const { fiber } of this.active.values()) fiber?.interruptUnsafe();
  }

  /** Interrupts all that are under way, and calls back when none is left. */
  stop(onStopped: () => void): void {
    if (this.active.size === 0) return onStopped();
    this.onStopped = onStopped;
    this.interrupt();
  }

  private begin(id: number, request: Frame.NestRequest): string | undefined {
    if (this.active.has(id)) return `a second nested call ${id}`;
    let task: Task.Any;
    try {
      task = Task.make({ name: request.task, module: request.module, body: neverCalled });
    } catch {
      // All else about the request was checked before.
      return "a nested call of a task without a name";
    }
    this.highest = Math.max(this.highest, id);
    const nested = new Nested(id, this, request.envelope.annotations);
    this.active.set(id, nested);
    if (this.active.size === 1) this.link.onBlocked(true);
    nested.fiber = this.fork(this.run(nested, task, request));
    nested.fiber.addObserver((exit) => this.ended(nested, exit));
    return undefined;
  }

  private run(
    nested: Nested,
    task: Task.Any,
    request: Frame.NestRequest,
  ): Effect.Effect<Outcome.Outcome, RuntimeError> {
    const { envelope, input, mode, priority, timeoutMillis } = request;
    return Effect.suspend(() =>
      this.job.nest({
        task,
        input,
        transfer: [],
        envelope,
        mode,
        priority,
        timeoutMillis,
        emit: (event) => nested.emit(event),
        started: (unit) => nested.tell({ _tag: "Started", unit }),
      }),
    );
  }

  private ended({ id }: Nested, exit: Ended): void {
    this.active.delete(id);
    this.answer(id, exit);
    if (this.active.size > 0) return;
    this.link.onBlocked(false);
    this.onStopped?.();
  }

  private answer(nested: number, exit: Ended): void {
    try {
      this.link.tell({ nested, answer: answerOf(exit) });
    } catch (cause) {
      const outcome = Outcome.defect(Defect.fromUnknown(cause));
      this.link.tell({ nested, answer: { _tag: "Outcome", outcome } });
    }
  }
}
