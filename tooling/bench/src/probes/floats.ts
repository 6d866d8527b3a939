/** A large Float64Array in chunks that are moved there and back: cut by hand, unless the library does it. */
import { sameAs } from "../check.ts";
import type { Pool, Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { warmUp } from "../loops.ts";

const scaled = async (
  pool: Pool,
  values: Float64Array<ArrayBuffer>,
  chunk: number,
): Promise<Float64Array> => {
  const outputs = new Float64Array(values.length);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < values.length) {
      const from = next;
      next += chunk;
      const part = values.slice(from, next);
      outputs.set((await pool.run("scaleMoved", part, [part.buffer])) as Float64Array, from);
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return outputs;
};

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  const values = Float64Array.from({ length: param("items") }, (_, i) => i);
  const chunk = param("chunk");
  const scale = pool.scale ?? ((all) => scaled(pool, all, chunk));
  await warmUp(param("warmUpSeconds"), () => scale(values.slice(0, chunk * 8)));
  const cpu = startCpu(kind);
  const began = performance.now();
  const outputs = await scale(values);
  const seconds = (performance.now() - began) / 1000;
  const cpuMicros = cpu() / values.length;
  for (let i = 0; i < values.length; i++) sameAs(i * 2 + 1, outputs[i]);
  return { figures: { itemsPerSecond: values.length / seconds }, cpuMicros };
};
