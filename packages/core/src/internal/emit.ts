/**
 * Takes what a body emits besides its outcome: chunks, progress, log lines, spans.
 */
import * as Cause from "effect/Cause";
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Tracer from "effect/Tracer";

import type { TaskCodec } from "../Codec.ts";
import type { JobEvent, SpanEvent } from "../Job.ts";
import type * as Task from "../Task.ts";

export interface Takers {
  readonly onChunk?: ((values: ReadonlyArray<unknown>) => Effect.Effect<void>) | undefined;
  readonly onProgress?: ((value: unknown) => Effect.Effect<void>) | undefined;
}

/** Opens and ends, in the caller's tracer, the spans that a body tells of. */
class RemoteSpans {
  private readonly tracer: Tracer.Tracer;
  private readonly parent: Tracer.AnySpan;
  private readonly open = new Map<string, Tracer.Span>();

  constructor(context: Context.Context<never>, parent: Tracer.AnySpan) {
    this.tracer = Context.get(context, Tracer.Tracer);
    this.parent = parent;
  }

  take(event: SpanEvent): void {
    if (event._tag === "Started") return this.start(event);
    const span = this.open.get(event.spanId);
    if (span === undefined) return;
    for (const [key, value] of Object.entries(event.attributes)) {
      if (event._tag === "Ended") span.attribute(key, value);
    }
    if (event._tag === "Noted") return span.event(event.name, event.epochNanos, event.attributes);
    this.open.delete(event.spanId);
    const { failure } = event;
    span.end(event.endEpochNanos, failure === undefined ? Exit.void : Exit.failCause(Cause.die(failure)));
  }

  /** Ends what the body left open, as when its worker died. */
  close(endEpochNanos: bigint): void {
    for (const span of this.open.values()) span.end(endEpochNanos, Exit.interrupt());
    this.open.clear();
  }

  private start(event: Extract<SpanEvent, { _tag: "Started" }>): void {
    const span = this.tracer.span({
      name: event.name,
      parent: Option.some(this.open.get(event.parentSpanId) ?? this.parent),
      annotations: Context.empty(),
      links: [],
      startTime: event.startEpochNanos,
      kind: event.kind,
      root: false,
      sampled: this.parent.sampled,
    });
    this.open.set(event.spanId, span);
  }
}

const log = (
  { annotations, level, message }: Extract<JobEvent, { _tag: "Log" }>,
  context: Context.Context<never>,
): Effect.Effect<void> => {
  const line = Effect.logWithLevel(level ?? "Info")(...message);
  const annotated = annotations === undefined ? line : Effect.annotateLogs(line, { ...annotations });
  return Effect.provideContext(annotated, context);
};

/** Takes all that one job emits: values are decoded, and everything happens in the caller's context. */
export class Emissions {
  private readonly task: Task.Any;
  private readonly codec: TaskCodec;
  private readonly takers: Takers;
  private readonly context: Context.Context<never>;
  private spans: RemoteSpans | undefined;

  constructor(task: Task.Any, codec: TaskCodec, takers: Takers, context: Context.Context<never>) {
    this.task = task;
    this.codec = codec;
    this.takers = takers;
    this.context = context;
  }

  take(event: JobEvent): Effect.Effect<void> {
    switch (event._tag) {
      case "Chunk": {
        const { onChunk } = this.takers;
        if (onChunk === undefined) return Effect.void;
        return Effect.suspend(() =>
          onChunk(this.task.output ? event.values.map(this.codec.decodeOutput) : event.values),
        );
      }
      case "Progress": {
        const { onProgress } = this.takers;
        if (onProgress === undefined) return Effect.void;
        return Effect.suspend(() => onProgress(this.codec.decodeProgress(event.value)));
      }
      case "Log":
        return log(event, this.context);
      case "Span":
        return Effect.sync(() => {
          const parent = Context.getOrUndefined(this.context, Tracer.ParentSpan);
          if (parent === undefined) return;
          this.spans ??= new RemoteSpans(this.context, parent);
          this.spans.take(event.event);
        });
    }
  }

  /** The job has ended: nothing more is heard of it. */
  close(): void {
    this.spans?.close(Context.get(this.context, Clock.Clock).currentTimeNanosUnsafe());
  }
}
