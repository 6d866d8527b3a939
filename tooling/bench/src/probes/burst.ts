/** Many no-op calls at once. */
import { sameList } from "../check.ts";
import type { Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { runAll, warmUp } from "../loops.ts";

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  const few = [...Array(param("warmUpCalls")).keys()];
  await warmUp(param("warmUpSeconds"), () => runAll(pool, "noop", few));
  const inputs = [...Array(param("calls")).keys()];
  const cpu = startCpu(kind);
  const began = performance.now();
  const outputs = await runAll(pool, "noop", inputs);
  const seconds = (performance.now() - began) / 1000;
  const cpuMicros = cpu() / inputs.length;
  sameList(inputs, outputs);
  return { figures: { callsPerSecond: inputs.length / seconds }, cpuMicros };
};
