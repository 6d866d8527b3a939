/**
 * `Counter` in promises. Loads no Effect.
 *
 * @since 0.1.0
 */
import type { Counter } from "../internal/kinds.ts";
import { action } from "../internal/perform.ts";
import * as Form from "../internal/promiseForm.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Counter } from "../internal/kinds.ts";

/** Of a number or of a `bigint`, as it is made, and not only of that very one. */
type Wide<N extends number | bigint> = N extends number ? number : bigint;

/**
 * Makes a counter that lives as long as its runtime: what `open` gave, or the service.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <N extends number | bigint = number>(
  runtime: object,
  initial?: N,
): Promise<Counter<Wide<N>>> => Form.make(runtime, () => Recipes.counter((initial ?? 0) as Wide<N>));

/**
 * Frees it: whoever comes later is rejected with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (counter: Counter<number | bigint>): Promise<void> => Form.free(counter);

const asGiven = async <N extends number | bigint>(counter: Counter<N>, value: Promise<bigint>): Promise<N> =>
  Recipes.fromLong(counter, await value);

/**
 * The value, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = <N extends number | bigint>(counter: Counter<N>): Promise<N> =>
  asGiven(
    counter,
    Form.now<bigint>(() => action(counter, "Counter", "get")),
  );

/**
 * Adds a number, 1 unless it says otherwise, and gives the new value; whatever others add, nothing is lost.
 *
 * @category operations
 * @since 0.1.0
 */
export const add = <N extends number | bigint>(counter: Counter<N>, by?: N): Promise<N> =>
  asGiven(
    counter,
    Form.now<bigint>(() => action(counter, "Counter", "add", [Recipes.toLong(by ?? 1)])),
  );

/**
 * Sets the value, whatever it was; gives what it was.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = <N extends number | bigint>(counter: Counter<N>, value: N): Promise<N> =>
  asGiven(
    counter,
    Form.now<bigint>(() => action(counter, "Counter", "exchange", [Recipes.toLong(value)])),
  );

/**
 * Sets the value if it is what one expects; gives whether it was.
 *
 * @category operations
 * @since 0.1.0
 */
export const compareAndSet = <N extends number | bigint>(
  counter: Counter<N>,
  expected: N,
  value: N,
): Promise<boolean> =>
  Form.now<boolean>(() =>
    action(counter, "Counter", "compareAndSet", [Recipes.toLong(expected), Recipes.toLong(value)]),
  );
