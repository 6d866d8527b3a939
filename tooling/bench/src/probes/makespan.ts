/**
 * Tasks that compute, all submitted at once; the figure is the time until the last has ended.
 *
 * `firstTasks` of `firstMicros` each come before `tasks` of `micros`; with `isMixed` they are spread among them.
 * `noopsBefore` calls end before any of them starts.
 */
import { burn } from "../bodies.ts";
import { sameAs } from "../check.ts";
import type { Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { runAll, warmUp } from "../loops.ts";

type Param = (name: string) => number;

const stepsOf = (param: Param): ReadonlyArray<number> => {
  const stepsPerMicro = param("stepsPerMicro");
  const stepsFor = (micros: number): number => Math.round(micros * stepsPerMicro);
  const first = Array<number>(param("firstTasks")).fill(stepsFor(param("firstMicros")));
  const rest = Array<number>(param("tasks")).fill(stepsFor(param("micros")));
  if (param("isMixed") === 0) return [...first, ...rest];
  const all = [...rest];
  const gap = (first.length + rest.length) / first.length;
  for (const [i, steps] of first.entries()) all.splice(Math.floor(i * gap), 0, steps);
  return all;
};

const check = (inputs: ReadonlyArray<number>, outputs: ReadonlyArray<unknown>): void => {
  const expected = new Map([...new Set(inputs)].map((steps) => [steps, burn(steps)]));
  sameAs(inputs.length, outputs.length);
  for (const [i, steps] of inputs.entries()) sameAs(expected.get(steps), outputs[i]);
};

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  const inputs = stepsOf(param);
  const noops = [...Array(param("noopsBefore")).keys()];
  const runNoops = async (): Promise<unknown> => noops.length > 0 && runAll(pool, "noop", noops);
  await warmUp(param("warmUpSeconds"), async () => {
    await runNoops();
    await runAll(pool, "burn", inputs);
  });
  await runNoops();
  const cpu = startCpu(kind);
  const began = performance.now();
  const outputs = await runAll(pool, "burn", inputs);
  const makespanMillis = performance.now() - began;
  const cpuMicros = cpu() / inputs.length;
  check(inputs, outputs);
  return { figures: { makespanMillis }, cpuMicros };
};
