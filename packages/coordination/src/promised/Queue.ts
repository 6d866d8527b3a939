/**
 * `Queue` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Taken } from "../internal/engine.ts";
import { isEnd } from "../internal/faults.ts";
import type { Queue, QueueOptions } from "../internal/kinds.ts";
import { action } from "../internal/perform.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Queue, QueueOptions as Options } from "../internal/kinds.ts";

/**
 * How long to wait, and for whom: an aborted `signal` rejects with its reason.
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
 * Makes a queue that lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(runtime: object, options?: QueueOptions): Promise<Queue<A>> =>
  Form.make(runtime, () => Recipes.queue(options));

/**
 * Frees it, with what is inside: whoever waits, and whoever comes later, is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = <A>(queue: Queue<A>): Promise<void> => Form.free(queue);

/**
 * Offers a value, and waits for room. A wait that is aborted or timed out leaves it outside.
 *
 * @category operations
 * @since 0.1.0
 */
export const offer = <A>(queue: Queue<A>, value: A, options?: OfferOptions): Promise<void> =>
  Form.wait(() => action(queue, "Queue", "offer", [[value], Recipes.priority(options?.priority)]), options);

/**
 * Offers a value if there is room and nobody waits for some; gives whether it is in.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryOffer = async <A>(
  queue: Queue<A>,
  value: A,
  options?: Pick<OfferOptions, "priority">,
): Promise<boolean> => (await tryOfferAll(queue, [value], options)) === 1;

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
): Promise<number> =>
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
export const offerAll = async <A>(
  queue: Queue<A>,
  values: ReadonlyArray<A>,
  options: OfferOptions = {},
): Promise<void> => {
  const remaining = Form.deadline("Queue", options);
  const priority = Recipes.priority(options.priority);
  for (let done = 0; done < values.length;) {
    done += await tryOfferAll(queue, values.slice(done), options);
    if (done === values.length) return;
    const piece = values.slice(done, done + Recipes.pieceOf(queue));
    await Form.wait(() => action(queue, "Queue", "offer", [piece, priority]), remaining());
    done += piece.length;
  }
};

/**
 * Takes a value, and waits for one. A wait that is aborted or timed out has taken nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const take = async <A>(queue: Queue<A>, options?: WaitOptions): Promise<A> =>
  (await takeAll(queue, { ...options, max: 1 }))[0] as A;

/**
 * Takes what is inside, but not more than `max`, and waits for at least one value.
 *
 * @category operations
 * @since 0.1.0
 */
export const takeAll = async <A>(queue: Queue<A>, options?: TakeOptions): Promise<ReadonlyArray<A>> => {
  const { values } = await Form.wait<Taken>(
    () => action(queue, "Queue", "take", [Recipes.max(options?.max)]),
    options,
  );
  return values as ReadonlyArray<A>;
};

/**
 * Takes a value if there is one and nobody waits for it; otherwise gives `undefined`. Rejects with `Ended` as `take` does.
 *
 * @category operations
 * @since 0.1.0
 */
export const poll = async <A>(queue: Queue<A>): Promise<{ readonly value: A } | undefined> => {
  const values = await pollAll(queue, { max: 1 });
  return values.length === 0 ? undefined : { value: values[0] as A };
};

/**
 * Takes what is inside, but not more than `max`; perhaps nothing. Rejects with `Ended` as `take` does.
 *
 * @category operations
 * @since 0.1.0
 */
export const pollAll = async <A>(
  queue: Queue<A>,
  options?: Pick<TakeOptions, "max">,
): Promise<ReadonlyArray<A>> => {
  const { values } = await Form.now<Taken>(() =>
    action(queue, "Queue", "tryTake", [Recipes.max(options?.max)]),
  );
  return values as ReadonlyArray<A>;
};

/**
 * Takes one value after the other, and waits for `f`, until the queue has ended and is empty.
 *
 * @category operations
 * @since 0.1.0
 */
export const forEach = async <A>(
  queue: Queue<A>,
  f: (value: A) => unknown,
  options?: WaitOptions,
): Promise<void> => {
  for await (const value of eachValue(queue, options)) await f(value);
};

/**
 * The values, one after the other, until the queue has ended and is empty. Whoever leaves the loop has taken what it has seen.
 *
 * @category operations
 * @since 0.1.0
 */
async function* eachValue<A>(queue: Queue<A>, options?: WaitOptions): AsyncGenerator<A, void, undefined> {
  for (;;) {
    let next: A;
    try {
      next = await take(queue, options);
    } catch (thrown) {
      if (isEnd(thrown)) return;
      throw thrown;
    }
    yield next;
  }
}

/**
 * Ends it: nothing is offered any more, what is inside is still taken. Again it does nothing.
 *
 * @category operations
 * @since 0.1.0
 */
export const end = <A>(queue: Queue<A>): Promise<void> => Form.now(() => action(queue, "Queue", "end"));

/**
 * Whether it has ended; there may still be values inside.
 *
 * @category operations
 * @since 0.1.0
 */
export const isEnded = <A>(queue: Queue<A>): Promise<boolean> =>
  Form.now(() => action(queue, "Queue", "isEnded"));

/**
 * How many values are inside, as of now. Never use it to find out whether all is done: that is what `end` is for.
 *
 * @category operations
 * @since 0.1.0
 */
export const size = <A>(queue: Queue<A>): Promise<number> => Form.now(() => action(queue, "Queue", "size"));

export { eachValue as values };
