/** The limits: what Atomics alone do. */

export type Raw = Int32Array<SharedArrayBuffer>;

/** Long enough for the other thread to lie down again. */
export const workMicros = 20;

/** What is done while one has it. */
export const work = (): void => {
  const end = performance.now() + workMicros / 1000;
  while (performance.now() < end);
};

const mostTimes = 65_536;

/** How long hand-overs took, from before the release to after the other one has it. One clock for all threads. */
export class Latencies {
  readonly memory: SharedArrayBuffer;
  private readonly times: BigInt64Array;

  constructor(memory = new SharedArrayBuffer((mostTimes + 2) * 8)) {
    this.memory = memory;
    this.times = new BigInt64Array(memory);
  }

  get count(): number {
    return Number(this.times[0]);
  }

  /** By whoever has it. */
  begin(): void {
    this.times[1] = process.hrtime.bigint();
  }

  /** By whoever has it then. Nothing if it was not begun. */
  end(): void {
    const begin = this.times[1] as bigint;
    if (begin === 0n) return;
    const count = this.count;
    this.times[2 + count] = process.hrtime.bigint() - begin;
    this.times[0] = BigInt(count + 1);
    this.times[1] = 0n;
  }

  medianMicros(): number {
    const sorted = this.times.slice(2, 2 + this.count).toSorted();
    return Number(sorted[sorted.length >> 1]) / 1000;
  }
}

/** Waits for its turn, gives it to the other: the even turns. */
const turns = (words: Raw, rounds: number, mine: number, times: Latencies): void => {
  for (let round = 0; round < rounds; round++) {
    while (Atomics.load(words, 0) !== mine) Atomics.wait(words, 0, 1 - mine);
    times.end();
    work();
    times.begin();
    Atomics.store(words, 0, 1 - mine);
    Atomics.notify(words, 0);
  }
};

export const rawPing = (words: Raw, rounds: number, times: Latencies): void => turns(words, rounds, 0, times);
export const rawPong = (words: Raw, rounds: number, times: Latencies): void => turns(words, rounds, 1, times);

/** One word taken and given, as a lock for nobody else. */
export const rawLock = (words: Raw, rounds: number): number => {
  let taken = 0;
  for (let round = 0; round < rounds; round++) {
    if (Atomics.compareExchange(words, 4, 0, 2) === 0) taken++;
    Atomics.store(words, 4, 0);
  }
  return taken;
};
