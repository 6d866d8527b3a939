/** How calls are made: the loops around `run` that are the same for everybody. */
import { sameAs } from "./check.ts";
import type { Pool } from "./contract.ts";

/** Lanes that each wait for one call after the other, so `inFlight` calls are under way. */
const lanes = async (inFlight: number, step: () => Promise<unknown> | undefined): Promise<void> => {
  const lane = async (): Promise<void> => {
    for (let call = step(); call !== undefined; call = step()) await call;
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
};

/** Checked no-op calls, `inFlight` at a time. */
export const runMany = async (pool: Pool, count: number, inFlight: number): Promise<void> => {
  if (pool.runMany !== undefined) return pool.runMany(count, inFlight);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const input = next++;
      sameAs(input, await pool.run("noop", input));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
};

/** Repeats rounds of what is to be measured for so long, at least one: compilers, and pools that adapt, have settled then. */
export const warmUp = async (seconds: number, round: () => Promise<unknown>): Promise<void> => {
  const began = performance.now();
  do await round();
  while (performance.now() - began < seconds * 1000);
};

/** A body on all inputs at once. */
export const runAll = (
  pool: Pool,
  body: Parameters<Pool["run"]>[0],
  inputs: ReadonlyArray<number>,
): Promise<ReadonlyArray<unknown>> =>
  pool.runAll?.(body, inputs) ?? Promise.all(inputs.map((input) => pool.run(body, input)));

/** A map by hand: one task per chunk, or per item where a chunk is one. Hands on the results in order. */
export const inChunks = async (
  { chunk, inFlight, run }: { readonly run: Pool["run"]; readonly chunk: number; readonly inFlight: number },
  inputs: ReadonlyArray<number>,
  each: (output: number) => void,
): Promise<void> => {
  const done: Array<unknown> = [];
  let next = 0;
  await lanes(inFlight, () => {
    const from = next;
    if (from >= inputs.length) return undefined;
    next += chunk;
    const keep = (output: unknown): void => void (done[from / chunk] = output);
    return chunk === 1
      ? run("double", inputs[from]).then(keep)
      : run("doubleAll", inputs.slice(from, next)).then(keep);
  });
  for (const output of done.flat(1)) each(output as number);
};
