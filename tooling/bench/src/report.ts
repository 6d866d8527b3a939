/** The result of a run as data: what `--json` prints. See README.md for its fields. */
import type { Judgement } from "./calibration.ts";
import type { Contender, Goal, Role, Workload } from "./contract.ts";
import { median, type Summary, summaryOf } from "./stats.ts";

export const schemaVersion = 1;

/** All rounds of one contender on one workload. */
export interface Series {
  readonly contender: Contender;
  readonly samples: ReadonlyArray<number>;
  readonly cpuMicros: ReadonlyArray<number>;
  readonly failure?: string | undefined;
  readonly warning?: string | undefined;
}

export interface Entry extends Partial<Summary> {
  readonly id: string;
  readonly title: string;
  readonly role: Role;
  readonly status: "measured" | "failed";
  readonly reason?: string;
  readonly warning?: string;
  readonly samples: ReadonlyArray<number>;
  readonly cpuMicrosPerTask: number | null;
  readonly ratioToBestPeer: number | null;
  readonly ratioToRaw: number | null;
}

export interface GoalResult extends Goal {
  readonly text: string;
  readonly actual: number | null;
  readonly verdict: "met" | "missed" | "not measured";
}

export interface WorkloadReport extends Pick<Workload, "id" | "title" | "unit" | "better"> {
  readonly rounds: number;
  readonly note?: string;
  readonly bestPeer: string | null;
  readonly bestRaw: string | null;
  readonly contenders: ReadonlyArray<Entry>;
  readonly goals: ReadonlyArray<GoalResult>;
  readonly calibration: Judgement;
}

export interface Report {
  readonly schema: "heddle-bench";
  readonly version: typeof schemaVersion;
  readonly mode: "full" | "smoke";
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: {
    readonly platform: string;
    readonly architecture: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly loadAverage: number;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly disturbances: ReadonlyArray<string>;
  readonly workloads: ReadonlyArray<WorkloadReport>;
}

type Medians = ReadonlyMap<string, number>;

/** The id whose figure is best, of those that were measured. */
const bestOf = (ids: ReadonlyArray<string>, medians: Medians, better: Workload["better"]): string | null => {
  const measured = ids.filter((id) => medians.has(id));
  const sign = better === "lower" ? 1 : -1;
  const ranked = measured.toSorted((a, b) => sign * ((medians.get(a) ?? 0) - (medians.get(b) ?? 0)));
  return ranked[0] ?? null;
};

const quotient = (a: number | undefined, b: number | undefined): number | null =>
  a === undefined || b === undefined || b === 0 ? null : a / b;

interface Best {
  readonly bestPeer: string | null;
  readonly bestRaw: string | null;
}

const opponentOf = (
  { against }: Goal,
  best: Best,
  medians: Medians,
  better: Workload["better"],
): string | null => {
  if (against === "bestPeer") return best.bestPeer;
  if (against === "bestRaw") return best.bestRaw;
  return against === "nothing" ? null : bestOf(against, medians, better);
};

const actualOf = (compare: Goal["compare"], subject?: number, opponent?: number): number | null => {
  if (compare === "figure") return subject ?? null;
  if (compare === "ratio") return quotient(subject, opponent);
  return subject === undefined || opponent === undefined ? null : subject - opponent;
};

/** At most three digits behind the point, none where they say nothing. */
const short = (n: number): string => String(Number(n.toPrecision(3)));

const textOf = ({ against, bound, compare, limit, subject }: Goal, unit: string): string => {
  const names = { bestPeer: "the best peer", bestRaw: "the raw limit", nothing: "" };
  const opponent = typeof against === "string" ? names[against] : `the best of ${against.join(", ")}`;
  const other = Array.isArray(against) && against.length === 1 ? against.join("") : opponent;
  const sign = bound === "atLeast" ? "≥" : "≤";
  if (compare === "figure") return `${subject} ${sign} ${limit.toLocaleString("en-US")} ${unit}`;
  if (compare === "difference") return `${subject} ${sign} ${other} + ${limit} ${unit}`;
  return `${subject} ${sign} ${short(limit)}x ${other}`;
};

/** Whether a goal was reached, judged by medians. */
const evaluate = (
  goal: Goal,
  medians: Medians,
  best: Best,
  { better, unit }: Pick<Workload, "better" | "unit">,
): GoalResult => {
  const opponent = opponentOf(goal, best, medians, better);
  const actual = actualOf(
    goal.compare,
    medians.get(goal.subject),
    opponent === null ? undefined : medians.get(opponent),
  );
  const isMet = actual !== null && (goal.bound === "atLeast" ? actual >= goal.limit : actual <= goal.limit);
  const verdict = actual === null ? "not measured" : isMet ? "met" : "missed";
  return { ...goal, text: textOf(goal, unit), actual, verdict };
};

const idsOf = (series: ReadonlyArray<Series>, role: Role): ReadonlyArray<string> =>
  series.filter(({ contender }) => contender.role === role).map(({ contender }) => contender.id);

const entryOf = (
  { contender, cpuMicros, failure, samples, warning }: Series,
  medians: Medians,
  best: Best,
): Entry => {
  const { id, role, title } = contender;
  const own = medians.get(id);
  const of = (other: string | null): number | null =>
    quotient(own, other === null ? undefined : medians.get(other));
  return {
    id,
    title,
    role,
    status: own === undefined ? "failed" : "measured",
    ...(failure === undefined ? {} : { reason: failure }),
    ...(warning === undefined ? {} : { warning }),
    ...(own === undefined ? {} : summaryOf(samples)),
    samples,
    cpuMicrosPerTask: cpuMicros.length === 0 ? null : median(cpuMicros),
    ratioToBestPeer: of(best.bestPeer),
    ratioToRaw: of(best.bestRaw),
  };
};

export const workloadReport = (
  workload: Workload,
  series: ReadonlyArray<Series>,
  calibration: Judgement,
): WorkloadReport => {
  const { better, goals, id, note, title, unit } = workload;
  // A contender that failed once has no figure: half of its rounds would be compared with all of the others'.
  const sound = series.filter(({ failure, samples }) => failure === undefined && samples.length > 0);
  const medians = new Map(sound.map(({ contender, samples }) => [contender.id, median(samples)]));
  const best: Best = {
    bestPeer: bestOf(idsOf(series, "peer"), medians, better),
    bestRaw: bestOf(idsOf(series, "raw"), medians, better),
  };
  return {
    id,
    title,
    unit,
    better,
    rounds: Math.max(0, ...series.map(({ samples }) => samples.length)),
    ...(note === undefined ? {} : { note }),
    ...best,
    contenders: series.map((one) => entryOf(one, medians, best)),
    goals: goals.map((goal) => evaluate(goal, medians, best, workload)),
    calibration,
  };
};
