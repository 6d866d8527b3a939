/**
 * The queue of calls that wait for a worker: first in, first out, with every operation in constant time.
 *
 * An intrusive doubly linked list: a waiting call is its own node, so cancelling one of a million costs the same
 * as cancelling the only one.
 *
 * @since 0.1.0
 */

/**
 * What a queued item carries for the queue; only the queue touches it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Links<T> {
  previous: T | undefined;
  next: T | undefined;
  queued: boolean;
}

/**
 * A first-in, first-out queue of items that carry their own links.
 *
 * **Ordering**
 *
 * `take` gives the item that was added first among those still there.
 *
 * @category models
 * @since 0.1.0
 */
export class DispatchQueue<T extends Links<T>> {
  size = 0;
  private first: T | undefined;
  private last: T | undefined;

  /** Adds at the end. */
  add(item: T): void {
    item.queued = true;
    item.previous = this.last;
    if (this.last === undefined) this.first = item;
    else this.last.next = item;
    this.last = item;
    this.size++;
  }

  /** Takes the oldest item, if there is one. */
  take(): T | undefined {
    const item = this.first;
    if (item !== undefined) this.remove(item);
    return item;
  }

  /** Removes an item wherever it is; false when it is not queued. */
  remove(item: T): boolean {
    if (!item.queued) return false;
    if (item.previous === undefined) this.first = item.next;
    else item.previous.next = item.next;
    if (item.next === undefined) this.last = item.previous;
    else item.next.previous = item.previous;
    item.previous = undefined;
    item.next = undefined;
    item.queued = false;
    this.size--;
    return true;
  }
}
