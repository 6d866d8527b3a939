/**
 * Names the job that held the event loop for too long.
 *
 * Exact where this runtime itself started the synchronous section: the call of a body, the steps of a generator,
 * a slice of an Effect. The continuations of a promise are started by V8, so there a heartbeat notices that the
 * loop came late, and names the jobs that may have been the cause.
 */

/**
 * A job that held the event loop, or may have.
 *
 * @category models
 * @since 0.1.0
 */
export interface Suspect {
  readonly task: string;
  readonly jobId: string;
}

/**
 * The event loop was held for longer than `blockThreshold`.
 *
 * **Details**
 *
 * When `exact` is true, there is one suspect and it did it. Otherwise the suspects are at most ten running jobs,
 * the likeliest first, and code outside Heddle may have done it as well; `blockedMillis` is a lower bound then.
 *
 * @category models
 * @since 0.1.0
 */
export interface BlockReport {
  readonly blockedMillis: number;
  readonly exact: boolean;
  readonly suspects: readonly [Suspect, ...ReadonlyArray<Suspect>];
}

/** What is under watch: a running job. */
export interface Watched {
  readonly suspect: Suspect;
}

const maxSuspects = 10;
const minPeriodMillis = 5;

// Longer, and the platform's timer fires all the time.
const maxPeriodMillis = 2 ** 31 - 1;

type Usage = ReturnType<typeof performance.eventLoopUtilization>;

// Bun and Deno do not tell it.
const usageNow = (): Usage | undefined =>
  (performance as Partial<typeof performance>).eventLoopUtilization === undefined
    ? undefined
    : performance.eventLoopUtilization();

/** How long the loop was not asleep between two readings; unknown is for ever. */
const activeMillisBetween = (from: Usage | undefined, to: Usage | undefined): number =>
  from === undefined || to === undefined ? Infinity : performance.eventLoopUtilization(to, from).active;

export class BlockDetector {
  private readonly thresholdMillis: number;
  private readonly periodMillis: number;
  private readonly report: (report: BlockReport) => void;
  private readonly promised = new Set<Watched>();
  private heartbeat: NodeJS.Timeout | undefined;
  private beatAt = 0;
  private usage = usageNow();
  private reportedAt = 0;
  private readonly isOn: boolean;
  private last: Watched | undefined;
  private lastAt = 0;

  constructor(thresholdMillis: number, report: (report: BlockReport) => void) {
    this.thresholdMillis = thresholdMillis;
    this.periodMillis = Math.min(Math.max(minPeriodMillis, thresholdMillis / 4), maxPeriodMillis);
    this.report = report;
    this.isOn = Number.isFinite(thresholdMillis);
  }

  /** Runs a synchronous section of a job and times it. */
  section<A>(job: Watched, run: () => A): A {
    this.begin(job, performance.now());
    try {
      return run();
    } finally {
      this.continue(job, performance.now());
    }
  }

  /** The job begins, maybe within a section of another one, which is given back to go on with. */
  enter(job: Watched, now: number): Watched | undefined {
    if (!this.isOn) return undefined;
    const outer = this.last;
    this.begin(job, now);
    return outer;
  }

  /** What began by `enter` came back: it has ended, or waits. */
  exit(job: Watched, outer: Watched | undefined): void {
    if (!this.isOn) return;
    const now = performance.now();
    if (this.last === job) this.endExactly(now);
    this.last = outer;
    this.lastAt = now;
  }

  /** A section of a job begins; what was before it in this turn is no longer under watch. */
  begin(job: Watched, now: number): void {
    this.endInexactly(now);
    this.last = job;
    this.lastAt = now;
  }

  /** A section of a job goes on, or has just ended. */
  continue(job: Watched, now: number): void {
    if (this.last === job) this.endExactly(now);
    this.last = job;
    this.lastAt = now;
  }

  /** The synchronous stretch that the last job was in is over for sure. */
  readonly endExactly = (now: number): void => {
    if (this.last !== undefined && now - this.lastAt > this.thresholdMillis) {
      this.found(now - this.lastAt, true, [this.last.suspect]);
    }
    this.last = undefined;
  };

  /** The last job's stretch is over, but others may have run since. */
  readonly endInexactly = (now: number): void => {
    if (this.last !== undefined && now - this.lastAt > this.thresholdMillis) {
      this.found(now - this.lastAt, false, this.suspects(this.last));
    }
    this.last = undefined;
  };

  /** From now on the job continues in promises or an async iterator, out of our sight. */
  watch(job: Watched): void {
    if (!this.isOn) return;
    this.promised.add(job);
    if (this.heartbeat !== undefined) return;
    this.beatAt = performance.now();
    this.usage = usageNow();
    this.heartbeat = setInterval(this.beat, this.periodMillis);
    this.heartbeat.unref();
  }

  /** The job has ended, at the end of a section of its own if it was the last. */
  leave(job: Watched): void {
    if (this.last === job) this.endExactly(performance.now());
    if (this.promised.size === 0) return;
    if (this.promised.size === 1 && this.promised.has(job)) this.checkBeat(performance.now());
    this.promised.delete(job);
  }

  stop(): void {
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
    this.promised.clear();
  }

  private readonly beat = (): void => {
    this.checkBeat(performance.now());
    // Stopped here and not with the last job, so that a row of short jobs shares one timer.
    if (this.promised.size === 0) this.stop();
  };

  private checkBeat(now: number): void {
    const lateMillis = now - this.beatAt - this.periodMillis;
    const isKnown = this.reportedAt >= this.beatAt;
    this.beatAt = now;
    const usage = usageNow();
    const activeMillis = activeMillisBetween(this.usage, usage);
    this.usage = usage;
    const [first] = this.promised;
    // On a busy machine the loop may come late from its sleep, which nobody held.
    const heldMillis = Math.min(lateMillis, activeMillis);
    if (isKnown || first === undefined || heldMillis <= this.thresholdMillis) return;
    this.found(heldMillis, false, this.suspects(first));
  }

  private suspects(first: Watched): BlockReport["suspects"] {
    const others: Array<Suspect> = [];
    for (const job of this.promised) {
      if (others.length + 1 >= maxSuspects) break;
      if (job !== first) others.push(job.suspect);
    }
    return [first.suspect, ...others];
  }

  private found(blockedMillis: number, exact: boolean, suspects: BlockReport["suspects"]): void {
    this.reportedAt = performance.now();
    this.report({ blockedMillis, exact, suspects });
  }
}
