/** One call at a time: one after the other (`pauseMillis` 0), or each after a pause in which everything fell asleep. */
import { setTimeout as wait } from "node:timers/promises";

import { sameAs } from "../check.ts";
import type { Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { runMany, warmUp } from "../loops.ts";
import { quantile } from "../stats.ts";

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  await warmUp(param("warmUpSeconds"), () => runMany(pool, 100, 1));
  const pauseMillis = param("pauseMillis");
  const micros: Array<number> = [];
  const cpu = startCpu(kind);
  for (let i = 0; i < param("calls"); i++) {
    if (pauseMillis > 0) await wait(pauseMillis);
    const began = performance.now();
    const output = await pool.run("noop", i);
    micros.push((performance.now() - began) * 1000);
    sameAs(i, output);
  }
  const cpuMicros = cpu() / micros.length;
  return { figures: { p50: quantile(micros, 0.5), p99: quantile(micros, 0.99) }, cpuMicros };
};
