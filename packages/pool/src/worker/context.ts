/**
 * What a body sees of its call.
 */
import type { NestedOptions } from "@heddle/core/Runtime";
import type * as Task from "@heddle/core/Task";
import type { TaskContext, Unit } from "@heddle/core/TaskContext";

import { cancelled, type WorkerCall } from "./call.ts";
import * as Shown from "./shown.ts";

type NestedPromise = typeof import("./nestedPromise.ts");

let nestedPromise: NestedPromise | undefined;

const loadAndRun = async (...args: Parameters<NestedPromise["run"]>): Promise<void> => {
  try {
    nestedPromise ??= await import("./nestedPromise.ts");
    nestedPromise.run(...args);
  } catch (thrown) {
    args[4].reject(thrown);
  }
};

/** Once it is loaded, the call is under way before control returns to the body. */
const runNested = (
  call: WorkerCall,
  task: Task.Any,
  input: unknown,
  options: NestedOptions | undefined,
): Promise<any> => {
  const { promise, reject, resolve } = Promise.withResolvers<unknown>();
  const settle = {
    resolve,
    reject: (reason: unknown): void => {
      // A body that has ended, or was told to, need not wait for its calls; their end must not end the worker.
      if (call.isCancelled) promise.catch(() => undefined);
      reject(reason);
    },
  };
  if (nestedPromise === undefined) void loadAndRun(call, task, input, options, settle);
  else nestedPromise.run(call, task, input, options, settle);
  return promise;
};

/** A class, so that a body that ignores its signal never makes an AbortController. */
class CallContext {
  readonly #call: WorkerCall;
  readonly id: string;
  readonly attempt: number;
  readonly unit: Unit;

  constructor(call: WorkerCall) {
    this.#call = call;
    this.id = call.jobId;
    this.attempt = call.attempt;
    this.unit = call.unit;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get deadlineEpochMillis(): number | undefined {
    return this.#call.envelope?.deadlineEpochMillis;
  }

  readonly isCancelled = (): boolean => this.#call.isCancelled;
  readonly throwIfCancelled = (): void => {
    if (this.#call.isCancelled) throw cancelled();
  };
  readonly progress = (value: unknown): void => this.#call.progress(value);
  readonly log = (...message: ReadonlyArray<unknown>): void => this.#call.log(Shown.parts(message), "Info");
  readonly transfer = (...objects: ReadonlyArray<unknown>): void => this.#call.transfer(objects);
  readonly run = (task: Task.Any, input?: unknown, options?: NestedOptions): Promise<any> =>
    runNested(this.#call, task, input, options);
}

/** The context of a call, for its body. */
export const make = (call: WorkerCall): TaskContext<unknown> => new CallContext(call);
