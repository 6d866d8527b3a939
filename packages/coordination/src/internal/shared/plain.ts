/**
 * Which objects and arrays come out of JSON as a structured clone would have them: small ones of strings, booleans, null and numbers that
 * JSON has. For these JSON is many times faster than a serializer. All that is not certain is left to the serializer.
 */

const mostObjects = 32;
const mostParts = 64;
const mostDepth = 6;

const isSimple = (part: unknown): boolean => {
  if (part === null) return true;
  switch (typeof part) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(part) && !Object.is(part, -0);
    default:
      return false;
  }
};

// The same object twice stays the same one in a clone, and is two in JSON.
const isPlainObject = (value: object, seen: Array<object>, depth: number): boolean => {
  if (depth === 0 || seen.length === mostObjects || seen.includes(value)) return false;
  seen.push(value);
  const isArray = Array.isArray(value);
  if (Object.getPrototypeOf(value) !== (isArray ? Array.prototype : Object.prototype)) return false;
  const names = Object.keys(value);
  if (names.length > mostParts || (isArray && names.length !== value.length) || "toJSON" in value)
    return false;
  for (const name of names) {
    const part = (value as Record<string, unknown>)[name];
    if (name === "__proto__") return false;
    if (!isSimple(part) && !(typeof part === "object" && isPlainObject(part as object, seen, depth - 1))) {
      return false;
    }
  }
  return true;
};

/** Whether JSON tells all of a value. */
export const isJsonExact = (value: unknown): value is object =>
  typeof value === "object" && value !== null && isPlainObject(value, [], mostDepth);
