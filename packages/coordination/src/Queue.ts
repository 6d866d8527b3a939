/**
 * A queue between tasks: `fifo`, `lifo`, or by `priority`; bounded or not; with an end, which replaces the poison pill.
 *
 * **Guarantees**
 *
 * - Each value is taken once. A value that is offered is not lost, whoever is cancelled; one that was given to a worker that dies
 *   goes with it.
 * - Those who take are served in the order in which they came, and so are those who wait to offer.
 * - After `end`, what is inside is still taken. Then takers fail with `Ended`.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { Taken } from "./internal/engine.ts";
import type { Queue, QueueOptions } from "./internal/kinds.ts";
import { action } from "./internal/perform.ts";
import * as Recipes from "./internal/recipes.ts";

export type { Queue, QueueOptions as Options } from "./internal/kinds.ts";

/**
 * How long to wait: without `timeout`, until it is granted.
 *
 * @category models
 * @since 0.1.0
 */
export interface WaitOptions extends Form.WaitOptions {}

/**
 * With `order: "priority"`, the higher one is taken first: a whole number of 32 bits, 0 by default.
 *
 * @category models
 * @since 0.1.0
 */
export interface OfferOptions extends WaitOptions {
  readonly priority?: number | undefined;
}

/**
 * Takes at most `max` values: as many as there are by default.
 *
 * @category models
 * @since 0.1.0
 */
export interface TakeOptions extends WaitOptions {
  readonly max?: number | undefined;
}

/**
 * Makes a queue that lives as long as its runtime.
 *
 * **Errors**
 *
 * `BadInput`; `Unsupported` where the runtime shares nothing, and inside a task; `Freed` when the runtime has closed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(options?: QueueOptions): Effect.Effect<Queue<A>, CoordinationError, Runtime> =>
  Form.make(() => Recipes.queue(options));

/**
 * Makes a queue that is freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = <A>(
  options?: QueueOptions,
): Effect.Effect<Queue<A>, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make<A>(options));

/**
 * Frees it, with what is inside: whoever waits, and whoever comes later, fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = <A>(queue: Queue<A>): Effect.Effect<void, CoordinationError> => Form.free(queue);

/**
 * Offers a value, and waits for room.
 *
 * **Cancellation**
 *
 * Interruption leaves the line; the value is not in.
 *
 * **Errors**
 *
 * `Ended`, `TimedOut`, `Freed`; `BadInput` for a value that cannot cross.
 *
 * @category operations
 * @since 0.1.0
 */
export const offer = <A>(
  queue: Queue<A>,
  value: A,
  options?: OfferOptions,
): Effect.Effect<void, CoordinationError> =>
  Form.wait(() => action(queue, "Queue", "offer", [[value], Recipes.priority(options?.priority)]), options);

/**
 * Offers a value if there is room and nobody waits for some; gives whether it is in.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryOffer = <A>(
  queue: Queue<A>,
  value: A,
  options?: Pick<OfferOptions, "priority">,
): Effect.Effect<boolean, CoordinationError> =>
  Effect.map(tryOfferAll(queue, [value], options), (count) => count === 1);

/**
 * Offers as many of the first values as there is room for, in one step; gives how many are in.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryOfferAll = <A>(
  queue: Queue<A>,
  values: ReadonlyArray<A>,
  options?: Pick<OfferOptions, "priority">,
): Effect.Effect<number, CoordinationError> =>
  Form.now(() => action(queue, "Queue", "tryOffer", [values, Recipes.priority(options?.priority)]));

/**
 * Offers values in their order, and waits for room. Much cheaper than one by one.
 *
 * **Cancellation**
 *
 * What was in by then stays in, from the first on; no value is in half. Where that matters, use `tryOfferAll`, which tells.
 *
 * @category operations
 * @since 0.1.0
 */
export const offerAll = <A>(
  queue: Queue<A>,
  values: ReadonlyArray<A>,
  options?: OfferOptions,
): Effect.Effect<void, CoordinationError> =>
  Form.inTime("Queue", offerPieces(queue, values, options), options);

const offerPieces = <A>(
  queue: Queue<A>,
  values: ReadonlyArray<A>,
  options: OfferOptions | undefined,
): Effect.Effect<void, CoordinationError> =>
  Effect.flatMap(tryOfferAll(queue, values, options), (count) => {
    if (count === values.length) return Effect.void;
    const piece = values.slice(count, count + Recipes.pieceOf(queue));
    const offered = Form.wait(() =>
      action(queue, "Queue", "offer", [piece, Recipes.priority(options?.priority)]),
    );
    return Effect.andThen(offered, offerPieces(queue, values.slice(count + piece.length), options));
  });

/**
 * Takes a value, and waits for one.
 *
 * **Cancellation**
 *
 * Interruption leaves the line; no value is taken.
 *
 * **Errors**
 *
 * `Ended` when it has ended and is empty; `TimedOut`, `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const take = <A>(queue: Queue<A>, options?: WaitOptions): Effect.Effect<A, CoordinationError> =>
  Effect.map(taken(queue, 1, options), ({ values }) => values[0] as A);

/**
 * Takes what is inside, but not more than `max`, and waits for at least one value.
 *
 * @category operations
 * @since 0.1.0
 */
export const takeAll = <A>(
  queue: Queue<A>,
  options?: TakeOptions,
): Effect.Effect<ReadonlyArray<A>, CoordinationError> =>
  Effect.map(taken(queue, options?.max, options), ({ values }) => values as ReadonlyArray<A>);

const taken = <A>(
  queue: Queue<A>,
  max: number | undefined,
  options: WaitOptions | undefined,
): Effect.Effect<Taken, CoordinationError> =>
  Form.wait(() => action(queue, "Queue", "take", [Recipes.max(max)]), options);

/**
 * Takes a value if there is one and nobody waits for it. Fails with `Ended` as `take` does.
 *
 * @category operations
 * @since 0.1.0
 */
export const poll = <A>(queue: Queue<A>): Effect.Effect<Option.Option<A>, CoordinationError> =>
  Effect.map(pollAll(queue, { max: 1 }), (values) =>
    values.length === 0 ? Option.none() : Option.some(values[0] as A),
  );

/**
 * Takes what is inside, but not more than `max`; perhaps nothing. Fails with `Ended` as `take` does.
 *
 * @category operations
 * @since 0.1.0
 */
export const pollAll = <A>(
  queue: Queue<A>,
  options?: Pick<TakeOptions, "max">,
): Effect.Effect<ReadonlyArray<A>, CoordinationError> =>
  Effect.map(
    Form.now<Taken>(() => action(queue, "Queue", "tryTake", [Recipes.max(options?.max)])),
    ({ values }) => values as ReadonlyArray<A>,
  );

/**
 * Takes one value after the other until the queue has ended and is empty.
 *
 * **Errors**
 *
 * Those of `f`, and all of `take` but `Ended`.
 *
 * @category operations
 * @since 0.1.0
 */
export const forEach = <A, E, R>(
  queue: Queue<A>,
  f: (value: A) => Effect.Effect<unknown, E, R>,
): Effect.Effect<void, E | CoordinationError, R> =>
  Effect.flatMap(Form.unlessEnded(take(queue)), (next) =>
    Option.isNone(next) ? Effect.void : Effect.andThen(f(next.value), forEach(queue, f)),
  );

/**
 * Ends it: nothing is offered any more, what is inside is still taken. Whoever waits to offer fails with `Ended`. Again it does nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const end = <A>(queue: Queue<A>): Effect.Effect<void, CoordinationError> =>
  Form.now(() => action(queue, "Queue", "end"));

/**
 * Whether it has ended; there may still be values inside.
 *
 * @category operations
 * @since 0.1.0
 */
export const isEnded = <A>(queue: Queue<A>): Effect.Effect<boolean, CoordinationError> =>
  Form.now(() => action(queue, "Queue", "isEnded"));

/**
 * How many values are inside, as of now. Never use it to find out whether all is done: that is what `end` is for.
 *
 * @category operations
 * @since 0.1.0
 */
export const size = <A>(queue: Queue<A>): Effect.Effect<number, CoordinationError> =>
  Form.now(() => action(queue, "Queue", "size"));
