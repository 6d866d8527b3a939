/**
 * The calls that have not ended. They are the nodes of the list themselves, so that a million of them cost nothing more.
 */
export interface Entry<T> {
  previous: T | undefined;
  next: T | undefined;
}

export class Roster<T extends Entry<T>> {
  size = 0;
  private last: T | undefined;

  add(entry: T): void {
    entry.previous = this.last;
    if (this.last !== undefined) this.last.next = entry;
    this.last = entry;
    this.size++;
  }

  /** To be called once for what was added. */
  remove(entry: T): void {
    const { next, previous } = entry;
    if (previous !== undefined) previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    entry.previous = undefined;
    entry.next = undefined;
    this.size--;
  }

  /** All of them, in the order in which they were added. */
  toArray(): ReadonlyArray<T> {
    const entries: Array<T> = [];
    for (let entry = this.last; entry !== undefined; entry = entry.previous) entries.push(entry);
    return entries.toReversed();
  }
}
