/**
 * Diagnosis of values that cannot leave an isolate.
 *
 * Nothing here loads Effect, so worker entries stay small.
 *
 * @since 0.1.0
 */

/**
 * Finds the first place in a value that structured clone refuses, such as `input.rows[3].callback`.
 *
 * **Details**
 *
 * Returns `undefined` when the value can be cloned. Getters that throw count as refused.
 *
 * @category diagnostics
 * @since 0.1.0
 */
export const findUncloneable = (value: unknown, path: string): string | undefined => {
  const seen = new Set<unknown>();
  const refused = (u: unknown): boolean => {
    try {
      structuredClone(u);
      return false;
    } catch {
      return true;
    }
  };
  const visit = (u: unknown, at: string): string | undefined => {
    if (seen.has(u) || !refused(u)) return undefined;
    if (typeof u !== "object" || u === null) return at;
    seen.add(u);
    for (const [key, child] of entriesOf(u)) {
      const found = visit(child, `${at}${key}`);
      if (found !== undefined) return found;
    }
    return at;
  };
  return visit(value, path);
};

const isShared = (u: unknown): boolean =>
  Object.prototype.toString.call(ArrayBuffer.isView(u) ? u.buffer : u) === "[object SharedArrayBuffer]";

/**
 * Finds the first place in a value that holds shared memory, which structured clone takes but no other process can.
 *
 * @category diagnostics
 * @since 0.1.0
 */
export const findShared = (value: unknown, path: string): string | undefined => {
  const seen = new Set<unknown>();
  const visit = (u: unknown, at: string): string | undefined => {
    if (typeof u !== "object" || u === null || seen.has(u)) return undefined;
    if (isShared(u)) return at;
    seen.add(u);
    if (ArrayBuffer.isView(u)) return undefined;
    for (const [key, child] of entriesOf(u)) {
      const found = visit(child, `${at}${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(value, path);
};

/**
 * The first place in a value that could not be sent, by any of the above.
 *
 * @category diagnostics
 * @since 0.1.0
 */
export const findOffending = (value: unknown, path: string): string | undefined =>
  findUncloneable(value, path) ?? findShared(value, path);

const entriesOf = function* (u: object): Generator<readonly [string, unknown]> {
  if (u instanceof Map) {
    for (const [key, value] of u) yield [`.get(${String(key)})`, value];
  } else if (u instanceof Set) {
    let index = 0;
    for (const value of u) yield [`.values()[${index++}]`, value];
  } else if (Array.isArray(u)) {
    for (const [index, value] of u.entries()) yield [`[${index}]`, value];
  } else {
    const descriptors = Object.getOwnPropertyDescriptors(u);
    for (const key of Object.keys(u)) {
      const descriptor = descriptors[key];
      if (descriptor !== undefined && "value" in descriptor) yield [`.${key}`, descriptor.value];
    }
  }
};
