/**
 * Thrown values as plain data, so that what went wrong in a worker is told faithfully to the caller.
 *
 * Structured clone alone loses an error's class, `code`, own fields and `AggregateError.errors`.
 * Nothing here loads Effect, so worker entries stay small.
 *
 * @since 0.1.0
 */

/**
 * A thrown value as plain data.
 *
 * **Details**
 *
 * An error keeps its name, message, stack, `cause`, `errors` and own fields as far as they can be cloned;
 * anything else that was thrown is kept as it is, or as text when it cannot cross.
 *
 * @category models
 * @since 0.1.0
 */
export type Defect =
  | {
      readonly _tag: "Error";
      readonly name: string;
      readonly message: string;
      readonly stack: string | undefined;
      readonly fields: Readonly<Record<string, unknown>>;
      readonly cause?: Defect;
      readonly errors?: ReadonlyArray<Defect>;
    }
  | { readonly _tag: "Value"; readonly value: unknown };

const maxDepth = 8;

/**
 * The message of anything that was thrown: of an error its own, of anything else its text. Never throws.
 *
 * @category conversions
 * @since 0.1.0
 */
export const messageOf = (thrown: unknown): string =>
  textOf(isErrorLike(thrown) ? attempt<unknown>(() => thrown.message, "") : thrown);

const ownSlots = new Set(["name", "message", "stack", "cause", "errors"]);

const attempt = <A>(f: () => A, otherwise: A): A => {
  try {
    return f();
  } catch {
    return otherwise;
  }
};

// Errors of another realm (node:vm) are not `instanceof` ours; Error.isError needs Node 24.
const isErrorLike = (u: unknown): u is Error =>
  attempt(() => u instanceof Error || Object.prototype.toString.call(u) === "[object Error]", false);

const cloneable = (value: unknown): boolean => attempt(() => (structuredClone(value), true), false);

const textOf = (value: unknown): string => attempt(() => String(value), "a value that cannot be shown");

const fieldsOf = (error: Error): Record<string, unknown> => {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (ownSlots.has(key) || key === "__proto__") continue;
    const value = attempt<unknown>(() => (error as unknown as Record<string, unknown>)[key], undefined);
    if (cloneable(value)) fields[key] = value;
  }
  return fields;
};

/**
 * Turns anything that was thrown into data. Never throws, whatever it is given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromUnknown = (thrown: unknown, depth = 0): Defect => {
  if (!isErrorLike(thrown)) {
    return { _tag: "Value", value: cloneable(thrown) ? thrown : textOf(thrown) };
  }
  const text = (key: "name" | "message" | "stack"): string | undefined => {
    const value = attempt<unknown>(() => thrown[key], undefined);
    return value === undefined ? undefined : textOf(value);
  };
  const errors = attempt<unknown>(() => (thrown as AggregateError).errors, undefined);
  const hasCause = attempt(() => "cause" in thrown && thrown.cause !== undefined, false);
  return {
    _tag: "Error",
    name: text("name") ?? "Error",
    message: text("message") ?? "",
    stack: text("stack"),
    fields: fieldsOf(thrown),
    ...(hasCause && depth < maxDepth ? { cause: fromUnknown(thrown.cause, depth + 1) } : {}),
    ...(Array.isArray(errors) && depth < maxDepth
      ? { errors: errors.map((error) => fromUnknown(error, depth + 1)) }
      : {}),
  };
};

const standard: ReadonlyMap<string, new (message: string) => Error> = new Map(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError].map((c) => [c.name, c]),
);

const errorOfClass = (defect: Extract<Defect, { _tag: "Error" }>): Error => {
  if (defect.errors !== undefined) return new AggregateError(defect.errors.map(toUnknown), defect.message);
  if (defect.name === "AbortError") return new DOMException(defect.message, "AbortError");
  return new (standard.get(defect.name) ?? Error)(defect.message);
};

const define = (error: Error, key: string, value: unknown, enumerable: boolean): void => {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
};

/**
 * Makes the thrown value again: an error of the same standard class where there is one, with name, fields,
 * cause and the stack of the place where it was thrown.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toUnknown = (defect: Defect): unknown => {
  if (defect._tag === "Value") return defect.value;
  const error = errorOfClass(defect);
  if (error.name !== defect.name) define(error, "name", defect.name, false);
  define(error, "stack", defect.stack ?? `${defect.name}: ${defect.message}`, false);
  for (const [key, value] of Object.entries(defect.fields)) define(error, key, value, true);
  if (defect.cause !== undefined) define(error, "cause", toUnknown(defect.cause), false);
  return error;
};
