/**
 * What travels beside the input of a job: plain data that any transport can carry.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import * as References from "effect/References";
import * as Tracer from "effect/Tracer";

/**
 * The caller's context, as data.
 *
 * **Details**
 *
 * `trace` is `[traceId, spanId, sampled]` as in W3C Trace Context; `deadlineEpochMillis` is an instant.
 *
 * @category models
 * @since 0.1.0
 */
export interface Envelope {
  readonly trace: readonly [traceId: string, spanId: string, sampled: boolean] | undefined;
  readonly annotations: Readonly<Record<string, unknown>> | undefined;
  readonly deadlineEpochMillis: number | undefined;
}

/**
 * An envelope that carries nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty: Envelope = { trace: undefined, annotations: undefined, deadlineEpochMillis: undefined };

/**
 * Reads the caller's span and log annotations out of a fiber's context.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromContext = (context: Context.Context<never>): Envelope => {
  const span = Context.getOrUndefined(context, Tracer.ParentSpan);
  const annotations = Context.get(context, References.CurrentLogAnnotations);
  const hasAnnotations = Object.keys(annotations).length > 0;
  if (span === undefined && !hasAnnotations) return empty;
  return {
    trace: span === undefined ? undefined : [span.traceId, span.spanId, span.sampled],
    annotations: hasAnnotations ? annotations : undefined,
    deadlineEpochMillis: undefined,
  };
};

/**
 * The instant when the time of a body that starts now is up: by its own timeout, or by that of a call above it.
 *
 * @category conversions
 * @since 0.1.0
 */
export const deadline = (
  job: { readonly envelope: Envelope; readonly timeoutMillis: number | undefined },
  nowEpochMillis: number,
): number | undefined => {
  const inherited = job.envelope.deadlineEpochMillis;
  const own = nowEpochMillis + (job.timeoutMillis ?? Number.POSITIVE_INFINITY);
  // An instant that never comes is none.
  return Number.isFinite(own) ? Math.min(inherited ?? own, own) : inherited;
};
