/**
 * Shares the event loop: all jobs of one runtime together hold it for at most one budget per turn, then what is
 * left continues on a macrotask, after timers and I/O had their chance (microtasks would starve them).
 *
 * A turn begins with the first slice of work and ends at the next `setImmediate`.
 */
/** Something that continues in a later turn, and is no function because many may wait. */
export interface Waiting {
  goOn(): void;
}

type Task = (() => void) | Waiting;

const goOn = (task: Task): void => (typeof task === "function" ? task() : task.goOn());

export class Turns {
  readonly budgetMillis: number;
  private readonly onTurnEnd: (now: number) => void;
  private readonly afterTask: (now: number) => void;
  private queue: Array<Task | undefined> = [];
  /** How many of the queue have gone on. */
  private taken = 0;
  private isPending = false;
  private startedAt = 0;
  /** When work last went on. */
  touchedAt = 0;
  private isGranted = false;

  constructor(options: {
    readonly budgetMillis: number;
    readonly onTurnEnd: (now: number) => void;
    readonly afterTask: (now: number) => void;
  }) {
    this.budgetMillis = options.budgetMillis;
    this.onTurnEnd = options.onTurnEnd;
    this.afterTask = options.afterTask;
  }

  /** Says that work goes on now; begins a turn if none is under way. */
  touch(): number {
    const now = performance.now();
    this.touchedAt = now;
    if (!this.isPending) {
      this.startedAt = now;
      this.arm();
    }
    return now;
  }

  /**
   * Whether a slice that begins now has to wait: until the next turn, or behind those that wait already. What the turn
   * itself continues never has to, so all make progress.
   */
  mustWait(now: number): boolean {
    if (!this.isGranted) return this.hasWaiting || this.isSpent(now);
    this.isGranted = false;
    return false;
  }

  isSpent(now: number): boolean {
    return now - this.startedAt >= this.budgetMillis;
  }

  /** Continues in the next turn, first come first served. */
  schedule(task: Task): void {
    this.queue.push(task);
    if (!this.isPending) this.touch();
  }

  flush(): void {
    while (this.hasWaiting) goOn(this.take());
    this.forget();
  }

  private get hasWaiting(): boolean {
    return this.taken < this.queue.length;
  }

  private take(): Task {
    const task = this.queue[this.taken] as Task;
    this.queue[this.taken++] = undefined;
    return task;
  }

  /** Lets go of what was taken, now and then: each time would cost as much as there are that wait. */
  private forget(): void {
    if (this.taken < this.queue.length / 2) return;
    this.queue = this.queue.slice(this.taken);
    this.taken = 0;
  }

  private arm(): void {
    this.isPending = true;
    setImmediate(this.next);
  }

  private readonly next = (): void => {
    let now = performance.now();
    this.onTurnEnd(now);
    this.isPending = false;
    if (!this.hasWaiting) return;
    this.startedAt = now;
    // Armed before anything runs, so that the microtasks after this callback still belong to this turn.
    this.arm();
    // What gives way meanwhile waits for the next turn. What only waits to begin does not while there is time.
    let left = this.queue.length - this.taken;
    while (this.hasWaiting && (left-- > 0 || typeof this.queue[this.taken] === "object")) {
      const task = this.take();
      this.isGranted = true;
      goOn(task);
      this.isGranted = false;
      now = performance.now();
      this.afterTask(now);
      if (this.isSpent(now)) break;
    }
    this.forget();
  };
}

const maxStride = 16;

/**
 * Decides when to look at the clock: after 1, 2, 4, 8 and then every 16 operations while they are quick, after
 * each while they are slow. Reading the clock costs as much as a whole operation of an Effect.
 */
export class Pacer {
  private stride = 1;
  private left = 1;
  private lastAt = 0;
  private readonly quickMillis: number;

  constructor(budgetMillis: number) {
    this.quickMillis = budgetMillis / 16;
  }

  begin(now: number): void {
    this.stride = 1;
    // The first operation after a yield only leads back to where the fiber was; the second is progress.
    this.left = 2;
    this.lastAt = now;
  }

  /** Counts one operation; true when the clock is due. */
  tick(): boolean {
    return --this.left <= 0;
  }

  looked(now: number): void {
    this.stride = now - this.lastAt < this.quickMillis ? Math.min(this.stride * 2, maxStride) : 1;
    this.left = this.stride;
    this.lastAt = now;
  }
}
