/** A few bytes about every id of the run: which attempts of it ran, and when its call ended. */

const initialIds = 2 ** 14;
/** The last bit says that its call may be repeated. */
const retriedBit = 128;
/** Clocks of two processes are read a moment apart. */
const slackMillis = 2;

export class IdTable {
  private readonly startEpochMillis = Date.now();
  private flags = new Uint8Array(initialIds);
  private endedAfterMillis = new Uint32Array(initialIds);

  /** Marks an attempt; false if it ran before. */
  runs(id: number, attempt: number): boolean {
    this.makeRoom(id);
    const bit = 1 << Math.min(attempt - 1, 6);
    const isFirst = ((this.flags[id] as number) & bit) === 0;
    (this.flags[id] as number) |= bit;
    return isFirst;
  }

  end(id: number, epochMillis: number, isRetried: boolean): void {
    this.makeRoom(id);
    this.endedAfterMillis[id] = Math.max(1, epochMillis - this.startEpochMillis);
    if (isRetried) (this.flags[id] as number) |= retriedBit;
  }

  isRetried(id: number): boolean {
    return ((this.flags[id] ?? 0) & retriedBit) !== 0;
  }

  /** Whether the call of that id had ended before that instant. */
  hadEnded(id: number, epochMillis: number): boolean {
    const ended = this.endedAfterMillis[id] ?? 0;
    return ended > 0 && epochMillis - this.startEpochMillis > ended + slackMillis;
  }

  get bytes(): number {
    return this.flags.byteLength + this.endedAfterMillis.byteLength;
  }

  private makeRoom(id: number): void {
    if (id < this.flags.length) return;
    const length = Math.max(id + 1, this.flags.length * 2);
    const flags = new Uint8Array(length);
    flags.set(this.flags);
    const ended = new Uint32Array(length);
    ended.set(this.endedAfterMillis);
    this.flags = flags;
    this.endedAfterMillis = ended;
  }
}
