/**
 * The `Runtime` that a body finds in its context. It weighs next to nothing: what it takes to call another task (all
 * of Schema) is loaded with the first call.
 */
import type { Capabilities } from "@heddle/core/Capabilities";
import type * as Runtime from "@heddle/core/Runtime";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";

import type { WorkerCall } from "./call.ts";

/** The key of `@heddle/core/Runtime`, without that module. */
export const Key = Context.Service<Runtime.Runtime, Runtime.Service>("@heddle/core/Runtime");

let nestedRuntime: typeof import("./nestedRuntime.ts") | undefined;

/** What is known of the runtime in one of its workers: not its size. */
const capabilitiesOf = ({ port }: WorkerCall): Capabilities => ({
  ...port.capabilities,
  parallelism: 1,
  values: "structured-clone",
  forceKill: true,
  streaming: true,
  elastic: false,
  durability: false,
  coordination: "none",
  delivery: "at-most-once",
});

// Getters and methods, because most bodies call nothing.
class CallRuntime implements Runtime.Service {
  readonly #call: WorkerCall;
  #made: Runtime.Service | undefined;

  constructor(call: WorkerCall) {
    this.#call = call;
  }

  get name(): string {
    return this.#call.unit.runtime;
  }
  get capabilities(): Capabilities {
    return capabilitiesOf(this.#call);
  }
  get stats(): Runtime.Service["stats"] {
    return Effect.flatMap(this.#load, (service) => service.stats);
  }
  get drain(): Runtime.Service["drain"] {
    return Effect.flatMap(this.#load, (service) => service.drain);
  }
  get resize(): Runtime.Service["resize"] {
    return (size) => Effect.flatMap(this.#load, (service) => service.resize(size));
  }
  get recycle(): Runtime.Service["recycle"] {
    return Effect.flatMap(this.#load, (service) => service.recycle);
  }
  get run(): Runtime.Service["run"] {
    return (task, ...args) => Effect.flatMap(this.#load, (service) => service.run(task, ...args));
  }
  get submit(): Runtime.Service["submit"] {
    return (task, ...args) => Effect.flatMap(this.#load, (service) => service.submit(task, ...args));
  }
  get map(): Runtime.Service["map"] {
    return (task, inputs, options) =>
      Stream.unwrap(Effect.map(this.#load, (service) => service.map(task, inputs, options)));
  }
  get mapChunks(): Runtime.Service["mapChunks"] {
    return (task, values, options) =>
      Effect.flatMap(this.#load, (service) => service.mapChunks(task, values, options));
  }
  get stream(): Runtime.Service["stream"] {
    return (task, ...args) =>
      Stream.unwrap(Effect.map(this.#load, (service) => service.stream(task, ...args)));
  }

  /** Once it is loaded, a call is under way before control returns to the body. */
  get #load(): Effect.Effect<Runtime.Service> {
    return Effect.suspend(() => {
      if (this.#made !== undefined) return Effect.succeed(this.#made);
      const loaded =
        nestedRuntime === undefined
          ? Effect.promise(async () => (nestedRuntime = await import("./nestedRuntime.ts")))
          : Effect.succeed(nestedRuntime);
      return Effect.map(
        loaded,
        ({ make: makeNested }) => (this.#made ??= makeNested(this.#call, this.name, this.capabilities)),
      );
    });
  }
}

/** The runtime as the body of a call sees it. */
export const make = (call: WorkerCall): Runtime.Service => new CallRuntime(call);
