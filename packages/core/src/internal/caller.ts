/**
 * Who calls: what a runtime reads out of a caller's context, once for all calls that come from there.
 */
import * as Context from "effect/Context";
import * as Tracer from "effect/Tracer";

import * as Envelope from "../Envelope.ts";
import * as Events from "../Events.ts";
import type { Engine } from "./engine.ts";

const defaultTracer = Tracer.Tracer.defaultValue();

export class Caller {
  readonly engine: Engine;
  readonly context: Context.Context<never>;
  readonly observer: ((event: Events.Event) => void) | undefined;
  readonly envelope: Envelope.Envelope;
  /** A span costs more than a whole no-op call, so there is one only where somebody traces. */
  readonly isTraced: boolean;

  constructor(engine: Engine, context: Context.Context<never>) {
    this.engine = engine;
    this.context = context;
    // What a body calls is told once, by the runtime that carries it out.
    this.observer = engine.isNested ? undefined : Context.get(context, Events.Observer);
    this.envelope = Envelope.fromContext(context);
    this.isTraced =
      Context.get(context, Tracer.Tracer) !== defaultTracer ||
      Context.getOrUndefined(context, Tracer.ParentSpan) !== undefined;
  }
}
