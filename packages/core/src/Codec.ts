/**
 * How the values of one task cross the boundary of a runtime.
 *
 * A task without schemas costs nothing here: each function is the identity.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause";
import * as Schema from "effect/Schema";

import type { Capabilities } from "./Capabilities.ts";
import type * as Task from "./Task.ts";

type Convert = (value: unknown) => unknown;

/**
 * The conversions of one task; each throws a schema error when a value does not fit.
 *
 * **Details**
 *
 * `encode*` runs where a value is made, `decode*` where it is used. `asFailure` gives the encoded form of a
 * thrown value that the task's `error` schema describes, and nothing for any other value.
 *
 * @category models
 * @since 0.1.0
 */
export interface TaskCodec {
  readonly encodeInput: Convert;
  readonly decodeInput: Convert;
  readonly encodeOutput: Convert;
  readonly decodeOutput: Convert;
  readonly encodeProgress: Convert;
  readonly decodeProgress: Convert;
  readonly decodeError: Convert;
  readonly asFailure: (thrown: unknown) => { readonly error: unknown } | undefined;
}

const same: Convert = (value) => value;

interface Direction {
  readonly encode: Convert;
  readonly decode: Convert;
}

// What a schema's own code throws comes wrapped in an error that only says that it threw.
const unwrapped =
  (convert: Convert): Convert =>
  (value) => {
    try {
      return convert(value);
    } catch (thrown) {
      const cause = thrown instanceof Error ? thrown.cause : undefined;
      throw Cause.isCause(cause) ? Cause.squash(cause) : thrown;
    }
  };

const plain: Direction = { encode: same, decode: same };

const direction = (schema: Schema.Constraint | undefined, values: Capabilities["values"]): Direction => {
  if (schema === undefined) return plain;
  // Constraint is the structural minimum of a schema; Task.make only accepts codecs without services.
  const codec = schema as Schema.Codec<unknown, unknown>;
  if (values === "reference") {
    const check = unwrapped(Schema.encodeUnknownSync(codec));
    return { encode: (value) => (check(value), value), decode: same };
  }
  const wire = values === "json" ? (Schema.toCodecJson(codec) as Schema.Codec<unknown, unknown>) : codec;
  return {
    encode: unwrapped(Schema.encodeUnknownSync(wire)),
    decode: unwrapped(Schema.decodeUnknownSync(wire)),
  };
};

const make = (task: Task.Any, values: Capabilities["values"]): TaskCodec => {
  const input = direction(task.input, values);
  const output = direction(task.output, values);
  const progress = direction(task.progress, values);
  const error = direction(task.error, values);
  const isFailure =
    task.error === undefined ? undefined : Schema.is(task.error as Schema.Codec<unknown, unknown>);
  return {
    encodeInput: input.encode,
    decodeInput: input.decode,
    encodeOutput: output.encode,
    decodeOutput: output.decode,
    encodeProgress: progress.encode,
    decodeProgress: progress.decode,
    decodeError: error.decode,
    asFailure: (thrown) =>
      isFailure !== undefined && isFailure(thrown) ? { error: error.encode(thrown) } : undefined,
  };
};

const isUntyped = ({ error, input, output, progress }: Task.Any): boolean =>
  input === undefined && output === undefined && error === undefined && progress === undefined;

const untyped: TaskCodec = {
  encodeInput: same,
  decodeInput: same,
  encodeOutput: same,
  decodeOutput: same,
  encodeProgress: same,
  decodeProgress: same,
  decodeError: same,
  asFailure: () => undefined,
};

const caches: Record<Capabilities["values"], WeakMap<Task.Any, TaskCodec>> = {
  reference: new WeakMap(),
  "structured-clone": new WeakMap(),
  json: new WeakMap(),
};

/**
 * The codec of a task for runtimes that carry values in the given way; made once per task.
 *
 * @category constructors
 * @since 0.1.0
 */
export const forTask = (task: Task.Any, values: Capabilities["values"]): TaskCodec => {
  if (isUntyped(task)) return untyped;
  const cache = caches[values];
  let codec = cache.get(task);
  if (codec === undefined) {
    codec = make(task, values);
    cache.set(task, codec);
  }
  return codec;
};
