/**
 * All results of an iteration at once.
 */

/** An iterator whose results come in groups. */
export interface InGroups extends AsyncIterator<unknown, undefined> {
  /** Adds those results that are there to the list: a step for each of them costs as much as a short body. */
  readonly drainTo: (list: Array<unknown>) => void;
}

/** Adds all that it gives to an array. Rejects with what it throws. */
export const collected = async (
  iterator: AsyncIterator<unknown> & Partial<InGroups>,
): Promise<Array<unknown>> => {
  const all: Array<unknown> = [];
  for (;;) {
    const step = await iterator.next();
    if (step.done === true) return all;
    all.push(step.value);
    iterator.drainTo?.(all);
  }
};
