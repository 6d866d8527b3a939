/** From loading the library to the first answer, with one worker. */
import { sameAs } from "../check.ts";
import type { Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";

export const probe: Probe = async ({ kind, open }) => {
  const cpu = startCpu(kind);
  const began = performance.now();
  const pool = await open(1);
  sameAs(7, await pool.run("noop", 7));
  return { figures: { firstResultMillis: performance.now() - began }, cpuMicros: cpu() };
};
