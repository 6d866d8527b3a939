/**
 * One thing at a time in the whole process, in the order in which it was asked for.
 *
 * What a case left behind is seen in the whole process, and cases share runtimes; some test runners start tests side by
 * side all the same, and a program may put several runtimes through the cases at once.
 */

/** Who takes turns: what it has open between two of them must not be seen in those of others. */
export interface Player {
  /** Closes what is open, before somebody else has a turn. Never rejects. */
  readonly yields: () => Promise<void>;
}

export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private player: Player | undefined;

  take<A>(player: Player, job: () => Promise<A>): Promise<A> {
    const done = this.last.then(async () => {
      if (this.player !== player) await this.player?.yields();
      this.player = player;
      return job();
    });
    this.last = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}

const key = Symbol.for("@heddle/conformance/turns/1");
const holder = globalThis as { [key]?: Turns };

/** The turns of this process, also when there are several copies of this module in it. */
export const turns: Turns = (holder[key] ??= new Turns());
