/**
 * The places of a runtime with limited concurrency, for adapters that have no workers of their own to wait for.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect";

import { DispatchQueue, type Links, type Rank, unlinked } from "./DispatchQueue.ts";

interface Waiter extends Links<Waiter>, Rank {
  readonly grant: () => void;
}

/**
 * A number of places for bodies, and the queue in front of them.
 *
 * **Ordering**
 *
 * By priority, which rises by one for each `agingMillis` of waiting; first come, first served among equals.
 *
 * **Cancellation**
 *
 * An interrupted body leaves the queue, or gives its place back when it has stopped.
 *
 * @category models
 * @since 0.1.0
 */
export class Places {
  private readonly queue: DispatchQueue<Waiter>;
  private free: number;
  private isGranting = false;

  constructor(count: number, agingMillis: number) {
    this.free = count;
    this.queue = new DispatchQueue(agingMillis);
  }

  /** Runs a body once it has a place. A nested one needs none: the body above waits for it in its own. */
  run<A, E, R>(rank: Rank, body: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    if (rank.depth > 0) return body;
    return Effect.uninterruptibleMask((restore) =>
      Effect.andThen(
        restore(this.take(rank)),
        Effect.onExit(restore(body), () => Effect.sync(() => this.release())),
      ),
    );
  }

  private take({ depth, priority }: Rank): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      let isGranted = false;
      const grant = (): void => {
        isGranted = true;
        resume(Effect.void);
      };
      if (this.free > 0) {
        this.free--;
        return grant();
      }
      const waiter: Waiter = { ...unlinked(), priority, depth, grant };
      this.queue.add(waiter, performance.now());
      // Interrupted in between the grant and the body, it gives the place back.
      return Effect.sync(() => (isGranted ? this.release() : this.queue.remove(waiter)));
    });
  }

  // A loop, since a body that ends at once gives its place back before `grant` returns.
  private release(): void {
    this.free++;
    if (this.isGranting) return;
    this.isGranting = true;
    while (this.free > 0) {
      const next = this.queue.take(performance.now());
      if (next === undefined) break;
      this.free--;
      next.grant();
    }
    this.isGranting = false;
  }
}
