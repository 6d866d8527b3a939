/**
 * What a body wants moved instead of copied: each object leaves with the first value that contains it.
 *
 * For adapters: it is what `context.transfer` of a runtime that can move fills.
 *
 * @since 0.1.0
 */

const nameOf = (u: unknown): string =>
  u === null ? "null" : typeof u === "object" ? (u.constructor?.name ?? "an object") : typeof u;

const isPlain = (u: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(u);
  return prototype === null || prototype === Object.prototype || Array.isArray(u);
};

const isDetached = (buffer: ArrayBuffer): boolean =>
  (buffer as { readonly detached?: boolean }).detached === true;

/** Only what no platform can move is refused here; of anything else the platform knows best. */
const assertMovable = (object: unknown): object => {
  if (ArrayBuffer.isView(object)) {
    throw new TypeError(`context.transfer: a ${nameOf(object)} cannot be moved, but its \`buffer\` can`);
  }
  // Pages that are not isolated do not have the name.
  if (typeof SharedArrayBuffer === "function" && object instanceof SharedArrayBuffer) {
    throw new TypeError("context.transfer: a SharedArrayBuffer is shared already and cannot be moved");
  }
  if (typeof object !== "object" || object === null || isPlain(object)) {
    throw new TypeError(
      `context.transfer: expected an ArrayBuffer or another transferable object, got ${nameOf(object)}`,
    );
  }
  if (object instanceof ArrayBuffer && isDetached(object)) {
    throw new TypeError("context.transfer: the ArrayBuffer was moved before and is detached");
  }
  return object;
};

const childrenOf = (value: object): Iterable<unknown> => {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return value;
  return Object.values(Object.getOwnPropertyDescriptors(value))
    .filter((property) => property.enumerable === true)
    .map((property): unknown => property.value);
};

/** A loop, since values may be nested more deeply than the stack is. */
const reachable = (root: unknown, wanted: ReadonlySet<object>): ReadonlySet<object> => {
  const found = new Set<object>();
  const seen = new Set<object>();
  const waiting: Array<unknown> = [root];
  while (waiting.length > 0 && found.size < wanted.size) {
    const value = waiting.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (wanted.has(value)) found.add(value);
    else for (const child of childrenOf(value)) waiting.push(child);
  }
  return found;
};

/**
 * The objects that one body still wants moved.
 *
 * **Errors**
 *
 * `add` throws a `TypeError` for what no platform can move; `missingIn` gives one, to end the body with, for what no
 * value contained.
 *
 * @category models
 * @since 0.1.0
 */
export class Transfers {
  private readonly wanted = new Set<object>();

  add(objects: ReadonlyArray<unknown>): void {
    for (const object of objects.map(assertMovable)) this.wanted.add(object);
  }

  /** What of it a value that is about to leave contains; {@link taken} tells that it left. */
  within(value: unknown): ReadonlySet<object> {
    return reachable(value, this.wanted);
  }

  taken(objects: Iterable<object>): void {
    for (const object of objects) this.wanted.delete(object);
  }

  /** Why it is a mistake if no value follows this one and something that was to be moved is not in it. */
  missingIn(lastValue: unknown): TypeError | undefined {
    const found = this.within(lastValue);
    const missing = [...this.wanted].find((object) => !found.has(object));
    return missing === undefined
      ? undefined
      : new TypeError(
          `context.transfer was given an ${nameOf(missing)} that is in no value which the body gave`,
        );
  }
}
