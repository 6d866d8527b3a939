/** Tasks of the load that do honest work. They load nothing of Effect. */
import * as Task from "@heddle/core/Task";
import type { TaskContext } from "@heddle/core/TaskContext";

import { type Answer, type Base, leave, run } from "./evidence.ts";

const module = import.meta.url;

export interface Timed extends Base {
  readonly millis: number;
}

const computeFor = (millis: number): void => {
  const end = performance.now() + millis;
  while (performance.now() < end);
};

const waitFor = (millis: number, { signal }: Pick<TaskContext, "signal">): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, millis);
    signal.addEventListener("abort", stop, { once: true });
  });

export const quick = Task.make({ name: "chaos/quick", module, body: run });

export const crunch = Task.make({
  name: "chaos/crunch",
  module,
  body: (input: Timed, context) => {
    const answer = run(input, context);
    computeFor(input.millis);
    return answer;
  },
});

export const pause = Task.make({
  name: "chaos/pause",
  module,
  body: async (input: Timed, context) => {
    const answer = run(input, context);
    await waitFor(input.millis, context);
    return answer;
  },
});

export interface Counted extends Base {
  readonly count: number;
}

export const count = Task.make({
  name: "chaos/count",
  module,
  body: async function* (input: Counted, context) {
    const { id } = run(input, context);
    for (let n = 0; n < input.count; n++) {
      if (n % 8 === 7) await waitFor(1, context);
      yield { id, n };
    }
  },
});

export const tell = Task.make({
  name: "chaos/tell",
  module,
  body: async (input: Counted, context: TaskContext<{ readonly id: number; readonly n: number }>) => {
    const answer = run(input, context);
    for (let n = 0; n < input.count; n++) {
      context.progress({ id: input.id, n });
      if (n % 4 === 3) await waitFor(1, context);
    }
    return answer;
  },
});

export interface Big extends Base {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const mirror = Task.make({
  name: "chaos/mirror",
  module,
  body: (input: Big, context) => {
    const { bytes } = input;
    const answer = run(input, context);
    context.transfer(bytes.buffer);
    return { ...answer, bytes };
  },
});

export const unsendable = Task.make({
  name: "chaos/unsendable",
  module,
  body: (input: Base, context) => ({ ...run(input, context), rows: [{ callback: () => input.id }] }),
});

export const thrower = Task.make({
  name: "chaos/thrower",
  module,
  body: (input: Base, context): Answer => {
    run(input, context);
    throw Object.assign(new RangeError(`thrown by ${input.id}`), { id: input.id });
  },
});

/** A loop that looks at nothing: only a kill ends it. Should nobody come, it ends by itself and says so. */
export const stubborn = Task.make({
  name: "chaos/stubborn",
  module,
  body: (input: Base, context) => {
    const answer = run(input, context);
    for (let n = 0; n < 1000; n++) {
      computeFor(20);
      leave("alive", input, context);
    }
    return answer;
  },
});
