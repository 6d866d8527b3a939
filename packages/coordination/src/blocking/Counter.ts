/**
 * `Counter` for synchronous bodies. Loads no Effect.
 *
 * @since 0.1.0
 */
import * as Form from "../internal/blockingForm.ts";
import type { Counter } from "../internal/kinds.ts";
import * as Recipes from "../internal/recipes.ts";

export type { Counter } from "../internal/kinds.ts";

/**
 * The value, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = <N extends number | bigint>(counter: Counter<N>): N =>
  Recipes.fromLong(counter, Form.near(counter, "Counter").engine.get());

/**
 * Adds a number, 1 unless it says otherwise, and gives the new value; whatever others add, nothing is lost.
 *
 * @category operations
 * @since 0.1.0
 */
export const add = <N extends number | bigint>(counter: Counter<N>, by?: N): N =>
  Recipes.fromLong(counter, Form.near(counter, "Counter").engine.add(Recipes.toLong(by ?? 1)));

/**
 * Sets the value, whatever it was; gives what it was.
 *
 * @category operations
 * @since 0.1.0
 */
export const set = <N extends number | bigint>(counter: Counter<N>, value: N): N =>
  Recipes.fromLong(counter, Form.near(counter, "Counter").engine.exchange(Recipes.toLong(value)));

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
): boolean =>
  Form.near(counter, "Counter").engine.compareAndSet(Recipes.toLong(expected), Recipes.toLong(value));
