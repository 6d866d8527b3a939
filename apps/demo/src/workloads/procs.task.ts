/** The workers of the book's procs.py: they take numbers from one queue and offer answers to another. */
import { Queue } from "@heddle/coordination/promised";
import * as Task from "@heddle/core/Task";

import { waitFor } from "./clock.ts";
import { checkPrime, trialDivision } from "./primes.task.ts";

export interface Check {
  readonly n: bigint;
  readonly isIt: boolean;
  readonly runMs: number;
}

/** A worker that was told to stop says so once, since nobody can see from a queue who still works. */
interface Goodbye {
  readonly goodbye: number;
}

export type Answer = Check | Goodbye;

export interface Bench {
  readonly worker: number;
  readonly jobs: Queue.Queue<bigint>;
  readonly answers: Queue.Queue<Answer>;
  /** Whether to let others run now and then, where one thread is all there is. */
  readonly naps: boolean;
}

/** The pill of the book: a number that nobody asks about. A symbol would not cross to another thread or process. */
export const pill = 0n;

const maxHoldMillis = 8;

const checkNapping = async (n: bigint, signal: AbortSignal): Promise<boolean> => {
  const division = trialDivision(n);
  let awake = performance.now();
  for (;;) {
    const step = division.next();
    if (step.done === true) return step.value;
    if (performance.now() - awake < maxHoldMillis) continue;
    await waitFor(signal, 0);
    awake = performance.now();
  }
};

const check = async (n: bigint, { naps }: Bench, signal: AbortSignal): Promise<Check> => {
  const began = performance.now();
  const isIt = naps ? await checkNapping(n, signal) : checkPrime(n);
  return { n, isIt, runMs: performance.now() - began };
};

/** Works until it takes a pill, then says goodbye. Gives how many numbers it has checked. */
export const untilPill = Task.make({
  name: "procs/untilPill",
  module: import.meta.url,
  body: async (bench: Bench, { signal }) => {
    for (let checks = 0; ; checks++) {
      const n = await Queue.take(bench.jobs, { signal });
      if (n === pill) {
        await Queue.offer(bench.answers, { goodbye: bench.worker }, { signal });
        return checks;
      }
      await Queue.offer(bench.answers, await check(n, bench, signal), { signal });
    }
  },
});

/** Works until the queue has ended. Gives how many numbers it has checked. */
export const untilEnd = Task.make({
  name: "procs/untilEnd",
  module: import.meta.url,
  body: async (bench: Bench, { signal }) => {
    let checks = 0;
    for await (const n of Queue.values(bench.jobs, { signal })) {
      await Queue.offer(bench.answers, await check(n, bench, signal), { signal });
      checks++;
    }
    return checks;
  },
});
