/**
 * The runtime as a body sees it: calls from there run on the same runtime, one level deeper, and end with the body.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as References from "effect/References";
import * as Tracer from "effect/Tracer";

import type { Adapter } from "./Adapter.ts";
import type { Capabilities } from "./Capabilities.ts";
import { Engine } from "./internal/engine.ts";
import type { Room } from "./internal/entrance.ts";
import * as Late from "./internal/late.ts";
import * as Parts from "./internal/parts.ts";
import * as Internal from "./internal/service.ts";
import type { Job } from "./Job.ts";
import type * as Runtime from "./Runtime.ts";
import type { RuntimeError } from "./RuntimeError.ts";
import type { Stats } from "./Stats.ts";

// A body's calls are made through Effect.
Late.install(Parts);

const unbounded: Room = {
  places: Number.POSITIVE_INFINITY,
  maxQueue: Number.POSITIVE_INFINITY,
  whenFull: "wait",
};

interface Place {
  readonly name: string;
  readonly capabilities: Capabilities;
}

/**
 * The runtime that a job's body calls, as {@link make} makes it; a class, for adapters that have an object per job.
 *
 * @category models
 * @since 0.1.0
 */
export class NestedRuntime<P extends Place = Place, J extends Pick<Job, "nest"> = Pick<Job, "nest">>
  implements Runtime.Service
{
  /** Where the body runs. */
  protected readonly place: P;
  /** The job of the body. */
  readonly job: J;
  private made: Runtime.Service | undefined;

  constructor(place: P, job: J) {
    this.place = place;
    this.job = job;
  }

  // Getters, because most bodies call nothing: the engine is made when one does.

  get name(): string {
    return this.place.name;
  }
  get capabilities(): Capabilities {
    return { ...this.place.capabilities, coordination: "none" };
  }
  get stats(): Effect.Effect<Stats> {
    return this.service.stats;
  }
  get drain(): Effect.Effect<void> {
    return this.service.drain;
  }
  get resize(): Runtime.Service["resize"] {
    return this.service.resize;
  }
  get recycle(): Effect.Effect<void, RuntimeError> {
    return this.service.recycle;
  }
  get run(): Runtime.Service["run"] {
    return this.service.run;
  }
  get submit(): Runtime.Service["submit"] {
    return this.service.submit;
  }
  get map(): Runtime.Service["map"] {
    return this.service.map;
  }
  get mapChunks(): Runtime.Service["mapChunks"] {
    return this.service.mapChunks;
  }
  get stream(): Runtime.Service["stream"] {
    return this.service.stream;
  }

  private get service(): Runtime.Service {
    if (this.made === undefined) {
      const { capabilities, name } = this;
      const execute: Adapter["execute"] = (job) => this.job.nest(job);
      const adapter: Adapter = { name, capabilities, execute };
      this.made = Internal.fromEngine(new Engine(adapter, unbounded, true));
    }
    return this.made;
  }
}

/**
 * Makes the runtime that a job's body calls.
 *
 * **Details**
 *
 * Its counts are those of this body alone. It refuses and encodes as any runtime with these capabilities does; `nest`
 * of the job carries the calls out. `resize` and `recycle` are `Unsupported`: a body does not command its runtime.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (place: Place, job: Pick<Job, "nest">): Runtime.Service => new NestedRuntime(place, job);

// A stack has room for about 250 of them, and a fiber does not survive when there is no more.
const callsPerStack = 64;

/**
 * Whether a body that is nested so deeply has to be given a stack of its own, by {@link unwound}.
 *
 * @category guards
 * @since 0.1.0
 */
export const needsOwnStack = (depth: number): boolean => depth !== 0 && depth % callsPerStack === 0;

/**
 * Gives a nested body a stack of its own now and then, where bodies run in the program: one that is called starts within
 * the stack of the one that calls it, and its end may end that one as well.
 *
 * @category conversions
 * @since 0.1.0
 */
export const unwound = <A, E, R>(depth: number, body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  needsOwnStack(depth)
    ? Effect.andThen(
        Effect.yieldNow,
        Effect.onExit(body, () => Effect.yieldNow),
      )
    : body;

/**
 * The context of a job's body, in the program: that of the caller, for a nested job with the annotations and the span of
 * the body that called it.
 *
 * **Details**
 *
 * The fiber of a nested job is one of whoever called from outside; what the body above added is in the envelope.
 *
 * @category conversions
 * @since 0.1.0
 */
export const contextOf = <R>(
  { depth, envelope }: Pick<Job, "depth" | "envelope">,
  caller: Context.Context<R>,
): Context.Context<R> => {
  if (depth === 0) return caller;
  const { annotations, trace } = envelope;
  const annotated =
    annotations === undefined ? caller : Context.add(caller, References.CurrentLogAnnotations, annotations);
  if (trace === undefined) return annotated;
  const [traceId, spanId, sampled] = trace;
  return Context.add(annotated, Tracer.ParentSpan, Tracer.externalSpan({ traceId, spanId, sampled }));
};

/**
 * Gives the body of a nested job the context of {@link contextOf}.
 *
 * @category conversions
 * @since 0.1.0
 */
export const within = <A, E, R>(
  job: Pick<Job, "depth" | "envelope">,
  body: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> =>
  job.depth === 0 ? body : Effect.updateContext(body, (caller: Context.Context<R>) => contextOf(job, caller));
