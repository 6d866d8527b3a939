/**
 * A counter of whole numbers of 64 bits, as numbers or as `bigint`s, depending on what it was made with.
 *
 * Numbers are exact or refused (`BadInput` beyond `Number.MAX_SAFE_INTEGER`); `bigint`s wrap around at 64 bits.
 *
 * @since 0.1.0
 */
import type { Runtime } from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import type { CoordinationError } from "./CoordinationError.ts";
import * as Form from "./internal/effectForm.ts";
import type { Counter } from "./internal/kinds.ts";
import { action } from "./internal/perform.ts";
import * as Recipes from "./internal/recipes.ts";

export type { Counter } from "./internal/kinds.ts";

/** Of a number or of a `bigint`, as it is made, and not only of that very one. */
type Wide<N extends number | bigint> = N extends number ? number : bigint;

/**
 * Makes a counter that lives as long as its runtime.
 *
 * **Errors**
 *
 * `BadInput`; `Unsupported` where the runtime shares nothing, and inside a task; `Freed` when the runtime has closed.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <N extends number | bigint = number>(
  initial?: N,
): Effect.Effect<Counter<Wide<N>>, CoordinationError, Runtime> =>
  Form.make(() => Recipes.counter((initial ?? 0) as Wide<N>));

/**
 * Makes a counter that is freed when the scope closes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeScoped = <N extends number | bigint = number>(
  initial?: N,
): Effect.Effect<Counter<Wide<N>>, CoordinationError, Runtime | Scope.Scope> => Form.scoped(make(initial));

/**
 * Frees it: whoever comes later fails with `Freed`.
 *
 * @category operations
 * @since 0.1.0
 */
export const free = (counter: Counter<number | bigint>): Effect.Effect<void, CoordinationError> =>
  Form.free(counter);

const asGiven = <N extends number | bigint>(
  counter: Counter<N>,
  value: Effect.Effect<bigint, CoordinationError>,
): Effect.Effect<N, CoordinationError> =>
  Effect.flatMap(value, (long) => Form.attempt(() => Recipes.fromLong(counter, long)));

/**
 * The value, as of now.
 *
 * @category operations
 * @since 0.1.0
 */
export const get = <N extends number | bigint>(counter: Counter<N>): Effect.Effect<N, CoordinationError> =>
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
export const add = <N extends number | bigint>(
  counter: Counter<N>,
  by?: N,
): Effect.Effect<N, CoordinationError> =>
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
export const set = <N extends number | bigint>(
  counter: Counter<N>,
  value: N,
): Effect.Effect<N, CoordinationError> =>
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
): Effect.Effect<boolean, CoordinationError> =>
  Form.now<boolean>(() =>
    action(counter, "Counter", "compareAndSet", [Recipes.toLong(expected), Recipes.toLong(value)]),
  );
