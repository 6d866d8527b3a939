/**
 * Tells a quiet machine from a disturbed one: the same loop between the rounds always takes the same time, unless
 * somebody else works here or the processor changes its speed.
 */
import { availableParallelism, cpus, loadavg } from "node:os";

import { burn } from "./bodies.ts";
import { median, spread } from "./stats.ts";

export interface Sample {
  readonly millis: number;
  /** Cores that others used meanwhile. */
  readonly othersCores: number;
}

export interface Judgement {
  readonly millis: ReadonlyArray<number>;
  readonly spread: number;
  readonly othersCores: number;
  /** Why the figures are not to be trusted; none on a quiet machine. */
  readonly disturbances: ReadonlyArray<string>;
}

const spreadAllowed = 0.1;
const othersAllowed = 0.2;
const loadAllowedPerCore = 0.25;
const stepsPerSample = 60_000_000;

/** CPU time that everybody on this machine has used so far. */
const busyMillis = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);

/** Takes about a tenth of a second. */
export const sample = (): Sample => {
  const busyBefore = busyMillis();
  const { system, user } = process.cpuUsage();
  const began = performance.now();
  burn(stepsPerSample);
  const millis = performance.now() - began;
  const own = process.cpuUsage({ system, user });
  const others = busyMillis() - busyBefore - (own.user + own.system) / 1000;
  return { millis, othersCores: Math.max(0, others / millis) };
};

/** How many steps of `burn` take a microsecond; runs until V8 has compiled it. */
export const stepsPerMicro = (): number => {
  const samples = Array.from({ length: 5 }, () => sample().millis);
  return stepsPerSample / (Math.min(...samples) * 1000);
};

/** The load before anything was measured, if it is high. */
export const loadDisturbance = (
  load = loadavg()[0] ?? 0,
  cores = availableParallelism(),
): ReadonlyArray<string> =>
  load > loadAllowedPerCore * cores
    ? [`the load average was ${load.toFixed(2)} on ${cores} cores at the start`]
    : [];

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;

export const judge = (samples: ReadonlyArray<Sample>): Judgement => {
  const millis = samples.map((one) => one.millis);
  const othersCores = samples.length === 0 ? 0 : median(samples.map((one) => one.othersCores));
  const varied = spread(millis);
  return {
    millis,
    spread: varied,
    othersCores,
    disturbances: [
      ...(varied > spreadAllowed ? [`the calibration loop varied by ${percent(varied)}`] : []),
      ...(othersCores > othersAllowed ? [`others used ${percent(othersCores)} of a core`] : []),
    ],
  };
};
