/**
 * Numbers that look random and are the same for the same seed.
 *
 * Each call, fault and runtime draws from a generator of its own, made of the seed and its number. So the nth call of a
 * seed is always the same, however fast the ones before it went.
 */

/** Mixes whole numbers into one of 32 bits. */
export const mix = (...parts: ReadonlyArray<number>): number => {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 13;
  }
  return hash >>> 0;
};

export class Random {
  private state: number;

  constructor(...seed: ReadonlyArray<number>) {
    this.state = mix(...seed);
  }

  /** From 0 to below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<A>(choices: ReadonlyArray<A>): A {
    return choices[this.int(0, choices.length - 1)] as A;
  }

  /** One of them, the heavier the likelier. */
  weighted<A extends { readonly weight: number }>(choices: ReadonlyArray<A>): A {
    let left = this.next() * choices.reduce((sum, { weight }) => sum + weight, 0);
    for (const choice of choices) {
      left -= choice.weight;
      if (left < 0) return choice;
    }
    return choices.at(-1) as A;
  }
}
