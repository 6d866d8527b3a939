/**
 * Waits for a slot's news, on the event loop or by blocking. Written once for all objects whose waiters have slots.
 */
import { CoordinationError } from "../../CoordinationError.ts";
import type { BlockingWait, Pending, Settle } from "../engine.ts";
import { type Door, type Job, sliceUntil } from "./door.ts";
import { newsOf, noNews } from "./line.ts";
import { none, type Region } from "./region.ts";

/** What came of standing in line. */
export type Enrolled<A> =
  | { readonly _tag: "Served"; readonly value: () => A }
  | { readonly _tag: "Waits"; readonly slot: number };

/** `value` is called outside. */
export const servedWith = <A>(value: () => A): Enrolled<A> => ({ _tag: "Served", value });
export const served = <A>(value: A): Enrolled<A> => servedWith(() => value);
export const waits = (slot: number): Enrolled<never> => ({ _tag: "Waits", slot });

/** How one kind of object is waited for. */
export interface Wish<A> {
  /** Inside: takes what is there, or a slot. Throws what the wait fails with. */
  readonly enroll: () => Enrolled<A>;
  /** Outside, once: what the slot's news mean. Throws what the wait fails with. The slot is not used after. */
  readonly receive: (slot: number, news: number) => A;
  /** Inside: nobody waits at the slot any more, where nothing was granted. */
  readonly withdraw: (slot: number) => void;
  /** Inside: it was given up before it stood in line, where that matters to others. */
  readonly turnBack?: () => void;
  /**
   * Outside, where what was granted cannot be handed on: gives the wait up; false if it is granted, and then `receive` is to be called.
   * Without it, that is found out inside.
   */
  readonly revoke?: (slot: number) => boolean;
}

/** What waits of an object stand on. */
export interface Place {
  readonly kind: string;
  readonly region: Region;
  readonly door: Door;
}

export const ended: Pending = { cancel: () => false };

// Wakes what this unit still has waiting on a word: such a wait cannot be taken back otherwise.
const withdrawing = (place: Place, wish: Wish<unknown>, slot: number) => () => {
  wish.withdraw(slot);
  return () => place.region.words.notify(slot + newsOf);
};

// Inside. Who gives up takes after all what was granted by then: if it were handed on, others would have seen nothing there for a while.
const isGrantedTo = (place: Place, wish: Wish<unknown>, slot: number): boolean =>
  wish.revoke === undefined && place.region.words.load(slot + newsOf) !== noNews;

class LoopWait<A> implements Pending {
  private state: "entering" | "waiting" | "leaving" | "over" = "entering";
  private slot = none;
  private readonly place: Place;
  private readonly wish: Wish<A>;
  private readonly settle: Settle<A>;
  private readonly look = (): void => this.lookAtNews();

  constructor(place: Place, wish: Wish<A>, settle: Settle<A>) {
    this.place = place;
    this.wish = wish;
    this.settle = settle;
  }

  enroll(): ReturnType<Job> {
    if (this.state === "over") return this.wish.turnBack?.();
    const { settle } = this;
    try {
      const enrolled = this.wish.enroll();
      if (enrolled._tag === "Served") {
        this.state = "over";
        return () => this.tell(enrolled.value);
      }
      this.state = "waiting";
      this.slot = enrolled.slot;
      return this.look;
    } catch (error) {
      this.state = "over";
      return () => settle.failed(error as CoordinationError);
    }
  }

  cancel(): boolean {
    const { place, slot, state, wish } = this;
    if (state === "waiting" && wish.revoke?.(slot) === false) this.lookAtNews();
    if (this.state !== "waiting") return this.cancelBefore();
    this.state = "leaving";
    place.door.soon(() => this.leave());
    return false;
  }

  private cancelBefore(): boolean {
    if (this.state !== "entering") return false;
    this.state = "over";
    return true;
  }

  private leave(): () => void {
    const { place, settle, slot, wish } = this;
    const isGranted = isGrantedTo(place, wish, slot);
    this.state = isGranted ? "waiting" : "over";
    if (isGranted) return this.look;
    const wake = withdrawing(place, wish, slot)();
    return () => {
      wake();
      settle.failed(new CoordinationError(place.kind, "Cancelled", "it was given up; nothing was taken"));
    };
  }

  private lookAtNews(): void {
    const { slot, wish } = this;
    const { words } = this.place.region;
    if (this.state !== "waiting") return;
    let news = words.load(slot + newsOf);
    while (news === noNews) {
      if (words.watch(slot + newsOf, noNews, this.look)) return;
      news = words.load(slot + newsOf);
    }
    this.state = "over";
    this.tell(() => wish.receive(slot, news));
  }

  private tell(value: () => A): void {
    const { settle } = this;
    let received: A;
    try {
      received = value();
    } catch (error) {
      return settle.failed(error as CoordinationError);
    }
    settle.done(received);
  }
}

/** Waits on this unit's event loop. */
export const waitOnLoop = <A>(place: Place, wish: Wish<A>, settle: Settle<A>): Pending => {
  const wait = new LoopWait(place, wish, settle);
  place.door.soon(() => wait.enroll());
  return wait;
};

/** The error of a blocking wait that is over. */
export const overdue = (kind: string, wait: BlockingWait): CoordinationError =>
  wait.isCancelled()
    ? new CoordinationError(kind, "Cancelled", "the job was cancelled while it waited")
    : new CoordinationError(kind, "TimedOut", `nothing was granted in ${wait.timeoutMillis} ms`);

/** Blocks until the word is not as it was; false when the wait is over before. */
const blockWhile = (place: Place, at: number, expected: number, until: Until): boolean => {
  const { words } = place.region;
  for (let left = words.spins; left > 0; left--) {
    if (words.load(at) !== expected) return true;
  }
  while (words.load(at) === expected) {
    const slice = sliceUntil(words, until.deadlineMillis);
    if (slice === 0 || until.wait.isCancelled()) return words.load(at) !== expected;
    words.wait(at, expected, slice);
  }
  return true;
};

/** A blocking wait with the time at which it is over. */
interface Until {
  readonly wait: BlockingWait;
  readonly deadlineMillis: number;
}

const untilOf = (place: Place, wait: BlockingWait): Until => ({
  wait,
  deadlineMillis:
    wait.timeoutMillis === Infinity ? Infinity : place.region.words.nowMillis() + wait.timeoutMillis,
});

const never = (): boolean => false;

/** Blocks this thread until there is news. */
export const waitBlocking = <A>(place: Place, wish: Wish<A>, wait: BlockingWait): A => {
  const { door, kind, region } = place;
  const until = untilOf(place, wait);
  let enrolled = undefined as Enrolled<A> | undefined;
  const enroll = (): void => {
    enrolled = wish.enroll();
  };
  door.blocking(enroll, until.deadlineMillis, wait.isCancelled);
  if (enrolled === undefined) {
    const { turnBack } = wish;
    if (turnBack !== undefined) door.blocking(() => turnBack(), Infinity, never);
    throw overdue(kind, wait);
  }
  if (enrolled._tag === "Served") return enrolled.value();
  const { slot } = enrolled;
  if (blockWhile(place, slot + newsOf, noNews, until) || wish.revoke?.(slot) === false) {
    return wish.receive(slot, region.words.load(slot + newsOf));
  }
  let isGranted = false;
  const leave: Job = () => {
    isGranted = isGrantedTo(place, wish, slot);
    return isGranted ? undefined : withdrawing(place, wish, slot)();
  };
  door.blocking(leave, Infinity, never);
  if (isGranted) return wish.receive(slot, region.words.load(slot + newsOf));
  throw overdue(kind, wait);
};
