/**
 * The whole run of one runtime: one life after another, the heap measured between them, and the report.
 */
import { keptBytes, Watch } from "./leaks.ts";
import { Ledger } from "./ledger.ts";
import { Life, type Scene } from "./life.ts";
import { drawOpening, type Subject } from "./opening.ts";
import { Random } from "./random.ts";
import { type Heap, judgeHeap, progressLine, type Report, reportOf } from "./report.ts";

export interface ChaosOptions {
  readonly subject: Subject;
  readonly seconds: number;
  readonly size: number;
  readonly seed: number;
  /** Default: 30 seconds. */
  readonly settleMillis?: number;
  /** Hears one line every five seconds. */
  readonly onLine?: (line: string) => void;
}

/** With fewer lives there is nothing to compare; shorter ones are over before anything could happen. */
const livesOfShortRun = 8;
const shortestLifeMillis = 1000;
const longestLifeMillis = 10_000;
const lineMillis = 5000;
const openingStream = 2;
const faultStream = 3;

const sceneOf = ({ seed, settleMillis = 30_000, subject }: ChaosOptions): Scene => ({
  subject,
  source: { ledger: new Ledger(), seed, nextCall: 0 },
  watch: new Watch(),
  settleMillis,
  faultCounts: {},
  leaks: { workers: [], handles: [] },
});

/** Lives until the time is over or something is stuck; gives what was kept after each. */
const liveOn = async (options: ChaosOptions, scene: Scene): Promise<ReadonlyArray<number>> => {
  const { seconds, seed, size, subject } = options;
  const share = (seconds * 1000) / livesOfShortRun;
  const lifeMillis = Math.min(longestLifeMillis, Math.max(shortestLifeMillis, share));
  const end = performance.now() + seconds * 1000;
  const kept: Array<number> = [];
  for (let n = 0; performance.now() < end; n++) {
    const opening = drawOpening(new Random(seed, openingStream, n), subject.name, n, size);

    const isOver = await Life.live(scene, opening, new Random(seed, faultStream, n), lifeMillis);
    kept.push(keptBytes() - scene.source.ledger.ownBytes);
    if (!isOver) break;
  }
  return kept;
};

/** Runs one runtime; resolves with what there is to tell. Rejects only when the runtime cannot be opened at all. */
export const run = async (options: ChaosOptions): Promise<Report> => {
  const scene = sceneOf(options);
  const { source, watch } = scene;
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  const line = setInterval(() => {
    source.ledger.readJournal();
    options.onLine?.(progressLine(options.subject.name, elapsed(), source.ledger));
  }, lineMillis);
  line.unref();
  try {
    const kept = await liveOn(options, scene);
    source.ledger.readJournal();
    const heap: Heap = judgeHeap(kept);
    return reportOf(options, { scene, heap, lives: kept.length, seconds: elapsed() });
  } finally {
    clearInterval(line);
    watch.close();
    source.ledger.journal.close();
  }
};
