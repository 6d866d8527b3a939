/**
 * A world in which a pool lives: scripted workers, callers, and what must hold.
 */
import { assert, vi } from "@effect/vitest";

import * as Frame from "../src/Frame.ts";
import { type Call, type End, Pool } from "../src/Pool.ts";
import type { Resolved } from "../src/PoolOptions.ts";
import type { Listener, Transport } from "../src/Transport.ts";
import { defaults, ScriptedCall } from "./scripted.ts";

const { Kind } = Frame;

export type Life = "starting" | "idle" | "busy" | "closing" | "dying" | "killed" | "exited";

/** How long a killed worker counts although nothing is heard of it. */
const abandonMillis = 5000;

/** A worker as it must be, judged by what it was sent and what it did alone. */
export class ModelWorker {
  life: Life = "starting";
  call: number | undefined;
  isCancelled = false;
  killedAt = Number.POSITIVE_INFINITY;
  readonly listener: Listener;
  constructor(listener: Listener) {
    this.listener = listener;
  }
  /** It has ended, or was given up because it does not end although it was killed. */
  get isGone(): boolean {
    return this.life === "exited" || performance.now() - this.killedAt >= abandonMillis;
  }
  get hasCall(): boolean {
    return this.call !== undefined;
  }
}

/** What its caller does when it is told of the end. */
export type AtEnd = "nothing" | "submits" | "cancels all" | "closes";

export interface Submitted {
  readonly call: Call;
  /** In the order of submission; its frames have another. */
  readonly number: number;
  readonly priority: number;
  readonly depth: number;
  readonly submittedAt: number;
  readonly parent: Submitted | undefined;
  readonly children: Set<Submitted>;
  state: "waiting" | "running" | "ended";
  ends: Array<End>;
  cancelled: boolean;
  readonly atEnd: AtEnd;
}

const agingMillis = 1000;

export class World {
  readonly pool: Pool;
  readonly calls: Array<Submitted> = [];
  readonly workers: Array<ModelWorker> = [];
  size: number;
  isClosing = false;
  private readonly findings: Array<unknown> = [];
  /** Calls before which another was started: they must have been refused with the same step, and just not been told. */
  private readonly passed = new Set<Submitted>();
  /** What the pool has promised to come to an end, and has not. */
  private readonly promises = new Set<string>();
  closed: Promise<void> | undefined;

  constructor(options: Partial<Resolved>) {
    const resolved = { ...defaults, agingMillis, ...options };
    this.size = resolved.size;
    const transport: Transport = { spawn: (_, listener) => this.spawn(listener) };
    this.pool = new Pool("model", transport, resolved);
  }

  private blocked(): number {
    return this.calls.filter(({ children, state }) => state === "running" && children.size > 0).length;
  }

  private spawn(listener: Listener): ReturnType<Transport["spawn"]> {
    assert.isFalse(this.isClosing, "started a worker after close");
    const worker = new ModelWorker(listener);
    this.workers.push(worker);
    const present = this.workers.filter(({ isGone, life }) => !isGone && life !== "closing").length;
    assert.isAtMost(present, this.size + this.blocked(), "more workers than allowed");
    return {
      // The pool takes what `send` throws for a value that cannot be cloned: it would swallow the finding.
      send: (frames) => {
        try {
          for (const frame of frames) this.sent(worker, frame);
        } catch (cause) {
          this.findings.push(cause);
        }
      },
      raiseCancelFlag: (call) => assert.strictEqual(call, worker.call, "a flag for a neighbour"),
      kill: () => {
        assert.notInclude(["killed", "exited"], worker.life, "killed twice");
        worker.life = "killed";
        worker.killedAt = performance.now();
      },
      ref: () => undefined,
      unref: () => undefined,
    };
  }

  private sent(worker: ModelWorker, frame: Frame.HostFrame): void {
    switch (frame[0]) {
      case Kind.run:
        assert.strictEqual(worker.life, "idle", "a call for a worker that is not idle");
        this.checkTurn(Number(frame[2]));
        worker.life = "busy";
        worker.call = frame[1];
        worker.isCancelled = false;
        break;
      case Kind.cancel:
        assert.strictEqual(frame[1], worker.call, "a cancel for a neighbour");
        worker.isCancelled = true;
        break;
      case Kind.close:
        assert.strictEqual(worker.life, "idle", "an orderly close of a worker that is not idle");
        worker.life = "closing";
        break;
    }
  }

  // The rule, in its plainest form.
  private checkTurn(number: number): void {
    const running = this.calls.filter(({ state }) => state === "running").length;
    assert.isBelow(running, this.size + this.blocked(), "more calls than allowed");
    const now = performance.now();
    const rank = (c: Submitted): number => c.priority + Math.floor((now - c.submittedAt) / agingMillis);
    const waiting = this.calls
      .filter(({ state }) => state === "waiting")
      .toSorted((a, b) => b.depth - a.depth || rank(b) - rank(a) || a.number - b.number);
    const turn = waiting.findIndex((call) => call.number === number);
    assert.isAtLeast(turn, 0, "a call that does not wait");
    for (const passed of waiting.slice(0, turn)) this.passed.add(passed);
  }

  submit(priority: number, parent: Submitted | undefined, task: string, atEnd: AtEnd = "nothing"): void {
    const number = this.calls.length + 1;
    const depth = parent === undefined ? 0 : parent.depth + 1;
    const submitted: Submitted = {
      call: new ScriptedCall({
        id: String(number),
        task,
        priority,
        depth,
        onStarted: () => {
          assert.strictEqual(submitted.state, "waiting", "started twice");
          submitted.state = "running";
        },
        onEnd: (end) => this.ended(submitted, end),
      }),
      number,
      priority,
      depth,
      submittedAt: performance.now(),
      parent,
      children: new Set(),
      state: "waiting",
      ends: [],
      cancelled: false,
      atEnd,
    };
    this.calls.push(submitted);
    if (parent !== undefined) {
      parent.children.add(submitted);
      this.pool.setBlocked(parent.call, true);
    }
    this.pool.submit(submitted.call);
  }

  private ended(submitted: Submitted, end: End): void {
    submitted.ends.push(end);
    assert.lengthOf(submitted.ends, 1, "ended twice");
    this.checkEnd(submitted, end);
    submitted.state = "ended";
    const { children, parent } = submitted;
    for (const child of children) this.cancel(child);
    this.react(submitted);
    if (parent === undefined) return;
    parent.children.delete(submitted);
    if (parent.children.size === 0) this.pool.setBlocked(parent.call, false);
  }

  private react({ atEnd, priority }: Submitted): void {
    if (atEnd === "submits") this.submit(priority, undefined, "again");
    if (atEnd === "closes") this.close();
    if (atEnd === "cancels all")
      for (const other of this.calls) if (other.ends.length === 0) this.cancel(other);
  }

  /** Notes something that has to come to an end of its own. */
  promised(what: string, promise: Promise<void>): void {
    const name = `${what} ${this.promises.size}`;
    this.promises.add(name);
    void promise.then(() => this.promises.delete(name));
  }

  private checkEnd({ cancelled, state }: Submitted, { _tag }: End): void {
    assert.notInclude(["NotSerializable", "Refused"], _tag);
    if (_tag === "Cancelled") assert.isTrue(cancelled, "nobody had cancelled it");
    if (_tag === "Lost") assert.isFalse(cancelled, "it was cancelled, so nobody lost it");
    if (_tag === "Closed") assert.isTrue(this.isClosing, "the pool is open");
    const needs = {
      Outcome: "running",
      Lost: "running",
      Unavailable: "waiting",
      Quarantined: "waiting",
    } as const;
    if (Object.hasOwn(needs, _tag)) assert.strictEqual(state, needs[_tag as keyof typeof needs], _tag);
  }

  cancel(submitted: Submitted): void {
    submitted.cancelled = true;
    this.pool.cancel(submitted.call);
  }

  finish(worker: ModelWorker, outcome: unknown): void {
    const { call } = worker;
    worker.life = "idle";
    worker.call = undefined;
    worker.listener.onFrames([[Kind.outcome, call, outcome]]);
  }

  exit(worker: ModelWorker, exitCode: number): void {
    worker.life = "exited";
    worker.call = undefined;
    worker.listener.onExit({
      exitCode,
      signal: null,
      cause: undefined,
      stderrTail: "",
      isOutOfMemory: false,
    });
  }

  close(): void {
    this.isClosing = true;
    this.closed = this.pool.close();
    this.promised("close", this.closed);
  }

  alive(...lives: ReadonlyArray<Life>): ReadonlyArray<ModelWorker> {
    return this.workers.filter(({ life }) => lives.includes(life));
  }

  check(): void {
    for (const finding of this.findings) throw finding;
    for (const { ends } of this.passed) {
      assert.strictEqual(
        ends[0]?._tag,
        "Quarantined",
        "a later call was started before one whose turn it was",
      );
    }
    this.passed.clear();
    const busy = this.workers.filter((worker) => worker.hasCall && !worker.isGone).length;
    const running = this.calls.filter(({ state }) => state === "running").length;
    assert.strictEqual(running, busy, "calls that run and workers that have one");
    for (const { ends, state } of this.calls) assert.strictEqual(ends.length, state === "ended" ? 1 : 0);
    const waiting = this.calls.filter(({ state }) => state === "waiting").length;
    if (this.closed !== undefined) assert.strictEqual(waiting, 0, "a call waits after close");
    const isFree = this.alive("idle").length > 0 && running < this.size + this.blocked();
    assert.isFalse(isFree && waiting > 0, "a call waits though a worker is idle");
  }

  // What happens to one may change the others.
  private forEach(life: Life, act: (worker: ModelWorker) => void): void {
    for (const worker of this.alive(life)) if (worker.life === life) act(worker);
  }

  /** From here on all goes well: workers start, calls succeed, what is to end ends. Every call has to. */
  settle(): void {
    for (let round = 0; round < 200 && this.calls.some(({ state }) => state !== "ended"); round++) {
      for (const worker of this.alive("killed", "closing", "dying")) this.exit(worker, 0);
      this.forEach("starting", (worker) => this.ready(worker));
      this.forEach("busy", (worker) => this.finish(worker, { _tag: "Success", value: 1 }));
      this.check();
      vi.advanceTimersByTime(500);
    }
    assert.isTrue(
      this.calls.every(({ state }) => state === "ended"),
      "a call never ends",
    );
  }

  ready(worker: ModelWorker): void {
    worker.life = "idle";
    worker.listener.onFrames([[Kind.ready, Frame.version, 1, 1]]);
  }

  /** Lets everything that lives end. */
  async drain(): Promise<void> {
    if (this.closed === undefined) this.close();
    for (const worker of this.workers) if (worker.life !== "exited") this.exit(worker, 0);
    await this.closed;
    assert.isTrue(
      this.calls.every(({ ends }) => ends.length === 1),
      "a call without an end",
    );
    assert.deepStrictEqual(this.pool.stats(), []);
    // Each of them is told in a few turns.
    for (let n = 0; n < 10; n++) await Promise.resolve();
    assert.deepStrictEqual([...this.promises], []);
    assert.strictEqual(vi.getTimerCount(), 0, "a timer is left");
  }
}
