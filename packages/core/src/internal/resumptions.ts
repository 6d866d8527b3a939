/**
 * Resumes fibers whose calls have ended, all that end in one turn together.
 *
 * A fiber that is resumed where its call ends goes on there and then, in the midst of what its adapter is doing. What it calls next
 * would find one place free, that of its own call, and travel alone; where bodies run in the program, it would have to wait behind all
 * that still wait for this turn of the loop. Resumed after all ends that came together, the fibers make their next calls together.
 */
export interface Resumable {
  readonly resumeNow: () => void;
}

export class Resumptions {
  private due: Array<Resumable> = [];

  /** Resumes it when all that is done now is done, in the order of the ends. */
  add(ended: Resumable): void {
    if (this.due.push(ended) === 1) this.resumeSoon();
  }

  private resumeSoon(): void {
    queueMicrotask(() => this.resumeAll());
  }

  private resumeAll(): void {
    const { due } = this;
    this.due = [];
    let count = 0;
    try {
      while (count < due.length) due[count++]?.resumeNow();
    } finally {
      // Whoever observes a fiber may throw: the others go on all the same, before what ended meanwhile.
      if (count < due.length) this.insert(due.slice(count));
    }
  }

  private insert(left: Array<Resumable>): void {
    const isScheduled = this.due.length > 0;
    this.due = [...left, ...this.due];
    if (!isScheduled) this.resumeSoon();
  }
}
