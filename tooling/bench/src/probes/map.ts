/** A library's own way, or its users' way, to apply a tiny function to many items. */
import { sameAs } from "../check.ts";
import type { Pool, Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { warmUp } from "../loops.ts";

const mapped = async (pool: Pool, inputs: ReadonlyArray<number>): Promise<void> => {
  let received = 0;
  const each = (output: number): void => {
    sameAs((inputs[received++] ?? Number.NaN) * 2, output);
  };
  if (pool.map === undefined) throw new Error("it has no map");
  await pool.map(inputs, each);
  sameAs(inputs.length, received);
};

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  const few = [...Array(param("warmUpItems")).keys()];
  await warmUp(param("warmUpSeconds"), () => mapped(pool, few));
  const inputs = [...Array(param("items")).keys()];
  const cpu = startCpu(kind);
  const began = performance.now();
  await mapped(pool, inputs);
  const seconds = (performance.now() - began) / 1000;
  return {
    figures: { itemsPerSecond: inputs.length / seconds, microsPerItem: (seconds * 1e6) / inputs.length },
    cpuMicros: cpu() / inputs.length,
  };
};
