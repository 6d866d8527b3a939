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

const maxDepth = 15;
const maxErrors = 256;

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

// Schema errors and DOMException have these on their prototypes.
const inheritedFields = ["_tag", "code"];

const isText = (u: unknown): boolean => typeof u === "string" || typeof u === "number";

const read = (error: Error, key: string): unknown =>
  attempt<unknown>(() => (error as unknown as Record<string, unknown>)[key], undefined);

// A class that gives its errors no name is known by its own.
const nameOf = (error: Error): string => {
  const name = read(error, "name");
  if (name !== "Error" || Object.hasOwn(error, "name")) return name === undefined ? "Error" : textOf(name);
  const own = attempt<unknown>(() => error.constructor.name, undefined);
  return typeof own === "string" && own !== "" ? own : name;
};

const optionalText = (u: unknown): string | undefined => (u === undefined ? undefined : textOf(u));

const leftOut = (what: string): Defect => ({ _tag: "Value", value: `(${what})` });

/** Turns one thrown value into data: bounded, however its causes are tied together. */
class Reader {
  private left = maxErrors;
  private readonly above = new Set<unknown>();

  read(thrown: unknown): Defect {
    if (!isErrorLike(thrown)) {
      return { _tag: "Value", value: cloneable(thrown) ? thrown : textOf(thrown) };
    }
    if (this.above.has(thrown)) return leftOut(`the same again: ${messageOf(thrown)}`);
    if (this.left === 0 || this.above.size >= maxDepth) return leftOut("more was left out");
    this.left--;
    this.above.add(thrown);
    const defect = this.readError(thrown);
    this.above.delete(thrown);
    return defect;
  }

  private readError(error: Error): Defect {
    const cause = read(error, "cause");
    const errors = read(error, "errors");
    return {
      _tag: "Error",
      name: nameOf(error),
      message: optionalText(read(error, "message")) ?? "",
      stack: optionalText(read(error, "stack")),
      fields: this.fieldsOf(error),
      ...(cause === undefined ? {} : { cause: this.read(cause) }),
      ...(Array.isArray(errors) ? { errors: this.readAll(errors) } : {}),
    };
  }

  private readAll(errors: ReadonlyArray<unknown>): ReadonlyArray<Defect> {
    const defects: Array<Defect> = [];
    for (const error of errors) {
      if (this.left === 0 || defects.length >= maxErrors) {
        return [...defects, leftOut(`${errors.length - defects.length} more`)];
      }
      defects.push(this.read(error));
    }
    return defects;
  }

  private fieldsOf(error: Error): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const key of inheritedFields) {
      const value = read(error, key);
      if (isText(value)) fields[key] = value;
    }
    for (const key of Object.keys(error)) {
      if (ownSlots.has(key) || key === "__proto__") continue;
      const value = read(error, key);
      if (isErrorLike(value)) fields[key] = this.plainOf(value);
      else if (cloneable(value)) fields[key] = value;
    }
    return fields;
  }

  // Structured clone would keep no more of it than its message and stack.
  private plainOf(error: Error): unknown {
    const defect = this.read(error);
    if (defect._tag === "Value") return defect.value;
    const { fields, message, name, stack } = defect;
    return { ...fields, name, message, stack };
  }
}

/**
 * Turns anything that was thrown into data. Never throws, whatever it is given.
 *
 * **Details**
 *
 * At most 256 errors, 15 deep, are kept of causes and aggregates; where something is left out or comes round again,
 * the data says so. An error whose class gives it no name gets that of its class. A field that is itself an error becomes
 * a plain object with its name, message, stack and fields.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromUnknown = (thrown: unknown): Defect => new Reader().read(thrown);

/**
 * The same without anything but text, for a channel that takes less than structured clone does.
 *
 * @category conversions
 * @since 0.1.0
 */
export const withoutFields = (defect: Defect): Defect => {
  if (defect._tag === "Value") return { _tag: "Value", value: textOf(defect.value) };
  const { cause, errors, message, name, stack } = defect;
  return {
    _tag: "Error",
    name,
    message,
    stack,
    fields: {},
    ...(cause === undefined ? {} : { cause: withoutFields(cause) }),
    ...(errors === undefined ? {} : { errors: errors.map(withoutFields) }),
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
