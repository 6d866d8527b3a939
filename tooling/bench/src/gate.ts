/** Where parked fibers wait: they count themselves in, and all leave when it opens. */
import * as Effect from "effect/Effect";

type Resume = () => void;

class Gate {
  private resumes: Array<Resume> = [];
  private expected = 0;
  private onFull: Resume = () => {};

  /** Resolves when `count` fibers wait. */
  full(count: number): Promise<void> {
    this.expected = count;
    return new Promise((resolve) => (this.onFull = resolve));
  }

  add(resume: Resume): void {
    if (this.resumes.push(resume) === this.expected) this.onFull();
  }

  open(): void {
    const { resumes } = this;
    this.resumes = [];
    for (const resume of resumes) resume();
  }
}

export const gate = new Gate();

/** Waits at the gate and gives 1. */
export const waitAtGate: Effect.Effect<number> = Effect.callback<number>((resume) =>
  gate.add(() => resume(Effect.succeed(1))),
);
