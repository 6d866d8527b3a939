/**
 * What differs between the platforms that Heddle runs on: Node, Bun and Deno, browsers and their workers.
 *
 * Chosen once, when it is loaded. There are no imports of `node:` modules, so a browser can load it; loads no Effect.
 *
 * @since 0.1.0
 */
import * as PlainText from "./internal/plainText.ts";

type Process = Pick<NodeJS.Process, "pid" | "getBuiltinModule">;

// A property, since a bundler may replace the name `process`. A page may have half of one, put there for old libraries.
const { process } = globalThis as { readonly process?: Partial<Process> };

const util = process?.getBuiltinModule?.("node:util");

// Pure where it is called, so that a bundler leaves it out of a worker that has no use for the number: that module takes
// 0.3 MiB.
const findThreadId = (): number => process?.getBuiltinModule?.("node:worker_threads")?.threadId ?? 0;

/**
 * The number of this process, 0 where there are none.
 *
 * @category constants
 * @since 0.1.0
 */
export const pid: number = process?.pid ?? 0;

/**
 * The number of this thread: 0 on the main thread of a process, and where threads have none.
 *
 * @category constants
 * @since 0.1.0
 */
export const threadId: number = /* @__PURE__ */ findThreadId();

/**
 * How many bodies can compute at the same time.
 *
 * @category accessors
 * @since 0.1.0
 */
export const availableParallelism = (): number =>
  process?.getBuiltinModule?.("node:os")?.availableParallelism() ??
  globalThis.navigator?.hardwareConcurrency ??
  1;

/**
 * Whether an object is a proxy, as far as the platform tells.
 *
 * @category guards
 * @since 0.1.0
 */
export const isProxy: (value: object) => boolean = util?.types.isProxy ?? (() => false);

/**
 * A value as text for people, down to `depth` levels of what it contains. Throws what a value throws when it is looked at.
 *
 * **Details**
 *
 * `util.inspect` where there is one. Elsewhere a plain form of the same, which shows at most 100 parts of a value.
 *
 * @category conversions
 * @since 0.1.0
 */
export const inspect: (value: unknown, depth?: number) => string =
  util === undefined ? PlainText.of : (value, depth = PlainText.usualDepth) => util.inspect(value, { depth });
