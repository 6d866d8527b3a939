/**
 * The places of a runtime with limited concurrency, for adapters that have no workers of their own to wait for.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect";

import { DispatchQueue, type Links, type Rank, unlinked } from "./DispatchQueue.ts";
import { nextTurn } from "./Timers.ts";

// For how long bodies that wait are started one after the other before timers and I/O get their turn.
const turnMillis = 8;

/**
 * What waits for a place: an item of the queue that hears when it has one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Waiter extends Links<Waiter>, Rank {
  grant(): void;
}

/**
 * A number of places for bodies, and the queue in front of them.
 *
 * **Ordering**
 *
 * By priority, which rises by one for each `agingMillis` of waiting; first come, first served among equals.
 *
 * **Details**
 *
 * A body that finds a place free starts at once, within the call. Of those that wait, synchronous ones hold the event loop
 * for 8 ms in a row, or for one body that takes longer; then timers and I/O have their turn, so that those that still wait
 * can be cancelled, and meet their deadlines.
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
  private granting: "idle" | "now" | "next turn" = "idle";
  private turnEndsAt: number | undefined;

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

  /**
   * Gives a place to what has depth 0, within the call if one is free. It has to be given back with `release`, once.
   */
  enter(waiter: Waiter): void {
    // A place may be free for those that wait for the next turn.
    if (this.free > 0 && this.queue.size === 0) {
      this.free--;
      waiter.grant();
    } else {
      this.queue.add(waiter, performance.now());
    }
  }

  /** It waits no longer; false when it has its place already. */
  leave(waiter: Waiter): boolean {
    return this.queue.remove(waiter);
  }

  /** Gives a place back. */
  release(): void {
    this.free++;
    if (this.granting === "idle") this.grantAll();
  }

  private take({ depth, priority }: Rank): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const waiter: Waiter = { ...unlinked(), priority, depth, grant: () => resume(Effect.void) };
      this.enter(waiter);
      // Interrupted in between the grant and the body, it gives the place back.
      return Effect.sync(() => {
        if (!this.leave(waiter)) this.release();
      });
    });
  }

  // A loop, since a body that ends at once gives its place back before `grant` returns.
  private grantAll(): void {
    this.granting = "now";
    while (this.free > 0 && this.queue.size > 0) {
      const now = performance.now();
      if (this.isTurnSpent(now)) {
        this.granting = "next turn";
        return;
      }
      this.free--;
      (this.queue.take(now) as Waiter).grant();
    }
    this.granting = "idle";
  }

  // A turn is that of the event loop: bodies that end in microtasks share one, though each is granted by itself.
  private isTurnSpent(now: number): boolean {
    if (this.turnEndsAt === undefined) {
      this.turnEndsAt = now + turnMillis;
      nextTurn(this.endTurn);
    }
    return now >= this.turnEndsAt;
  }

  private readonly endTurn = (): void => {
    this.turnEndsAt = undefined;
    if (this.granting === "next turn") this.grantAll();
  };
}
