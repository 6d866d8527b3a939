/**
 * Hands a job's events to its caller one after the other, and the end after them.
 *
 * A fiber exists only while an event is being handed over.
 */
import type { Job, JobEvent } from "@heddle/core/Job";
import type * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";

import { Window } from "./window.ts";

export type Fork = <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>;

export interface Listener {
  /** The caller has taken items of the stream, so that many more may come. */
  readonly onRoom: (items: number) => void;
  /** The caller broke on an event; it is given no other one. */
  readonly onBroken: () => void;
}

type State = "idle" | "handing" | "broken";

export class Emissions {
  /** What the caller broke with. */
  broken: Cause.Cause<never> | undefined;
  private readonly job: Job;
  private readonly fork: Fork;
  private readonly listener: Listener;
  private waiting: Array<JobEvent> = [];
  private state: State = "idle";
  private isPumping = false;
  private wantsChunks = true;
  private readonly window = new Window();
  private current: { readonly event: JobEvent; readonly fiber: Fiber.Fiber<void> } | undefined;
  private onDrained: (() => void) | undefined;

  constructor(job: Job, fork: Fork, listener: Listener) {
    this.job = job;
    this.fork = fork;
    this.listener = listener;
  }

  /** Takes an event; gives back what is wrong when a stream runs further ahead than it may. */
  add(event: JobEvent): string | undefined {
    if (this.state === "broken" || (event._tag === "Chunk" && !this.wantsChunks)) return undefined;
    if (event._tag === "Chunk" && !this.window.came(event.values.length)) return "items beyond all credit";
    this.waiting.push(event);
    this.pump();
    return undefined;
  }

  /** Nobody reads the stream any more: a consumer that never comes back must not keep the call from its end. */
  dropChunks(): void {
    if (!this.wantsChunks) return;
    this.wantsChunks = false;
    this.waiting = this.waiting.filter(({ _tag }) => _tag !== "Chunk");
    if (this.current?.event._tag === "Chunk") this.current.fiber.interruptUnsafe();
  }

  /** Calls back when everything was taken. */
  end(onDrained: () => void): void {
    this.onDrained = onDrained;
    this.pump();
  }

  // A loop, since an event that is taken at once comes back here before `hand` returns.
  private pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.state !== "handing") {
      const event = this.state === "idle" ? this.waiting.shift() : undefined;
      if (event === undefined) {
        this.isPumping = false;
        const { onDrained } = this;
        this.onDrained = undefined;
        return onDrained?.();
      }
      this.hand(event);
    }
    this.isPumping = false;
  }

  private taken(items: number): void {
    const room = this.window.taken(items);
    if (room > 0) this.listener.onRoom(room);
  }

  private hand(event: JobEvent): void {
    this.state = "handing";
    const fiber = this.fork(Effect.suspend(() => this.job.emit(event)));
    this.current = { event, fiber };
    fiber.addObserver((exit) => {
      this.current = undefined;
      const isDropped = event._tag === "Chunk" && !this.wantsChunks;
      if (exit._tag === "Failure" && !isDropped) {
        this.state = "broken";
        this.broken = exit.cause;
        this.waiting = [];
        this.listener.onBroken();
      } else {
        this.state = "idle";
        if (event._tag === "Chunk") this.taken(event.values.length);
      }
      this.pump();
    });
  }
}
