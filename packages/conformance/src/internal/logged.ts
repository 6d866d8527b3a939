/**
 * What the caller's logger and tracer were told during a call.
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Logger from "effect/Logger";
import * as References from "effect/References";
import * as Tracer from "effect/Tracer";

/** A log line as the caller's logger was told it. */
export interface Line {
  readonly message: unknown;
  readonly level: string;
  readonly annotations: Readonly<Record<string, unknown>>;
}

/** Runs a call with annotations of its caller, and gives what the caller's logger was told. */
export const linesOf = (call: Effect.Effect<unknown, unknown>): Effect.Effect<ReadonlyArray<Line>, unknown> =>
  Effect.suspend(() => {
    const lines: Array<Line> = [];
    const logger = Logger.make(({ fiber, logLevel, message }) => {
      const annotations = { ...Context.get(fiber.context, References.CurrentLogAnnotations) };
      lines.push({ message, level: logLevel, annotations });
    });
    return call.pipe(
      Effect.annotateLogs({ request: "r1" }),
      Effect.provide(Logger.layer([logger])),
      Effect.as(lines),
    );
  });

/** Runs a call below a span of its caller, and gives the spans that the caller's tracer made. */
export const spansOf = <A>(
  call: Effect.Effect<A, unknown>,
): Effect.Effect<{ readonly value: A; readonly spans: ReadonlyArray<Tracer.NativeSpan> }, unknown> =>
  Effect.suspend(() => {
    const spans: Array<Tracer.NativeSpan> = [];
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options);
        spans.push(span);
        return span;
      },
    });
    return call.pipe(
      Effect.withSpan("caller"),
      Effect.provideService(Tracer.Tracer, tracer),
      Effect.map((value) => ({ value, spans })),
    );
  });
