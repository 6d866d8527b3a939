/**
 * When a pool may start workers: at once as long as they live, ever more slowly when they keep dying, and not at
 * all for a while when they cannot even start.
 *
 * Decides only; time is passed in, and nothing here starts or stops anything.
 *
 * @since 0.1.0
 */

/**
 * How many workers may die before new ones are started more slowly.
 *
 * @category models
 * @since 0.1.0
 */
export interface Budget {
  readonly maxRestarts: number;
  readonly restartsMillis: number;
}

/**
 * After this many failed starts in a row, starting is given up.
 *
 * @category constants
 * @since 0.1.0
 */
export const maxStartFailures = 5;

const firstPauseMillis = 100;
const longestPauseMillis = 10_000;

const pauseMillis = (failures: number): number =>
  Math.min(firstPauseMillis * 2 ** (failures - 1), longestPauseMillis);

/**
 * Keeps count of deaths and failed starts.
 *
 * **Details**
 *
 * Deaths beyond `maxRestarts` within `restartsMillis` delay the next start by 100 ms, then twice that, up to 10
 * seconds. Failed starts have a count of their own, which a worker that reports resets; after five in a row, starting
 * is given up, and what waits fails.
 *
 * @category models
 * @since 0.1.0
 */
export class Supervisor {
  private readonly budget: Budget;
  private deaths: Array<number> = [];
  private overdrawn = 0;
  private startFailures = 0;
  private pausedUntilMillis = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** How long to wait before the next start; 0 when it may be now. */
  waitMillis(nowMillis: number): number {
    return Math.max(0, this.pausedUntilMillis - nowMillis);
  }

  /** A worker reported. */
  started(): void {
    this.startFailures = 0;
  }

  /** A worker that had reported died, and nobody had asked it to. */
  died(nowMillis: number): void {
    const { maxRestarts, restartsMillis } = this.budget;
    if (maxRestarts === Number.POSITIVE_INFINITY) return;
    this.deaths = this.deaths.filter((atMillis) => nowMillis - atMillis < restartsMillis);
    this.deaths.push(nowMillis);
    if (this.deaths.length <= maxRestarts) {
      this.overdrawn = 0;
      return;
    }
    this.overdrawn++;
    this.pause(nowMillis, pauseMillis(this.overdrawn));
  }

  /** A worker could not be started, or ended before it reported. */
  startFailed(nowMillis: number): "retry" | "giveUp" {
    this.startFailures++;
    if (this.startFailures >= maxStartFailures) {
      this.startFailures = 0;
      return "giveUp";
    }
    this.pause(nowMillis, pauseMillis(this.startFailures));
    return "retry";
  }

  private pause(nowMillis: number, millis: number): void {
    this.pausedUntilMillis = Math.max(this.pausedUntilMillis, nowMillis + millis);
  }
}
