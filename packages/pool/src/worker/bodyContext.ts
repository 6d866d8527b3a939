/**
 * What the fibers of a body find in their context: the caller's annotations and span, a logger and a tracer that
 * reach the caller, and the runtime, for calls of the body's own.
 */
import * as Context from "effect/Context";
import * as References from "effect/References";
import * as Tracer from "effect/Tracer";

import type { WorkerCall } from "./call.ts";
import { CurrentCall, loggers } from "./logs.ts";
import * as RuntimeService from "./runtimeService.ts";
import { tracerOf } from "./spans.ts";

const withTrace = (
  context: Context.Context<never>,
  [traceId, spanId, sampled]: readonly [traceId: string, spanId: string, sampled: boolean],
  call: WorkerCall,
): Context.Context<never> => {
  const caller = Tracer.externalSpan({ traceId, spanId, sampled });
  const within = Context.add(context, Tracer.ParentSpan, caller);
  return sampled ? Context.add(within, Tracer.Tracer, tracerOf(call, caller)) : within;
};

const ofAll = Context.make(References.MinimumLogLevel, "All").pipe(
  Context.add(References.CurrentLoggers, loggers),
);

/** The context of a call's fibers. */
export const make = (call: WorkerCall): Context.Context<never> => {
  const { annotations, trace } = call.envelope ?? {};
  const ofCall = Context.add(ofAll, CurrentCall, call);
  const withRuntime = Context.add(ofCall, RuntimeService.Key, RuntimeService.make(call));
  const context =
    annotations === undefined
      ? withRuntime
      : Context.add(withRuntime, References.CurrentLogAnnotations, annotations);
  return trace === undefined ? context : withTrace(context, trace, call);
};
