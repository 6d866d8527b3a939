/**
 * One random history of calls on a real runtime, and what must hold of it.
 */
import assert from "node:assert/strict";

import type { Handle, PromisedRuntime } from "@heddle/core/Promised";

import * as Model from "../fixtures/tasks/model.ts";
import type { Bench } from "./bench.ts";

/** How a call ended: with a value, what it threw, or the tag of the runtime's reason. */
type End = "value" | "RangeError" | "AbortError" | (string & {});

interface Submitted {
  readonly id: number;
  readonly way: Model.Way;
  readonly priority: number;
  readonly handle: Handle<number, unknown>;
  readonly settled: Promise<void>;
  end: End | undefined;
  wasCancelled: boolean;
  wasOpenAtClose: boolean;
}

/** After this a call is held to have no end. */
const longestMillis = 20_000;

const natural: Record<Model.Way, ReadonlyArray<End>> = {
  value: ["value"],
  quick: ["value"],
  slow: ["value"],
  busy: ["value"],
  stubborn: [],
  waits: [],
  throws: ["RangeError"],
  exits: ["WorkerLost"],
  nests: ["value"],
};

const nameOf = (thrown: unknown): End => {
  const { name, reason } = thrown as { readonly name?: string; readonly reason?: { readonly _tag?: string } };
  return reason?._tag ?? name ?? String(thrown);
};

const within = async (promise: Promise<unknown>, what: () => string): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(what())), longestMillis);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** A history under way. */
export class History {
  private readonly runtime: PromisedRuntime;
  private readonly bench: Bench;
  private readonly file: string;
  private readonly calls: Array<Submitted> = [];
  private readonly pending: Array<Promise<void>> = [];
  private kills = 0;
  private greatestSize: number;
  /** What is submitted from here on is refused. */
  private refusesFrom = Number.POSITIVE_INFINITY;

  constructor(runtime: PromisedRuntime, bench: Bench, size: number) {
    this.runtime = runtime;
    this.bench = bench;
    this.file = bench.path("begun");
    this.greatestSize = size;
  }

  submit(way: Model.Way, priority: number): void {
    const id = this.calls.length;
    const task = way === "quick" ? Model.quick : Model.work;
    const handle = this.runtime.submit(task, { id, way, file: this.file }, { priority });
    const submitted: Submitted = {
      id,
      way,
      priority,
      handle,
      settled: handle.result.then(
        (value) => this.ended(submitted, value === id ? "value" : `the value ${value}`),
        (thrown: unknown) => this.ended(submitted, nameOf(thrown)),
      ),
      end: undefined,
      wasCancelled: false,
      wasOpenAtClose: false,
    };
    this.calls.push(submitted);
  }

  cancel(index: number): void {
    const submitted = this.calls[index % this.calls.length];
    if (submitted === undefined) return;
    submitted.wasCancelled = true;
    this.pending.push(submitted.handle.cancel());
  }

  /** Kills a worker as nobody could foresee. */
  kill(index: number, kill: (pid: number) => void): void {
    const pids = this.runtime.stats().workers.flatMap(({ pid }) => (pid > 0 ? [pid] : []));
    const pid = pids[index % pids.length];
    if (pid === undefined) return;
    this.kills++;
    kill(pid);
  }

  resize(size: number): void {
    this.greatestSize = Math.max(this.greatestSize, size);
    this.pending.push(this.runtime.resize(size));
  }

  recycle(): void {
    this.pending.push(this.runtime.recycle());
  }

  drain(): void {
    this.refuseFromHere();
    this.pending.push(this.runtime.drain());
  }

  close(): void {
    this.refuseFromHere();
    for (const submitted of this.calls) submitted.wasOpenAtClose ||= submitted.end === undefined;
    this.pending.push(this.runtime.close());
  }

  /** Ends what has no end of its own, closes, and checks everything. */
  async finish(): Promise<void> {
    for (const { id, way } of this.calls) if (natural[way].length === 0) this.cancel(id);
    await within(Promise.all(this.calls.map(({ settled }) => settled)), () => `no end of ${this.open()}`);
    this.close();
    await within(
      Promise.all(this.pending),
      () => "a cancel, resize, recycle, drain or close never completes",
    );
    for (const submitted of this.calls) this.checkEnd(submitted);
    this.checkLosses();
    this.checkStarts();
    this.checkClosed();
  }

  private refuseFromHere(): void {
    this.refusesFrom = Math.min(this.refusesFrom, this.calls.length);
  }

  private ended(submitted: Submitted, end: End): void {
    assert.equal(submitted.end, undefined, `call ${submitted.id} ended twice`);
    submitted.end = end;
  }

  private open(): string {
    return this.calls
      .filter(({ end }) => end === undefined)
      .map(({ id, way }) => `${id} (${way})`)
      .join(", ");
  }

  private checkEnd({ end, id, wasCancelled, wasOpenAtClose, way }: Submitted): void {
    const allowed = new Set(natural[way]);
    if (wasCancelled) allowed.add("AbortError");
    if (wasOpenAtClose) allowed.add("AbortError").add("ShuttingDown");
    if (this.kills > 0) allowed.add("WorkerLost");
    if (id >= this.refusesFrom) {
      allowed.clear();
      allowed.add("ShuttingDown");
      // It was cancelled before it heard that it is refused.
      if (wasCancelled) allowed.add("AbortError");
    }
    assert.ok(end !== undefined && allowed.has(end), `call ${id} (${way}) ended as ${end}`);
  }

  // A worker takes no more than its own call with it.
  private checkLosses(): void {
    const lost = this.calls.filter(({ end, way }) => end === "WorkerLost" && way !== "exits");
    assert.ok(lost.length <= this.kills, `${lost.length} calls lost by ${this.kills} kills`);
  }

  private checkStarts(): void {
    const begun = this.bench.marks(this.file).map(Number);
    assert.equal(new Set(begun).size, begun.length, "a body ran twice");
    const refused = begun.filter((id) => id >= this.refusesFrom);
    assert.deepEqual(refused, [], "a body of a call that was refused");
    if (this.greatestSize > 1) return;
    for (const priority of new Set(this.calls.map((submitted) => submitted.priority))) {
      const order = begun.filter((id) => this.calls[id]?.priority === priority);
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        `the order of starts of priority ${priority}`,
      );
    }
  }

  private checkClosed(): void {
    const { queued, running, waiting, workers } = this.runtime.stats();
    assert.deepEqual(
      { queued, running, waiting, workers },
      { queued: 0, running: 0, waiting: 0, workers: [] },
    );
  }
}
