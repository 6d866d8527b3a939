/**
 * One thing at a time, in the order in which it was asked for.
 *
 * What a case left behind is seen in the whole process, and cases share runtimes; some test runners start tests
 * side by side all the same.
 */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<A>(job: () => Promise<A>): Promise<A> {
    const done = this.last.then(job);
    this.last = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}
