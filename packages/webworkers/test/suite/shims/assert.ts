/**
 * What the suite uses of `node:assert/strict`, for a page.
 */
export class AssertionError extends Error {
  override name = "AssertionError";
  constructor({ message }: { readonly message: string }) {
    super(message);
  }
}

const text = (value: unknown): string => {
  try {
    return (
      JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)) ??
      String(value)
    );
  } catch {
    return Object.prototype.toString.call(value);
  }
};

const fail = (message: string | undefined, otherwise: string): never => {
  throw new AssertionError({ message: message ?? otherwise });
};

type Pairs = Array<readonly [unknown, unknown]>;

const keysOf = (value: object): ReadonlyArray<PropertyKey> =>
  Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));

const bytesOf = (value: object): Uint8Array | undefined => {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const isBuffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value));
  return isBuffer ? new Uint8Array(value as ArrayBuffer) : undefined;
};

const plainOf = (value: Date | RegExp | URL): unknown =>
  value instanceof Date ? value.getTime() : value.toString();

const sameItems = (a: Iterable<unknown>, b: Iterable<unknown>, seen: Pairs): boolean => {
  const [left, right] = [[...a], [...b]];
  return left.length === right.length && left.every((item, i) => isSame(item, right[i], seen));
};

const isSame = (a: unknown, b: unknown, seen: Pairs): boolean => {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (seen.some(([left, right]) => left === a && right === b)) return true;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const pairs: Pairs = [...seen, [a, b]];
  const [left, right] = [bytesOf(a), bytesOf(b)];
  if (left !== undefined && right !== undefined) return sameItems(left, right, []);
  if (a instanceof Map || a instanceof Set) return sameItems(a, b as Iterable<unknown>, pairs);
  if (a instanceof Date || a instanceof RegExp || a instanceof URL) {
    if (!Object.is(plainOf(a), plainOf(b as typeof a))) return false;
  }
  if (a instanceof Error && (a.name !== (b as Error).name || a.message !== (b as Error).message))
    return false;
  const keys = keysOf(a);
  return (
    keys.length === keysOf(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key), pairs))
  );
};

const ok = (value: unknown, message?: string): void => {
  if (!value) fail(message, `${text(value)} is not truthy`);
};
const equal = (actual: unknown, expected: unknown, message?: string): void => {
  if (!Object.is(actual, expected)) fail(message, `${text(actual)} is not ${text(expected)}`);
};
const notEqual = (actual: unknown, other: unknown, message?: string): void => {
  if (Object.is(actual, other)) fail(message, `it is ${text(actual)}`);
};
const deepEqual = (actual: unknown, expected: unknown, message?: string): void => {
  if (!isSame(actual, expected, [])) fail(message, `${text(actual)} is not like ${text(expected)}`);
};
const match = (actual: string, pattern: RegExp, message?: string): void => {
  if (!pattern.test(actual)) fail(message, `${text(actual)} does not match ${String(pattern)}`);
};

export default Object.assign(ok, {
  AssertionError,
  deepEqual,
  equal,
  fail: (message?: string) => fail(message, "it failed"),
  match,
  notEqual,
  ok,
});
