/**
 * Takes what a body emits besides its outcome: chunks, progress, log lines, spans.
 */
import * as Cause from "effect/Cause";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Tracer from "effect/Tracer";

import type { TaskCodec } from "../Codec.ts";
import type { Job, JobEvent, SpanEvent } from "../Job.ts";
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

/** What a job is given as `emit`: values are decoded, and everything happens in the caller's context. */
export const emitter = (
  task: Task.Any,
  codec: TaskCodec,
  takers: Takers,
  context: Context.Context<never>,
): Job["emit"] => {
  let spans: RemoteSpans | undefined;
  return (event) => {
    switch (event._tag) {
      case "Chunk": {
        const { onChunk } = takers;
        if (onChunk === undefined) return Effect.void;
        return Effect.suspend(() =>
          onChunk(task.output ? event.values.map(codec.decodeOutput) : event.values),
        );
      }
      case "Progress": {
        const { onProgress } = takers;
        if (onProgress === undefined) return Effect.void;
        return Effect.suspend(() => onProgress(codec.decodeProgress(event.value)));
      }
      case "Log":
        return log(event, context);
      case "Span":
        return Effect.sync(() => {
          const parent = Context.getOrUndefined(context, Tracer.ParentSpan);
          if (parent !== undefined) (spans ??= new RemoteSpans(context, parent)).take(event.event);
        });
    }
  };
};
