/** What a pool costs that has nothing to do. */
import { setTimeout as wait } from "node:timers/promises";

import type { Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { runMany } from "../loops.ts";

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  await runMany(pool, param("warmUpCalls"), 64);
  await wait(param("settleMillis"));
  const cpu = startCpu(kind);
  const began = performance.now();
  await wait(param("idleMillis"));
  const seconds = (performance.now() - began) / 1000;
  return { figures: { cpuMicrosPerSecond: cpu() / seconds } };
};
