/**
 * Diagnosis of values that cannot leave an isolate.
 *
 * Nothing here loads Effect, so worker entries stay small.
 *
 * @since 0.1.0
 */

// Paths of more steps help nobody, and a value can be nested more deeply than the stack is.
const maxSteps = 64;

/** What is nested more deeply is not looked at: far beyond what a path is for, since this one decides what may cross. */
const deepestShared = 1000;

const isRefused = (u: unknown): boolean => {
  try {
    structuredClone(u);
    return false;
  } catch {
    // Why is told by whoever tried to send it.
    return true;
  }
};

/**
 * Finds the first place in a value that structured clone refuses, such as `input.rows[3].callback`.
 *
 * **Details**
 *
 * Returns `undefined` when the value can be cloned. Never throws: where a value cannot even be looked at (a revoked
 * proxy), or is nested too deeply, the path ends there.
 *
 * @category diagnostics
 * @since 0.1.0
 */
export const findUncloneable = (value: unknown, path: string): string | undefined => {
  const seen = new Set<unknown>();
  const visit = (u: unknown, at: string, steps: number): string | undefined => {
    if (seen.has(u) || !isRefused(u)) return undefined;
    if (typeof u !== "object" || u === null || steps === maxSteps) return at;
    seen.add(u);
    try {
      for (const [key, child] of entriesOf(u)) {
        const found = visit(child, `${at}${key}`, steps + 1);
        if (found !== undefined) return found;
      }
    } catch {
      // It throws when it is looked at.
    }
    return at;
  };
  return visit(value, path, 0);
};

const isShared = (u: unknown): boolean =>
  Object.prototype.toString.call(ArrayBuffer.isView(u) ? u.buffer : u) === "[object SharedArrayBuffer]";

/**
 * Finds the first place in a value that holds shared memory, which structured clone takes but no other process can.
 *
 * **Details**
 *
 * Never throws, and finds nothing inside of what cannot be looked at or is nested too deeply.
 *
 * @category diagnostics
 * @since 0.1.0
 */
export const findShared = (value: unknown, path: string): string | undefined => {
  const seen = new Set<unknown>();
  const visit = (u: unknown, at: string, steps: number): string | undefined => {
    if (typeof u !== "object" || u === null || seen.has(u) || steps > deepestShared) return undefined;
    seen.add(u);
    try {
      if (isShared(u)) return at;
      if (ArrayBuffer.isView(u)) return undefined;
      for (const [key, child] of entriesOf(u)) {
        const found = visit(child, `${at}${key}`, steps + 1);
        if (found !== undefined) return found;
      }
    } catch {
      // It throws when it is looked at.
    }
    return undefined;
  };
  return visit(value, path, 0);
};

/**
 * The place to name when a transport refused a value: what structured clone refuses, else the shared memory in it.
 * `undefined` when it is neither. Never throws.
 *
 * @category diagnostics
 * @since 0.1.0
 */
export const findOffending = (value: unknown, path: string): string | undefined =>
  findUncloneable(value, path) ?? findShared(value, path);

// Some objects have no text, and what is behind such a key is looked at as well.
const nameOf = (key: unknown): string => {
  try {
    return String(key);
  } catch {
    return "…";
  }
};

const entriesOf = function* (u: object): Generator<readonly [string, unknown]> {
  if (u instanceof Map) {
    let index = 0;
    for (const [key, value] of u) {
      yield [`.keys()[${index++}]`, key];
      yield [`.get(${nameOf(key)})`, value];
    }
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
