/** The bodies as tasks. */
import * as Task from "@heddle/core/Task";
import type { TaskContext } from "@heddle/core/TaskContext";

import { bodies, type BodyName } from "./bodies.ts";

const module = import.meta.url;

export const noop = Task.make({ name: "bench/noop", module, body: bodies.noop });
export const double = Task.make({ name: "bench/double", module, body: bodies.double });
export const doubleAll = Task.make({ name: "bench/doubleAll", module, body: bodies.doubleAll });
export const burn = Task.make({ name: "bench/burn", module, body: bodies.burn });
export const burnAll = Task.make({ name: "bench/burnAll", module, body: bodies.burnAll });
export const echo = Task.make({ name: "bench/echo", module, body: bodies.echo });
export const isPrime = Task.make({ name: "bench/isPrime", module, body: bodies.isPrime });

export const echoMoved = Task.make({
  name: "bench/echoMoved",
  module,
  body: (bytes: Uint8Array<ArrayBuffer>, context: TaskContext) => {
    context.transfer(bytes.buffer);
    return bytes;
  },
});

export const scaleMoved = Task.make({
  name: "bench/scaleMoved",
  module,
  body: (values: Float64Array<ArrayBuffer>, context: TaskContext) => {
    context.transfer(values.buffer);
    return bodies.scaleMoved(values);
  },
});

export const tasks = {
  noop,
  double,
  doubleAll,
  burn,
  burnAll,
  echo,
  echoMoved,
  scaleMoved,
  isPrime,
} satisfies Record<BodyName, Task.Any>;
