/** Runs workloads: round after round, each with all contenders in turn, every measurement in a process of its own. */
import { judge, type Sample, sample } from "./calibration.ts";
import { contenderOf } from "./contenders/index.ts";
import type { Contender, Measured, Workload } from "./contract.ts";
import { type Series, workloadReport, type WorkloadReport } from "./report.ts";
import { runChild } from "./runChild.ts";

export interface RunSettings {
  readonly workloads: ReadonlyArray<Workload>;
  readonly isChosen: (contender: string) => boolean;
  /** Instead of each workload's own number. */
  readonly rounds: number | undefined;
  readonly isSmoke: boolean;
  readonly stage: string;
  readonly stepsPerMicro: number;
  readonly onProgress: (line: string) => void;
  readonly onWorkload: (report: WorkloadReport) => void;
}

interface Runs {
  readonly contender: Contender;
  readonly measured: Array<Measured>;
  failure?: string;
  warning?: string;
}

const defaultTimeLimitSeconds = 60;

/** Workloads that differ in the figure only. */
export const groupsOf = (workloads: ReadonlyArray<Workload>): ReadonlyArray<ReadonlyArray<Workload>> => {
  const keyOf = ({ contenders, params, probe, size }: Workload): string =>
    JSON.stringify([probe, size, params, contenders]);
  return [...Map.groupBy(workloads, keyOf).values()];
};

const measure = async (workload: Workload, runs: Runs, settings: RunSettings): Promise<void> => {
  const { contender } = runs;
  const params = settings.isSmoke ? workload.smokeParams : workload.params;
  const outcome = await runChild(
    {
      contender: contender.id,
      file: contender.file,
      probe: workload.probe,
      size: workload.size,
      params: { ...params, stepsPerMicro: settings.stepsPerMicro },
    },
    { stage: settings.stage, timeLimitSeconds: workload.timeLimitSeconds ?? defaultTimeLimitSeconds },
  );
  if (outcome.kind === "failed") {
    runs.failure = outcome.reason;
    return;
  }
  runs.measured.push(outcome.measured);
  if (outcome.problem === undefined) return;
  // A peer that ends badly keeps its figure, since that would only flatter the rest. Heddle does not.
  if (contender.role === "heddle") runs.failure = outcome.problem;
  else runs.warning = outcome.problem;
};

const seriesOf = (runs: ReadonlyArray<Runs>, figure: string): ReadonlyArray<Series> =>
  runs.map(({ contender, failure, measured, warning }) => {
    const samples = measured.map(({ figures }) => figures[figure]).filter((value) => value !== undefined);
    return {
      contender,
      samples,
      cpuMicros: measured.flatMap(({ cpuMicros }) => (cpuMicros === undefined ? [] : [cpuMicros])),
      warning,
      failure: failure ?? (samples.length < measured.length ? `it gave no ${figure}` : undefined),
    };
  });

// So that nobody always comes right after the same neighbour's heat.
const rotated = <A>(list: ReadonlyArray<A>, by: number): ReadonlyArray<A> => [
  ...list.slice(by % Math.max(1, list.length)),
  ...list.slice(0, by % Math.max(1, list.length)),
];

const runGroup = async (group: ReadonlyArray<Workload>, settings: RunSettings): Promise<void> => {
  const [workload] = group;
  if (workload === undefined) return;
  const ids = (settings.isSmoke ? workload.smoke : workload.contenders).filter(settings.isChosen);
  if (ids.length === 0) return;
  const runs = ids.map((id): Runs => ({ contender: contenderOf(id), measured: [] }));
  const rounds = settings.rounds ?? workload.rounds;
  const samples: Array<Sample> = [];
  // Nothing is timed, so they may disturb one another.
  if (settings.isSmoke) await Promise.all(runs.map((one) => measure(workload, one, settings)));
  for (let round = 0; round < rounds && !settings.isSmoke; round++) {
    samples.push(sample());
    for (const one of rotated(runs, round)) {
      if (one.failure !== undefined) continue;
      settings.onProgress(`${workload.id}: round ${round + 1} of ${rounds}, ${one.contender.id}`);
      await measure(workload, one, settings);
    }
  }
  if (!settings.isSmoke) samples.push(sample());
  for (const each of group)
    settings.onWorkload(workloadReport(each, seriesOf(runs, each.figure), judge(samples)));
};

/** Runs all of them; those without a contender left are skipped. */
export const run = async (settings: RunSettings): Promise<void> => {
  for (const group of groupsOf(settings.workloads)) await runGroup(group, settings);
};
