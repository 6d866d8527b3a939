/**
 * Finds what v8's serializer would turn into an empty object without a word: objects of the platform whose state is
 * not in their properties (`Blob`, `URL`, `AbortSignal`, `KeyObject`, ...). Structured clone carries or refuses them.
 */
import { types } from "./builtins.ts";

// Taken before any task could replace them: what one task does must not disturb the next. For the same reason lists are
// used without their methods.
const { getPrototypeOf, keys: keysOf } = Object;
const arrayPrototype = Array.prototype;
const objectPrototype = Object.prototype;
const clone = structuredClone;

const intrinsics = new Set<unknown>([
  Object.prototype,
  Array.prototype,
  Map.prototype,
  Set.prototype,
  Date.prototype,
  RegExp.prototype,
  ArrayBuffer.prototype,
  Boolean.prototype,
  Number.prototype,
  String.prototype,
  BigInt.prototype,
  ...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((E) => E.prototype),
  null,
]);

// Prototypes of user classes. The decision is one of the class: the platform marks its objects when it makes them.
const dataPrototypes = new WeakSet<object>();

// Up to here a message is read without remembering where it was; most are far smaller, and few are cyclic.
const fewObjects = 1000;

const refusal = (value: object): Error => {
  const name: unknown = value.constructor?.name;
  return new DOMException(
    `${typeof name === "string" ? name : "Object"} object could not be cloned.`,
    "DataCloneError",
  );
};

// The platform itself knows: what structured clone leaves without its class is data, what it keeps or refuses is not.
const isData = (value: object, prototype: object): boolean => {
  if (dataPrototypes.has(prototype)) return true;
  const copy: unknown = clone(value);
  if (!intrinsics.has(getPrototypeOf(copy))) return false;
  dataPrototypes.add(prototype);
  return true;
};

const pushContents = (value: object, stack: Array<unknown>): void => {
  if (types.isMap(value)) {
    for (const [key, item] of value) {
      stack[stack.length] = key;
      stack[stack.length] = item;
    }
  } else if (types.isSet(value)) {
    for (const item of value) stack[stack.length] = item;
  } else {
    const keys = keysOf(value);
    for (let index = 0; index < keys.length; index++) {
      const item: unknown = (value as Record<string, unknown>)[keys[index] as string];
      if (typeof item === "object" && item !== null) stack[stack.length] = item;
    }
  }
};

const pushItems = (items: ReadonlyArray<unknown>, stack: Array<unknown>): boolean => {
  // A sparse array can be longer than any loop should be.
  if (items.length > 1e6) return false;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    if (typeof item === "object" && item !== null) stack[stack.length] = item;
  }
  return true;
};

const visit = (value: object, stack: Array<unknown>): void => {
  const prototype = getPrototypeOf(value) as object | null;
  if (prototype === objectPrototype || prototype === null) return pushContents(value, stack);
  if (prototype === arrayPrototype && pushItems(value as ReadonlyArray<unknown>, stack)) return;
  // The serializer refuses proxies itself, and nothing is inside of bytes.
  if (types.isProxy(value) || types.isAnyArrayBuffer(value)) return;
  if (!intrinsics.has(prototype) && !isData(value, prototype)) throw refusal(value);
  // Of an error its cause travels, besides text.
  if (types.isNativeError(value)) stack[stack.length] = value.cause;
  else pushContents(value, stack);
};

/** What a value has in it that decides how it is written. `unknown`: too large to tell without a memory. */
type Content = "plain" | "bytes" | "unknown";

const contentOf = (root: unknown, seen: Set<unknown> | undefined): Content => {
  const stack: Array<unknown> = [root];
  let content: Content = "plain";
  for (let count = 0; stack.length > 0; count++) {
    const value = stack[stack.length - 1];
    stack.length--;
    if (typeof value !== "object" || value === null || seen?.has(value) === true) continue;
    if (seen === undefined && count > fewObjects) return "unknown";
    seen?.add(value);
    if (types.isArrayBufferView(value)) content = "bytes";
    else visit(value, stack);
  }
  return content;
};

/**
 * Whether `value` has views of bytes in it. Throws a `DataCloneError` when it holds a platform object that would
 * silently lose its meaning.
 */
export const hasViews = (value: unknown): boolean => {
  const content = contentOf(value, undefined);
  return (content === "unknown" ? contentOf(value, new Set()) : content) === "bytes";
};
