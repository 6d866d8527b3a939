/**
 * Values as text where no `util.inspect` is.
 */

export const usualDepth = 2;

const maxParts = 100;

const tagOf = (u: object): string => Object.prototype.toString.call(u).slice("[object ".length, -1);

const nameOf = (u: object): string => {
  const { constructor } = u as { readonly constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : tagOf(u);
};

// A getter is not called: to look at a value must not change it.
const propertiesOf = (u: object, show: (value: unknown) => string): ReadonlyArray<string> =>
  Object.entries(Object.getOwnPropertyDescriptors(u))
    .filter(([, property]) => property.enumerable === true)
    .slice(0, maxParts + 1)
    .map(([key, property]) => `${key}: ${"value" in property ? show(property.value) : "[Getter]"}`);

const partsOf = (u: object, show: (value: unknown) => string): ReadonlyArray<string> => {
  if (u instanceof Map) return [...u].map(([key, value]) => `${show(key)} => ${show(value)}`);
  if (u instanceof Set) return [...u].map(show);
  if (ArrayBuffer.isView(u)) return [`${u.byteLength} bytes`];
  if (Array.isArray(u)) return u.slice(0, maxParts + 1).map(show);
  return propertiesOf(u, show);
};

const bracketed = (u: object, parts: ReadonlyArray<string>): string => {
  const [open, close] = Array.isArray(u) ? ["[", "]"] : ["{", "}"];
  const name = nameOf(u);
  const prefix = name === "Object" || name === "Array" ? "" : `${name} `;
  const shown = parts.length > maxParts ? [...parts.slice(0, maxParts), "..."] : parts;
  return shown.length === 0 ? `${prefix}${open}${close}` : `${prefix}${open} ${shown.join(", ")} ${close}`;
};

const ofObject = (u: object, depth: number): string => {
  if (u instanceof Error) return u.stack ?? String(u);
  if (u instanceof Date) return Number.isNaN(u.getTime()) ? "Invalid Date" : u.toISOString();
  if (u instanceof RegExp) return String(u);
  if (depth < 0) return `[${nameOf(u)}]`;
  return bracketed(
    u,
    partsOf(u, (part) => of(part, depth - 1)),
  );
};

/** A value as text, down to `depth` levels of what it contains: what comes round again ends there as well. */
export const of = (value: unknown, depth = usualDepth): string => {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[Function: ${value.name === "" ? "(anonymous)" : value.name}]`;
    case "object":
      return value === null ? "null" : ofObject(value, depth);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
};
