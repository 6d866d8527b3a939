/**
 * The spans of a traced body, sent to its caller's tracer.
 */
import { messageOf } from "@heddle/core/Defect";
import type { SpanEvent } from "@heddle/core/Job";
import * as Cause from "effect/Cause";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Tracer from "effect/Tracer";

import { Kind } from "../Frame.ts";
import type { WorkerCall } from "./call.ts";
import * as Shown from "./shown.ts";

type SpanOptions = ConstructorParameters<typeof Tracer.NativeSpan>[0];

const failureOf = (exit: Exit.Exit<unknown, unknown>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined;
  return Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : messageOf(Cause.squash(exit.cause));
};

const send = (call: WorkerCall, event: SpanEvent): void =>
  Shown.send((show) => {
    const shown =
      event._tag === "Started" ? event : { ...event, attributes: Shown.record(event.attributes, show) };
    call.send([Kind.span, call.number, shown], "progress");
  });

/** A span that tells the caller what happens to it. Its ids are those of W3C Trace Context. */
class RemoteSpan extends Tracer.NativeSpan {
  private readonly call: WorkerCall;

  constructor(options: SpanOptions, call: WorkerCall, parentSpanId: string) {
    super(options);
    this.call = call;
    send(call, {
      _tag: "Started",
      spanId: this.spanId,
      parentSpanId,
      name: options.name,
      kind: options.kind,
      startEpochNanos: options.startTime,
    });
  }

  override event(name: string, startTime: bigint, attributes: Record<string, unknown> = {}): void {
    if (this.status._tag === "Ended") return;
    const { call, spanId } = this;
    send(call, { _tag: "Noted", spanId, name, epochNanos: startTime, attributes });
  }

  override end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    if (this.status._tag === "Ended") return;
    super.end(endTime, exit);
    const attributes = Object.fromEntries(this.attributes);
    const { call, spanId } = this;
    send(call, { _tag: "Ended", spanId, endEpochNanos: endTime, attributes, failure: failureOf(exit) });
  }
}

/** The tracer of a body that is called within the span `caller`. */
export const tracerOf = (call: WorkerCall, caller: Tracer.ExternalSpan): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      if (!options.sampled) return new Tracer.NativeSpan(options);
      const own = Option.getOrUndefined(options.parent);
      // A span of another trace, or of none, has no place of its own there: it stands under the caller's.
      const parent = own !== undefined && own.traceId === caller.traceId ? own : caller;
      return new RemoteSpan({ ...options, parent: Option.some(parent) }, call, parent.spanId);
    },
  });
