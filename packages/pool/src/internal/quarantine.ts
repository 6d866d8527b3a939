/**
 * Which tasks are not run for a while because they keep killing workers. Time is passed in.
 *
 * ```text
 * (unknown) --killed--> counted --killed `after` times in a row--> barred
 *                          |                                         |
 *                       survived                            `quarantineMillis` pass
 *                          v                                         v
 *                      (unknown) <--survived-- onTrial <--admit-- barred, but due
 *                                                 |
 *                                  killed: barred again; undecided: due again
 * ```
 */

export interface Refused {
  readonly kills: number;
  readonly lastDeath: string;
  readonly retryAfterMillis: number;
}

interface Entry {
  readonly state: "counted" | "barred" | "onTrial";
  readonly kills: number;
  readonly lastDeath: string;
  /** Until when it is barred. */
  readonly untilMillis: number;
}

const refusal = ({ kills, lastDeath, untilMillis }: Entry, nowMillis: number): Refused => {
  const leftMillis = Math.max(0, Math.ceil(untilMillis - nowMillis));
  return { kills, lastDeath, retryAfterMillis: Math.min(leftMillis, Number.MAX_SAFE_INTEGER) };
};

export class Quarantine {
  private readonly records = new Map<string, Entry>();
  private readonly afterKills: number;
  private readonly barredMillis: number;

  constructor(afterKills: number, barredMillis: number) {
    this.afterKills = afterKills;
    this.barredMillis = barredMillis;
  }

  /** Nothing has died of late, so there is nothing to look up. */
  get isEmpty(): boolean {
    return this.records.size === 0;
  }

  /** Whether something of the task has died of late. */
  isSuspect(task: string): boolean {
    return this.records.has(task);
  }

  /** Whether a call of the task may be accepted, as usual or as the one that tries it again. */
  admit(task: string, nowMillis: number): Refused | "accepted" | "onTrial" {
    const record = this.records.get(task);
    if (record === undefined || record.state === "counted") return "accepted";
    if (record.state === "barred" && nowMillis >= record.untilMillis) {
      this.records.set(task, { ...record, state: "onTrial" });
      return "onTrial";
    }
    return refusal(record, nowMillis);
  }

  /** Its body killed a worker; how to refuse what waits of that task, when it is barred now. */
  killed(task: string, lastDeath: string, nowMillis: number): Refused | undefined {
    if (this.afterKills === Number.POSITIVE_INFINITY) return undefined;
    const kills = (this.records.get(task)?.kills ?? 0) + 1;
    const state = kills >= this.afterKills ? "barred" : "counted";
    const record: Entry = { state, kills, lastDeath, untilMillis: nowMillis + this.barredMillis };
    this.records.set(task, record);
    return state === "barred" ? refusal(record, nowMillis) : undefined;
  }

  /** Its body came to an end of its own, and the worker lives. */
  survived(task: string): void {
    this.records.delete(task);
  }

  /** The call on trial ended without having shown anything: the next one tries. */
  undecided(task: string): void {
    const record = this.records.get(task);
    if (record?.state === "onTrial") this.records.set(task, { ...record, state: "barred" });
  }
}
