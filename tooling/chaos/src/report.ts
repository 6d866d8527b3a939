/** What a run has to tell, as data and as text. */
import type { Counts, Ledger } from "./ledger.ts";
import type { Scene } from "./life.ts";

/**
 * The growth of what is kept: the last quarter of the lives against the first, or against the leanest life between
 * them. V8 drops unused code after some time, several MiB at once, and what grows must not hide behind that.
 */
export interface Heap {
  /** False when there were too few lives. */
  readonly isJudged: boolean;
  readonly firstMiB: number;
  readonly leastMiB: number;
  readonly lastMiB: number;
  readonly growthMiB: number;
  readonly limitMiB: number;
  /** After each life. */
  readonly keptMiB: ReadonlyArray<number>;
}

export interface Report extends Counts {
  readonly runtime: string;
  readonly seed: number;
  readonly size: number;
  readonly seconds: number;
  readonly lives: number;
  readonly endings: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly leakedWorkers: number;
  readonly leakedHandles: number;
  readonly heap: Heap;
  /** How many problems there are of each sort, and some of each in full. */
  readonly sorts: Readonly<Record<string, number>>;
  readonly problems: ReadonlyArray<string>;
  readonly isClean: boolean;
}

/**
 * Compiled code and warm caches take some MiB in any long run; a runtime that kept but 100 bytes of each of the
 * 50,000 calls of a minute would be above it.
 */
const limitMiB = 4;
const leastLivesJudged = 4;
const mebibyte = 2 ** 20;

const round = (n: number): number => Math.round(n * 100) / 100;

const mean = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((sum, n) => sum + n, 0) / Math.max(1, numbers.length);

/** The first life loads and compiles everything, so it does not count where there are others enough. */
export const judgeHeap = (kept: ReadonlyArray<number>): Heap => {
  const warm = kept.slice(1);
  const quarter = Math.max(1, Math.floor(warm.length / 4));
  const firstMiB = mean(warm.slice(0, quarter)) / mebibyte;
  const lastMiB = mean(warm.slice(-quarter)) / mebibyte;
  const leastMiB = Math.min(firstMiB, ...warm.slice(0, -quarter).map((bytes) => bytes / mebibyte));
  return {
    isJudged: kept.length >= leastLivesJudged,
    firstMiB: round(firstMiB),
    leastMiB: round(leastMiB),
    lastMiB: round(lastMiB),
    growthMiB: round(lastMiB - leastMiB),
    limitMiB,
    keptMiB: kept.map((bytes) => round(bytes / mebibyte)),
  };
};

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).toSorted(([, a], [, b]) => b - a));

interface Findings {
  readonly scene: Scene;
  readonly heap: Heap;
  readonly lives: number;
  readonly seconds: number;
}

export const reportOf = (
  { seed, size, subject }: { readonly seed: number; readonly size: number } & Pick<Scene, "subject">,
  { heap, lives, scene, seconds }: Findings,
): Report => {
  const { faultCounts, leaks, source } = scene;
  const { counts, endings, problems, sorts } = source.ledger;
  const { duplicated, lost, ranTwice, wrong } = counts;
  const found = duplicated + lost + ranTwice + wrong + leaks.workers.length + leaks.handles.length;
  const left = [...leaks.workers, ...leaks.handles].map((what) => `left over: ${what}`);
  return {
    runtime: subject.name,
    seed,
    size,
    seconds: round(seconds),
    lives,
    ...counts,
    endings: sorted(endings),
    faults: sorted(faultCounts),
    leakedWorkers: leaks.workers.length,
    leakedHandles: leaks.handles.length,
    heap,
    sorts: sorted(sorts),
    problems: [...problems, ...left],
    isClean: found === 0 && !(heap.isJudged && heap.growthMiB > heap.limitMiB),
  };
};

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");

const balance = ({ duplicated, lost, ranTwice, wrong }: Counts): string =>
  `lost ${lost}, duplicated ${duplicated}, wrong ${wrong}, ran twice ${ranTwice}`;

export const progressLine = (runtime: string, seconds: number, { counts, open }: Ledger): string =>
  `${runtime} ${Math.round(seconds)} s: ${counts.submitted} calls, ${open.size} open, ${counts.bodies} bodies; ${balance(counts)}`;

const heapText = (
  { firstMiB, growthMiB, isJudged, lastMiB, leastMiB, limitMiB: limit }: Heap,
  submitted: number,
): string =>
  isJudged
    ? `${firstMiB} MiB in the first quarter, ${leastMiB} at least, ${lastMiB} in the last: ${growthMiB} MiB more, of ${limit} allowed, ${Math.round((growthMiB * mebibyte) / submitted)} bytes a call`
    : "too short a run to tell";

/** The end of a run, for people. */
export const textOf = (report: Report): string =>
  [
    `${report.runtime}: ${report.submitted} calls and ${report.bodies} bodies in ${report.seconds} s, ${report.lives} lives of size ${report.size}, seed ${report.seed}`,
    `  outcomes       ${listed(report.endings)}`,
    `  faults         ${listed(report.faults)}`,
    `  ${balance(report)}`,
    `  leaked workers ${report.leakedWorkers}, leaked handles ${report.leakedHandles}`,
    `  kept memory    ${heapText(report.heap, report.submitted)}`,
    ...Object.entries(report.sorts).map(([sort, count]) => `  ${count} x ${sort}`),
    ...report.problems.map((problem) => `  ! ${problem}`),
    `  ${report.isClean ? "clean" : `NOT CLEAN: run it again with --runtime ${report.runtime} --seed ${report.seed}`}`,
  ].join("\n");
