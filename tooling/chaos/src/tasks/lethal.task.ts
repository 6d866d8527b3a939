/** Tasks that kill the worker that they run on, each in its own way. */
import * as Task from "@heddle/core/Task";
import type { TaskContext } from "@heddle/core/TaskContext";

import { type Answer, type Base, leave, run } from "./evidence.ts";

const module = import.meta.url;

/** Long enough to be sure that the worker did not die of it. */
const survive = (answer: Answer): Promise<Answer> =>
  new Promise((resolve) => setTimeout(resolve, 10_000, answer));

// Without a stack, so that what the platform prints about it stays short.
const unexpected = (id: number): Error => {
  const error = new Error(`chaos: call ${id}`);
  error.stack = error.message;
  return error;
};

export const exit = Task.make({
  name: "chaos/exit",
  module,
  body: (input: Base, context): Answer => {
    run(input, context);
    return process.exit(3);
  },
});

export const uncaught = Task.make({
  name: "chaos/uncaught",
  module,
  body: (input: Base, context) => {
    const answer = run(input, context);
    setTimeout(() => {
      throw unexpected(input.id);
    }, 1);
    return survive(answer);
  },
});

export const unhandled = Task.make({
  name: "chaos/unhandled",
  module,
  body: (input: Base, context) => {
    const answer = run(input, context);
    void Promise.reject(unexpected(input.id));
    return survive(answer);
  },
});

/** Only where a worker is a process. */
export const suicide = Task.make({
  name: "chaos/suicide",
  module,
  body: (input: Base, context) => {
    const answer = run(input, context);
    process.kill(process.pid, "SIGKILL");
    return survive(answer);
  },
});

/** Dies on its first attempt and does well on the second. */
export const stumble = Task.make({
  name: "chaos/stumble",
  module,
  body: (input: Base, context): Answer => {
    const answer = run(input, context);
    return context.attempt === 1 ? process.exit(7) : answer;
  },
});

export interface Bomb extends Base {
  readonly fuseMillis: number;
}

/** Answers at once; the worker dies a little later, of nobody's call or of somebody else's. */
export const bomb = Task.make({
  name: "chaos/bomb",
  module,
  body: (input: Bomb, context: TaskContext) => {
    leave("armed", input, context);
    const answer = run(input, context);
    setTimeout(() => {
      throw unexpected(input.id);
    }, input.fuseMillis);
    return answer;
  },
});

const kept: Array<ReadonlyArray<number>> = [];
const hoggedMiB = 768;
const page = Array.from({ length: 1024 }, (_, n) => n);

/** Fills the heap with small objects. Where nothing stops it, it gives up and answers. */
export const hog = Task.make({
  name: "chaos/hog",
  module,
  body: (input: Base, context) => {
    const answer = run(input, context);
    const kibibytes = 8;
    for (let n = 0; n < (hoggedMiB * 1024) / kibibytes; n++) kept.push(page.slice());
    kept.length = 0;
    return answer;
  },
});
