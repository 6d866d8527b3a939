/**
 * `Queue` for synchronous bodies on threads: a wait blocks the thread. Loads no Effect.
 *
 * @since 0.1.0
 */
import * as Form from "../internal/blockingForm.ts";
import type { Taken } from "../internal/engine.ts";
import { isEnd } from "../internal/faults.ts";
import type { Queue } from "../internal/kinds.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Queue } from "../internal/kinds.ts";

/**
 * How long to wait.
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
 * Offers a value, and waits for room.
 *
 * **Errors**
 *
 * Throws `Ended`, `TimedOut`, and `Cancelled` when the job is cancelled; the value is not in then. `Unsupported` where it would have
 * to wait and must not.
 *
 * @category operations
 * @since 0.1.0
 */
export const offer = <A>(queue: Queue<A>, value: A, options?: OfferOptions): void =>
  offerPiece(queue, [value], options);

const offerPiece = <A>(
  queue: Queue<A>,
  values: ReadonlyArray<A>,
  options: OfferOptions | undefined,
): void => {
  const { engine, unit } = Form.near(queue, "Queue");
  const priority = Recipes.priority(options?.priority);
  Form.wait<void>(
    { kind: "Queue", unit, options },
    () => Form.when(values.length === 1 && engine.tryOffer(unit, values, priority) === 1),
    (wait) => engine.offerBlocking!(unit, values, priority, wait),
  );
};

/**
 * Offers a value if there is room and nobody waits for some; gives whether it is in.
 *
 * @category operations
 * @since 0.1.0
 */
export const tryOffer = <A>(queue: Queue<A>, value: A, options?: Pick<OfferOptions, "priority">): boolean =>
  tryOfferAll(queue, [value], options) === 1;

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
): number => {
  const { engine, unit } = Form.near(queue, "Queue");
  return engine.tryOffer(unit, values, Recipes.priority(options?.priority));
};

/**
 * Offers values in their order, and waits for room. Much cheaper than one by one. When it throws, what was in by then stays in, from
 * the first on.
 *
 * @category operations
 * @since 0.1.0
 */
export const offerAll = <A>(queue: Queue<A>, values: ReadonlyArray<A>, options: OfferOptions = {}): void => {
  const remaining = Form.deadline("Queue", options);
  let done = tryOfferAll(queue, values, options);
  while (done < values.length) {
    const piece = values.slice(done, done + Recipes.pieceOf(queue));
    offerPiece(queue, piece, { ...options, ...remaining() });
    done += piece.length;
    done += tryOfferAll(queue, values.slice(done), options);
  }
};

/**
 * Takes a value, and waits for one. Throws `Ended` when it has ended and is empty, and what `offer` throws.
 *
 * @category operations
 * @since 0.1.0
 */
export const take = <A>(queue: Queue<A>, options?: WaitOptions): A =>
  takeAll(queue, { ...options, max: 1 })[0] as A;

/**
 * Takes what is inside, but not more than `max`, and waits for at least one value.
 *
 * @category operations
 * @since 0.1.0
 */
export const takeAll = <A>(queue: Queue<A>, options?: TakeOptions): ReadonlyArray<A> => {
  const { engine, unit } = Form.near(queue, "Queue");
  const max = Recipes.max(options?.max);
  const { values: taken } = Form.wait<Taken>(
    { kind: "Queue", unit, options },
    () => takenNow(engine.tryTake(unit, max)),
    (wait) => engine.takeBlocking!(unit, max, wait),
  );
  return taken as ReadonlyArray<A>;
};

const takenNow = (taken: Taken): Form.Got<Taken> | undefined =>
  taken.values.length === 0 ? undefined : { value: taken };

/**
 * Takes a value if there is one and nobody waits for it; otherwise gives `undefined`. Throws `Ended` as `take` does.
 *
 * @category operations
 * @since 0.1.0
 */
export const poll = <A>(queue: Queue<A>): { readonly value: A } | undefined => {
  const taken = pollAll(queue, { max: 1 });
  return taken.length === 0 ? undefined : { value: taken[0] as A };
};

/**
 * Takes what is inside, but not more than `max`; perhaps nothing. Throws `Ended` as `take` does.
 *
 * @category operations
 * @since 0.1.0
 */
export const pollAll = <A>(queue: Queue<A>, options?: Pick<TakeOptions, "max">): ReadonlyArray<A> => {
  const { engine, unit } = Form.near(queue, "Queue");
  return engine.tryTake(unit, Recipes.max(options?.max)).values as ReadonlyArray<A>;
};

/**
 * Calls `f` with one value after the other until the queue has ended and is empty.
 *
 * @category operations
 * @since 0.1.0
 */
export const forEach = <A>(queue: Queue<A>, f: (value: A) => void, options?: WaitOptions): void => {
  for (const value of eachValue(queue, options)) f(value);
};

/**
 * The values, one after the other, until the queue has ended and is empty.
 *
 * @category operations
 * @since 0.1.0
 */
function* eachValue<A>(queue: Queue<A>, options?: WaitOptions): Generator<A, void, undefined> {
  for (;;) {
    let next: A;
    try {
      next = take(queue, options);
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
export const end = <A>(queue: Queue<A>): void => Form.near(queue, "Queue").engine.end();

/**
 * Whether it has ended; there may still be values inside.
 *
 * @category operations
 * @since 0.1.0
 */
export const isEnded = <A>(queue: Queue<A>): boolean => Form.near(queue, "Queue").engine.isEnded();

/**
 * How many values are inside, as of now. Never use it to find out whether all is done: that is what `end` is for.
 *
 * @category operations
 * @since 0.1.0
 */
export const size = <A>(queue: Queue<A>): number => Form.near(queue, "Queue").engine.size();

export { eachValue as values };
