/* oxlint-disable typescript/no-unnecessary-type-arguments, typescript/no-unnecessary-type-parameters, typescript/no-unnecessary-type-assertion -- types are spelled out to be compared */
/**
 * What the compiler infers and what it refuses. Nothing here runs: `tsc -p tsconfig.json` is the test.
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";

import type * as Promised from "../src/Promised.ts";
import * as Runtime from "../src/Runtime.ts";
import type { RuntimeError } from "../src/RuntimeError.ts";
import * as Task from "../src/Task.ts";

type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(_?: T): void => undefined;

class Boom extends Schema.TaggedError<Boom>()("Boom", { n: Schema.Number }) {}
class Bang extends Schema.TaggedError<Bang>()("Bang", {}) {}
class Db extends Context.Service<Db, { readonly get: (n: number) => Effect.Effect<string> }>()("Db") {}
const DbLive = Layer.succeed(Db, { get: (n) => Effect.succeed(String(n)) });

// A value; the input comes from the annotation.
const value = Task.make({ name: "value", body: (n: number) => n * 2 });
is<Eq<typeof value, Task.Task<"value", number, number, never, "value", never>>>();

// A promise; the input comes from the schema.
const promise = Task.make({
  name: "promise",
  input: Schema.Struct({ n: Schema.Number }),
  body: async ({ n }) => String(n),
});
is<Eq<typeof promise, Task.Task<"promise", { readonly n: number }, string, never, "value", never>>>();

// No input.
const none = Task.make({ name: "none", body: () => true as boolean });
is<Eq<typeof none, Task.Task<"none", void, boolean, never, "value", never>>>();

// An Effect with a typed failure needs an error schema.
const effect = Task.make({
  name: "effect",
  error: Boom,
  body: (n: number) => (n > 1 ? Effect.fail(new Boom({ n })) : Effect.succeed(n)),
});
is<Eq<typeof effect, Task.Task<"effect", number, number, Boom, "value", never>>>();
// @ts-expect-error the failure has no schema
Task.make({ name: "e1", body: (n: number) => (n > 1 ? Effect.fail(new Boom({ n })) : Effect.succeed(n)) });
// @ts-expect-error the schema describes another failure
Task.make({ name: "e2", error: Bang, body: (n: number) => Effect.fail(new Boom({ n })) });
// @ts-expect-error a stream's failure needs a schema as well
Task.make({ name: "e3", body: (n: number) => Stream.fail(new Boom({ n })) });

// A schema may describe more failures than the body has.
const wider = Task.make({
  name: "wider",
  error: Schema.Union([Boom, Bang]),
  body: (n: number) => Effect.fail(new Boom({ n })),
});
is<Eq<Task.Failure<typeof wider>, Boom | Bang>>();

// Services need a layer.
const services = Task.make({
  name: "services",
  layer: DbLive,
  body: (n: number) => Effect.flatMap(Db, (db) => db.get(n)),
});
is<Eq<typeof services, Task.Task<"services", number, string, never, "value", never>>>();
// @ts-expect-error Db is not provided
Task.make({ name: "s1", body: (n: number) => Effect.flatMap(Db, (db) => db.get(n)) });

// Effect.fn.
const fn = Task.make({
  name: "fn",
  error: Boom,
  body: Effect.fn("fn")(function* (n: number) {
    if (n < 0) return yield* new Boom({ n });
    return { n };
  }),
});
is<Eq<typeof fn, Task.Task<"fn", number, { n: number }, Boom, "value", never>>>();

// Streams of Effect and async generators.
const stream = Task.make({ name: "stream", body: (n: number) => Stream.range(1, n) });
is<Eq<typeof stream, Task.Task<"stream", number, number, never, "stream", never>>>();
const asyncGenerator = Task.make({
  name: "asyncGenerator",
  body: async function* (n: number) {
    for (let i = 0; i < n; i++) yield `${i}`;
  },
});
is<Eq<typeof asyncGenerator, Task.Task<"asyncGenerator", number, string, never, "stream", never>>>();

// A generator gives what it returns.
const generator = Task.make({
  name: "generator",
  body: function* (n: number) {
    yield;
    return String(n);
  },
});
is<Eq<typeof generator, Task.Task<"generator", number, string, never, "value", never>>>();

// A union, and a body that always throws.
const union = Task.make({
  name: "union",
  body: (n: number): number | Promise<string> => (n > 1 ? n : Promise.resolve("x")),
});
is<Eq<Task.Success<typeof union>, string | number>>();
const throwing = Task.make({
  name: "throwing",
  body: () => {
    throw new Error("x");
  },
});
is<Eq<typeof throwing, Task.Task<"throwing", void, never, never, "value", never>>>();

// A thrown failure that the schema describes.
const thrown = Task.make({
  name: "thrown",
  error: Boom,
  body: (n: number) => {
    if (n < 0) throw new Boom({ n });
    return n;
  },
});
is<Eq<typeof thrown, Task.Task<"thrown", number, number, Boom, "value", never>>>();

// Progress.
const progress = Task.make({
  name: "progress",
  progress: Schema.Number,
  body: (n: number, context) => {
    context.progress(0.5);
    return n;
  },
});
is<Eq<typeof progress, Task.Task<"progress", number, number, never, "value", number>>>();
Task.make({
  name: "p1",
  progress: Schema.Number,
  body: (n: number, context) => {
    // @ts-expect-error progress of another type
    context.progress("x");
    return n;
  },
});
Task.make({
  name: "p2",
  body: (n: number, context) => {
    // @ts-expect-error the task declares no progress
    context.progress(1);
    return n;
  },
});

// The output schema has to fit the body.
Task.make({ name: "o1", output: Schema.Number, body: (n: number) => n });
Task.make({ name: "o2", output: Schema.Number, body: (n: number) => Stream.make(n) });
// @ts-expect-error it does not
Task.make({ name: "o3", output: Schema.String, body: (n: number) => n });
// @ts-expect-error the annotation and the schema disagree
Task.make({ name: "o4", input: Schema.Number, body: (s: string) => s });

// Calls: what they give, fail with and need.
const run = Runtime.run(effect, 1);
is<Eq<typeof run, Effect.Effect<number, Boom | RuntimeError, Runtime.Runtime>>>();
is<Eq<typeof Runtime.run<void, boolean, never, never> extends unknown ? true : false, true>>();
const runNone = Runtime.run(none);
is<Eq<typeof runNone, Effect.Effect<boolean, RuntimeError, Runtime.Runtime>>>();
void Runtime.run(none, undefined, { timeout: "1 second" });
const streamed = Runtime.stream(stream, 3);
is<Eq<typeof streamed, Stream.Stream<number, RuntimeError, Runtime.Runtime>>>();
const mapped = Runtime.map(effect, [1, 2], { ordered: false });
is<Eq<typeof mapped, Stream.Stream<number, Boom | RuntimeError, Runtime.Runtime>>>();
const mappedStream = Runtime.map(value, Stream.fail(new Bang({})) as Stream.Stream<number, Bang>);
is<Eq<typeof mappedStream, Stream.Stream<number, Bang | RuntimeError, Runtime.Runtime>>>();
const submitted = Runtime.submit(progress, 1);
is<
  Eq<
    typeof submitted,
    Effect.Effect<Runtime.Handle<number, RuntimeError, number>, never, Runtime.Runtime | Scope.Scope>
  >
>();

// @ts-expect-error what a body gave is not a task
void Runtime.run(value.body(1, undefined as never));
// @ts-expect-error a value is not a task
void Runtime.run(42);
// @ts-expect-error an input of another type
void Runtime.run(value, "1");
// @ts-expect-error the input is missing
void Runtime.run(value);
// @ts-expect-error a task without input takes none
void Runtime.run(none, 1);
// @ts-expect-error a stream task cannot be run
void Runtime.run(stream, 1);
// @ts-expect-error a value task cannot be streamed
void Runtime.stream(value, 1);
// @ts-expect-error a stream task cannot be submitted
void Runtime.submit(stream, 1);
// @ts-expect-error inputs of another type
void Runtime.map(value, ["1"]);
// @ts-expect-error there is no such option
void Runtime.run(value, 1, { timeOut: 1 });

// Promises.
export const promised = async (runtime: Promised.PromisedRuntime): Promise<void> => {
  const result = await runtime.run(effect, 1, { signal: AbortSignal.timeout(1) });
  is<Eq<typeof result, number>>();
  const handle = runtime.submit(progress, 1);
  is<Eq<typeof handle, Promised.Handle<number, number>>>();
  is<Eq<Awaited<typeof handle.result>, number>>();
  const many = runtime.map(promise, [{ n: 1 }]);
  is<Eq<typeof many, Promised.Mapped<string>>>();
  is<Eq<ReturnType<typeof many.toArray>, Promise<Array<string>>>>();
  const parts = runtime.stream(asyncGenerator, 1);
  is<Eq<typeof parts, AsyncIterable<string>>>();
  await runtime.run(none);
  // @ts-expect-error the input is missing
  await runtime.run(value);
  // @ts-expect-error a stream task cannot be run
  await runtime.run(stream, 1);
  // @ts-expect-error a value task cannot be streamed
  runtime.stream(value, 1);
  // @ts-expect-error what a body gave is not a task
  await runtime.run(value.body(1, undefined as never));
};
