/** Private memory of one worker that has run a task: what each of some more pools of one worker adds. */
import { sameAs } from "../check.ts";
import type { Probe } from "../contract.ts";
import { privateMiB } from "../cpu.ts";
import { collect } from "../heap.ts";

export const probe: Probe = async ({ open, param }) => {
  const openAndRun = async (): Promise<void> => {
    const pool = await open(1);
    sameAs(7, await pool.run("noop", 7));
  };
  await openAndRun();
  collect();
  const before = privateMiB();
  const pools = param("pools");
  for (let i = 0; i < pools; i++) await openAndRun();
  collect();
  return { figures: { workerMiB: (privateMiB() - before) / pools } };
};
