/**
 * A task: a unit of work that is defined once and runs unchanged on any runtime.
 *
 * This module loads nothing of Effect at run time, so a worker that imports a task file pays for the body alone.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import type * as Schema from "effect/Schema";
import type * as Stream from "effect/Stream";

import type { Runtime } from "./Runtime.ts";
import type { TaskContext } from "./TaskContext.ts";

/**
 * How tasks are recognised: a string property, so that two copies of this module agree on what a task is.
 *
 * @category type IDs
 * @since 0.1.0
 */
export const TypeId = "~@heddle/core/Task";

/**
 * Whether a task gives one value or a stream of values. Inferred from what the body returns.
 *
 * @category models
 * @since 0.1.0
 */
export type Mode = "value" | "stream";

type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * The success type of a body: what its value, promise, Effect, Stream, async iterable or generator gives.
 *
 * @category inference
 * @since 0.1.0
 */
export type BodySuccess<B> =
  IsAny<B> extends true
    ? any
    : B extends Stream.Stream<infer A, infer _E, infer _R>
      ? A
      : B extends Effect.Effect<infer A, infer _E, infer _R>
        ? A
        : B extends AsyncIterable<infer A>
          ? A
          : B extends PromiseLike<infer A>
            ? A
            : B extends Generator<infer _Y, infer A, infer _N>
              ? A
              : B;

/**
 * The typed failures of a body that returns an Effect or a Stream.
 *
 * @category inference
 * @since 0.1.0
 */
export type BodyError<B> =
  IsAny<B> extends true
    ? never
    : B extends Stream.Stream<infer _A, infer E, infer _R>
      ? E
      : B extends Effect.Effect<infer _A, infer E, infer _R>
        ? E
        : never;

/**
 * The services that a body needs, which its `layer` has to provide.
 *
 * @category inference
 * @since 0.1.0
 */
export type BodyServices<B> =
  IsAny<B> extends true
    ? never
    : B extends Stream.Stream<infer _A, infer _E, infer R>
      ? R
      : B extends Effect.Effect<infer _A, infer _E, infer R>
        ? R
        : never;

/**
 * `"stream"` for a body that returns a Stream or an async iterable, else `"value"`.
 *
 * @category inference
 * @since 0.1.0
 */
export type BodyMode<B> =
  IsAny<B> extends true
    ? "value"
    : [B] extends [never]
      ? "value"
      : [B] extends [Stream.Stream<any, any, any>] | [AsyncIterable<any>]
        ? "stream"
        : "value";

/**
 * The definition of a task. Make one with {@link make}; it is a plain value and holds no resource.
 *
 * @category models
 * @since 0.1.0
 */
export interface Task<
  out Name extends string,
  in out In,
  out A,
  out E = never,
  out M extends Mode = "value",
  out P = never,
> {
  readonly [TypeId]: {
    readonly _A: () => A;
    readonly _E: () => E;
    readonly _M: () => M;
    readonly _P: () => P;
  };
  readonly name: Name;
  readonly module: string | undefined;
  readonly input: Schema.ConstraintCodec<In, unknown> | undefined;
  readonly output: Schema.Constraint | undefined;
  readonly error: Schema.Constraint | undefined;
  readonly progress: Schema.Constraint | undefined;
  readonly layer: Layer.Layer<any, any> | undefined;
  readonly body: (input: In, context: TaskContext<any>) => unknown;
}

/**
 * Any task, for code that does not care about its types.
 *
 * @category models
 * @since 0.1.0
 */
export type Any = Task<string, any, any, any, Mode, any>;

/**
 * The input type of a task.
 *
 * @category inference
 * @since 0.1.0
 */
export type Input<T> = T extends Task<any, infer In, any, any, any, any> ? In : never;

/**
 * The success type of a task: of one value, or of each element of a stream.
 *
 * @category inference
 * @since 0.1.0
 */
export type Success<T> = T extends Task<any, any, infer A, any, any, any> ? A : never;

/**
 * The typed failure of a task.
 *
 * @category inference
 * @since 0.1.0
 */
export type Failure<T> = T extends Task<any, any, any, infer E, any, any> ? E : never;

/**
 * What the compiler shows when a body fails with errors that no `error` schema describes.
 *
 * @category compile errors
 * @since 0.1.0
 */
export interface MissingErrorSchema<E> {
  readonly "add `error: Schema` for": E;
}

/**
 * What the compiler shows when a body needs services and the task has no `layer` for them.
 *
 * @category compile errors
 * @since 0.1.0
 */
export interface MissingLayer<R> {
  readonly "add `layer` that provides": R;
}

type Requirements<B, ES, RL> = ([Exclude<BodyError<B>, ES>] extends [never]
  ? unknown
  : { readonly error: MissingErrorSchema<Exclude<BodyError<B>, ES>> }) &
  ([Exclude<BodyServices<B>, RL | Runtime>] extends [never]
    ? unknown
    : { readonly layer: MissingLayer<Exclude<BodyServices<B>, RL | Runtime>> });

/**
 * What {@link make} takes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<Name extends string, B, In, P, ES, RL> {
  /** Unique within its module; by convention `folder/function`. */
  readonly name: Name;
  /** `import.meta.url` of the file that exports the task. Without it only runtimes that stay in this isolate run it. */
  readonly module?: string | undefined;
  readonly input?: Schema.ConstraintCodec<In, any> | undefined;
  readonly output?: Schema.ConstraintCodec<BodySuccess<NoInfer<B>>, any> | undefined;
  readonly error?: Schema.ConstraintCodec<ES, any> | undefined;
  readonly progress?: Schema.ConstraintCodec<P, any> | undefined;
  /** Built once per worker, on first use, and released when the worker closes. */
  readonly layer?: Layer.Layer<RL, any> | undefined;
  readonly body: (input: In, context: TaskContext<P>) => B;
}

/**
 * Defines a task.
 *
 * **When to use**
 *
 * Once per unit of work, as an export of a module of its own, so that workers can import it without importing
 * the program around it.
 *
 * **Details**
 *
 * The body may return a value, a promise, an Effect, a Stream, an async iterable, or a generator. A generator's
 * result is what it returns; each of its `yield`s is a point where the runtime may let others run.
 *
 * A body may call other tasks on the runtime that runs it: with `context.run`, or, where it returns an Effect or a
 * Stream, with `Runtime.run` and the like, since every runtime provides that service.
 *
 * **Errors**
 *
 * Typed failures of an Effect or Stream need an `error` schema. Something thrown that the `error` schema
 * describes is a typed failure as well; everything else is a defect.
 *
 * **Example** (A task that any runtime can run)
 *
 * ```ts
 * import * as Task from "@heddle/core/Task";
 *
 * export const double = Task.make({
 *   name: "math/double",
 *   module: import.meta.url,
 *   body: (n: number) => n * 2,
 * });
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <const Name extends string, B, In = void, P = never, ES = never, RL = never>(
  options: Options<Name, B, In, P, ES, RL> & Requirements<NoInfer<B>, NoInfer<ES>, NoInfer<RL>>,
): Task<Name, In, BodySuccess<B>, BodyError<B> | ES, BodyMode<B>, P> => {
  if (typeof options.name !== "string" || options.name === "") {
    throw new TypeError('A task needs a name: Task.make({ name: "folder/function", … }).');
  }
  if (typeof options.body !== "function") {
    throw new TypeError(`Task "${options.name}" needs a body: a function of the input and the context.`);
  }
  const { body, error, input, layer, module, name, output, progress } = options;
  const task: Omit<Any, typeof TypeId> = { name, module, input, output, error, progress, layer, body };
  return Object.freeze({ [TypeId]: TypeId, ...task }) as unknown as Task<
    Name,
    In,
    BodySuccess<B>,
    BodyError<B> | ES,
    BodyMode<B>,
    P
  >;
};

/**
 * Whether a value is a task, whatever copy of this module made it.
 *
 * @category guards
 * @since 0.1.0
 */
export const isTask = (u: unknown): u is Any => typeof u === "object" && u !== null && TypeId in u;
