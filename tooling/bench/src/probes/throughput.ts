/** No-op calls with a constant number under way, for about `seconds`. */
import type { Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { runMany } from "../loops.ts";

/** So many calls that they take about `seconds`, judged by the last of several warm-ups. */
const countFor = async (
  seconds: number,
  first: number,
  run: (count: number) => Promise<void>,
): Promise<number> => {
  let count = first;
  for (let round = 0; ; round++) {
    const began = performance.now();
    await run(count);
    const elapsed = (performance.now() - began) / 1000;
    const fitting = Math.ceil((count / elapsed) * seconds);
    if (round >= 2) return Math.max(first, fitting);
    count = Math.max(first, Math.ceil(fitting / 3));
  }
};

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  const inFlight = param("inFlight");
  const run = (count: number): Promise<void> => runMany(pool, count, inFlight);
  const count = await countFor(param("seconds"), param("warmUpCalls"), run);
  const cpu = startCpu(kind);
  const began = performance.now();
  await run(count);
  const seconds = (performance.now() - began) / 1000;
  return {
    figures: { callsPerSecond: count / seconds, microsPerCall: (seconds * 1e6) / count },
    cpuMicros: cpu() / count,
  };
};
