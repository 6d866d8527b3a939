import { Kind, type NestAnswer, type NestEvent, type NestRequest, type WorkerFrame } from "../Frame.ts";
/**
 * The calls that a body makes: their numbers, what arrives for them, and their end with the body at the latest.
 *
 * What a call is to Effect is in `nestedRuntime.ts`, which is loaded with the first call.
 */
import { Window } from "../internal/window.ts";

/** What nested calls need of the call whose body makes them. */
export interface Parent {
  readonly number: number;
  readonly isEnded: boolean;
  /** Throws when a value cannot be cloned; does nothing once the call has ended. */
  readonly send: (frame: WorkerFrame, where: "input", transfer?: ReadonlyArray<unknown>) => void;
}

type Arrival = NestEvent | NestAnswer;

/** The answer of a call whose body has ended: the host cancels it and says no more. */
const forgotten: NestAnswer = { _tag: "Outcome", outcome: { _tag: "Interrupted" } };

const maxKeptProgress = 16;

/** One call that a body makes. */
export class NestedCall {
  private readonly parent: Parent;
  private readonly number: number;
  private readonly arrived: Array<NestEvent> = [];
  private keptProgress = 0;
  private taker: ((arrival: Arrival) => void) | undefined;
  private answer: NestAnswer | undefined;
  private readonly window = new Window();

  constructor(parent: Parent, number: number) {
    this.parent = parent;
    this.number = number;
  }

  /** Takes what arrives next; the answer is the last, and stays. Returns how to take that back. */
  take(taker: (arrival: Arrival) => void): () => void {
    const next = this.arrived.shift() ?? this.answer;
    if (next === undefined) this.taker = taker;
    else this.give(next, taker);
    return () => {
      if (this.taker === taker) this.taker = undefined;
    };
  }

  arrive(arrival: Arrival): void {
    if (this.answer !== undefined) return;
    if (arrival._tag === "Outcome" || arrival._tag === "Error") this.answer = arrival;
    else this.keep(arrival);
    const { taker } = this;
    this.taker = undefined;
    if (taker !== undefined) this.take(taker);
  }

  /** Tells the host that the consumer took items of the stream. */
  taken(items: number): void {
    const room = this.window.taken(items);
    if (this.answer === undefined && room > 0)
      this.parent.send([Kind.nestCredit, this.parent.number, this.number, room], "input");
  }

  /** Asks the host to stop it; the answer still comes. */
  cancel(): void {
    if (this.answer === undefined)
      this.parent.send([Kind.nestCancel, this.parent.number, this.number], "input");
  }

  private keep(event: NestEvent): void {
    this.arrived.push(event);
    if (event._tag === "Chunk") this.window.came(event.values.length);
    if (event._tag === "Progress" && ++this.keptProgress > maxKeptProgress) this.dropOldestProgress();
  }

  private give(arrival: Arrival, taker: (arrival: Arrival) => void): void {
    if (arrival._tag === "Progress") this.keptProgress--;
    taker(arrival);
  }

  private dropOldestProgress(): void {
    this.arrived.splice(
      this.arrived.findIndex(({ _tag }) => _tag === "Progress"),
      1,
    );
    this.keptProgress--;
  }
}

/** All calls that one body makes. */
export class NestedCalls {
  private readonly parent: Parent;
  private readonly live = new Map<number, NestedCall>();
  private readonly running = new Set<() => void>();
  private last = 0;

  constructor(parent: Parent) {
    this.parent = parent;
  }

  /** Has something interrupted when the body is cancelled or ends; returns how to take that back. */
  track(interrupt: () => void): () => void {
    this.running.add(interrupt);
    return () => void this.running.delete(interrupt);
  }

  /** Interrupts what is tracked: the body was cancelled. */
  interrupt(): void {
    const interrupts = [...this.running];
    this.running.clear();
    for (const interrupt of interrupts) interrupt();
  }

  /** Asks the host for a call. Throws, and nothing was asked, when the input cannot be cloned. */
  begin(request: NestRequest, transfer: ReadonlyArray<unknown>): NestedCall {
    const number = ++this.last;
    const nested = new NestedCall(this.parent, number);
    this.parent.send([Kind.nest, this.parent.number, number, request], "input", transfer);
    if (this.parent.isEnded) nested.arrive(forgotten);
    else this.live.set(number, nested);
    return nested;
  }

  event(number: number, event: NestEvent): void {
    this.live.get(number)?.arrive(event);
  }

  answer(number: number, answer: NestAnswer): void {
    const nested = this.live.get(number);
    this.live.delete(number);
    nested?.arrive(answer);
  }

  /** Ends what is left, for this side: the body has ended. */
  end(): void {
    this.interrupt();
    const left = [...this.live.values()];
    this.live.clear();
    for (const nested of left) nested.arrive(forgotten);
  }
}
