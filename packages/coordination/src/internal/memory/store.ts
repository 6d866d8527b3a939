/**
 * The values of a queue in memory, in its order.
 */

/** Values in some order. */
export interface Store {
  readonly size: number;
  readonly add: (value: unknown, priority: number) => void;
  /** The next one, with its priority. */
  readonly take: () => readonly [value: unknown, priority: number];
  /** The very next one, of those of its priority. */
  readonly addFront: (value: unknown, priority: number) => void;
}

class Fifo implements Store {
  private front: Array<unknown> = [];
  private values: Array<unknown> = [];
  private head = 0;

  get size(): number {
    return this.front.length + this.values.length - this.head;
  }

  readonly add = (value: unknown): void => void this.values.push(value);

  readonly addFront = (value: unknown): void => void this.front.push(value);

  readonly take = (): readonly [unknown, number] => {
    if (this.front.length > 0) return [this.front.pop(), 0];
    const value = this.values[this.head];
    this.values[this.head++] = undefined;
    // What was taken is cut off when it is half of all: each value is moved once on average.
    if (this.head * 2 >= this.values.length) {
      this.values = this.values.slice(this.head);
      this.head = 0;
    }
    return [value, 0];
  };
}

class Lifo implements Store {
  private readonly values: Array<unknown> = [];

  get size(): number {
    return this.values.length;
  }

  readonly add = (value: unknown): void => void this.values.push(value);
  readonly addFront = (value: unknown): void => this.add(value);
  readonly take = (): readonly [unknown, number] => [this.values.pop(), 0];
}

interface Ranked {
  readonly value: unknown;
  readonly priority: number;
  readonly ticket: number;
}

const comesBefore = (one: Ranked, other: Ranked): boolean =>
  one.priority === other.priority ? one.ticket < other.ticket : one.priority > other.priority;

/** A binary heap; tickets keep those of one priority in order. */
class Prioritized implements Store {
  private readonly heap: Array<Ranked> = [];
  private lastTicket = 0;
  private firstTicket = 0;

  get size(): number {
    return this.heap.length;
  }

  readonly add = (value: unknown, priority: number): void =>
    this.insert({ value, priority, ticket: ++this.lastTicket });

  readonly addFront = (value: unknown, priority: number): void =>
    this.insert({ value, priority, ticket: --this.firstTicket });

  readonly take = (): readonly [unknown, number] => {
    const { heap } = this;
    const [top] = heap as [Ranked];
    const last = heap.pop() as Ranked;
    if (heap.length > 0) this.sink(last);
    return [top.value, top.priority];
  };

  private insert(ranked: Ranked): void {
    const { heap } = this;
    let at = heap.push(ranked) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Ranked;
      if (comesBefore(parent, ranked)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = ranked;
  }

  private sink(ranked: Ranked): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      const child = this.firstChild(at);
      if (child >= heap.length || comesBefore(ranked, heap[child] as Ranked)) break;
      heap[at] = heap[child] as Ranked;
      at = child;
    }
    heap[at] = ranked;
  }

  private firstChild(at: number): number {
    const left = 2 * at + 1;
    const right = left + 1;
    if (right >= this.heap.length) return left;
    return comesBefore(this.heap[right] as Ranked, this.heap[left] as Ranked) ? right : left;
  }
}

/** An empty store of that order. */
export const makeStore = (order: "fifo" | "lifo" | "priority"): Store => {
  switch (order) {
    case "fifo":
      return new Fifo();
    case "lifo":
      return new Lifo();
    case "priority":
      return new Prioritized();
  }
};
