/**
 * A world in which a pool lives: scripted workers, callers, and what must hold.
 */
import { assert, vi } from "@effect/vitest";

import * as Frame from "../src/Frame.ts";
import * as Offers from "../src/Offers.ts";
import { type End, Pool } from "../src/Pool.ts";
import type { Resolved } from "../src/PoolOptions.ts";
import type { Listener, Transport } from "../src/Transport.ts";
import { type AtEnd, type Life, ModelWorker, type Submitted } from "./modelParts.ts";
import { defaults, ScriptedCall } from "./scripted.ts";

const { Kind } = Frame;

const agingMillis = 1000;

/** What is given together waits for the end of the present code, and so does what was left then. */
export const atRest = async (): Promise<void> => {
  for (let n = 0; n < 3; n++) await Promise.resolve();
};

export class World {
  readonly pool: Pool;
  /** How often the loop is to turn before the next check. */
  turns = 0;
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
  private readonly sharesMemory: boolean;
  private losses = 0;

  constructor(options: Partial<Resolved>, sharesMemory: boolean) {
    this.sharesMemory = sharesMemory;
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
    // The pool takes what `send` throws for a value that cannot be cloned: it would swallow the finding.
    const send = (frames: ReadonlyArray<Frame.HostFrame>): void => {
      try {
        for (const frame of frames) this.sent(worker, frame);
      } catch (cause) {
        this.findings.push(cause);
      }
    };
    return {
      send,
      offers: this.sharesMemory ? Offers.overWords(worker.words, send) : undefined,
      raiseCancelFlag: (call) => assert.strictEqual(call, worker.head?.number, "a flag for a neighbour"),
      kill: () => {
        assert.notInclude(["killed", "exited"], worker.life, "killed twice");
        assert.lengthOf(worker.ahead, 0, "a kill with calls that could have been taken back");
        worker.life = "killed";
        worker.killedAt = performance.now();
      },
      ref: () => undefined,
      unref: () => undefined,
    };
  }

  private sent(worker: ModelWorker, frame: Frame.HostFrame): void {
    // It is closed in order only when the last end has been read.
    if (frame[0] === Kind.close) worker.unread = [];
    // What was behind has been taken back by whoever was told of the end.
    if (worker.life === "busy" && !worker.hasCall) worker.life = "idle";
    switch (frame[0]) {
      case Kind.run:
        this.given(worker, frame);
        break;
      case Kind.runAhead: {
        const [, module, task, envelope, calls] = frame;
        for (let at = 0; at < calls.length; at += 5) {
          const [number, id, input, attempt, ticket] = calls.slice(at, at + 5) as [
            number,
            string,
            unknown,
            number,
            number,
          ];
          this.given(worker, [Kind.run, number, id, module, task, "value", input, attempt, envelope, ticket]);
        }
        break;
      }
      case Kind.cancel:
        assert.strictEqual(frame[1], worker.head?.number, "a cancel for a neighbour");
        assert.lengthOf(worker.ahead, 0, "a call that waits behind one that may be killed");
        // One that has ended, and is just being read, does not stop any more.
        worker.isCancelled = !worker.unread.includes(worker.head!);
        break;
      case Kind.close:
        assert.strictEqual(worker.life, "idle", "an orderly close of a worker that is not idle");
        worker.life = "closing";
        break;
    }
  }

  private given(worker: ModelWorker, frame: Frame.HostFrameOf<"run">): void {
    const [, number, id, , , , , , , ticket] = frame;
    const submitted = this.calls[Number(id) - 1]!;
    if (ticket === 0) {
      assert.strictEqual(worker.life, "idle", "a call for a worker that is not idle");
      this.checkRoom(submitted);
      worker.life = "busy";
      worker.isCancelled = false;
    } else {
      assert.isTrue(this.sharesMemory, "ahead without shared memory");
      assert.strictEqual(worker.life, "busy", "a call ahead for a worker that does not run");
      assert.isFalse(worker.isCancelled, "a call behind one that may be killed");
      assert.strictEqual(this.blocked(), 0, "a call ahead for a place that is lent");
      assert.strictEqual(submitted.depth, 0, "a nested call ahead");
    }
    this.checkTurn(submitted.number);
    worker.held.push({ number, ticket, submitted, state: "waiting" });
    if (ticket === 0) this.begin(worker);
  }

  /** It comes to the next call that it was given, if there is one that was not taken back. */
  begin(worker: ModelWorker): void {
    if (worker.running !== undefined || worker.isGone) return;
    for (const held of worker.held) {
      if (held.state !== "waiting") continue;
      if (held.ticket !== 0 && worker.accept(held.ticket) !== "mine") continue;
      held.state = "begun";
      held.submitted.begun++;
      assert.strictEqual(held.submitted.begun, 1, "a body ran twice");
      assert.lengthOf(held.submitted.ends, 0, "a body of a call that has ended");
      break;
    }
    worker.held = worker.held.filter((held) => held.state !== "waiting" || worker.isPresent(held));
  }

  // What its worker has begun with cannot be helped: it began before the pool knew.
  private checkRoom({ begun }: Submitted): void {
    const running = this.calls.filter(({ state }) => state === "running").length;
    if (begun === 0) assert.isBelow(running, this.size + this.blocked(), "more calls than allowed");
  }

  // The rule, in its plainest form.
  private checkTurn(number: number): void {
    const now = performance.now();
    const rank = (c: Submitted): number => c.priority + Math.floor((now - c.submittedAt) / agingMillis);
    const waiting = this.calls
      .filter((c) => c.state === "waiting" && (c.call.state === "waiting" || c.number === number))
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
          this.checkRoom(submitted);
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
      begun: 0,
      atEnd,
    };
    this.calls.push(submitted);
    if (parent !== undefined) {
      parent.children.add(submitted);
      this.pool.setBlocked(parent.call, true);
    }
    this.pool.submit(submitted.call);
    this.checkOutranked(submitted);
  }

  // Nobody waits behind what is less urgent and has not begun.
  private checkOutranked({ call, depth, priority }: Submitted): void {
    if (call.state !== "waiting") return;
    const given = this.workers.flatMap(({ ahead, isGone }) => (isGone ? [] : ahead));
    for (const { submitted } of given) {
      assert.isFalse(
        depth > submitted.depth || priority > submitted.priority,
        "it waits behind what it outranks",
      );
    }
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

  private checkEnd({ begun, cancelled, state }: Submitted, { _tag }: End): void {
    assert.notInclude(["NotSerializable", "Refused"], _tag);
    if (_tag === "Outcome") assert.strictEqual(begun, 1, "the outcome of a body that never ran");
    if (_tag === "Cancelled") assert.isTrue(cancelled, "nobody had cancelled it");
    if (_tag === "Lost") assert.isFalse(cancelled, "it was cancelled, so nobody lost it");
    if (_tag === "Closed") assert.isTrue(this.isClosing, "the pool is open");
    const needs = {
      Outcome: "running",
      Lost: "running",
      Unavailable: "waiting",
      Quarantined: "waiting",
    } as const;
    if (_tag === "Lost") this.losses++;
    if (Object.hasOwn(needs, _tag)) assert.strictEqual(state, needs[_tag as keyof typeof needs], _tag);
  }

  cancel(submitted: Submitted): void {
    submitted.cancelled = true;
    this.pool.cancel(submitted.call);
  }

  /** Its body ends, and the worker sends that; it is not read yet. */
  end(worker: ModelWorker, outcome: unknown, micros?: number): void {
    const { running } = worker;
    if (running === undefined) return;
    running.state = "ended";
    worker.mail.push([Kind.outcome, running.number, outcome, micros]);
  }

  /** The pool reads what has come. */
  deliver(worker: ModelWorker, together = false): void {
    const mail = worker.mail.splice(0);
    if (worker.life !== "busy") return;
    if (together) return this.read(worker, mail);
    for (const frame of mail) this.read(worker, [frame]);
  }

  finish(worker: ModelWorker, outcome: unknown, micros?: number): void {
    this.begin(worker);
    this.end(worker, outcome, micros);
    this.deliver(worker);
  }

  private read(worker: ModelWorker, mail: ReadonlyArray<readonly unknown[]>): void {
    if (worker.life !== "busy") return;
    const ended = new Set(mail.map(([, number]) => number));
    worker.unread = worker.held.filter(({ number }) => ended.has(number));
    worker.held = worker.held.filter(({ number }) => !ended.has(number));
    worker.isCancelled = false;
    if (!worker.hasCall) worker.life = "idle";
    worker.listener.onFrames(mail);
    // Whoever was told of an end may have closed the pool: what came with it is not looked at any more.
    if (worker.isKilled)
      worker.held.unshift(...worker.unread.filter(({ submitted }) => submitted.state === "running"));
    worker.unread = [];
    if (worker.life === "busy" && !worker.hasCall) worker.life = "idle";
  }

  exit(worker: ModelWorker, exitCode: number): void {
    const unread = worker.life === "busy" ? 0 : worker.mail.length;
    this.deliver(worker);
    const { losses } = this;
    worker.life = "exited";
    this.told(worker, exitCode);
    worker.held = [];
    assert.isAtMost(this.losses - losses, 1 + unread, "a worker took more than the call that it ran");
  }

  private told(worker: ModelWorker, exitCode: number): void {
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
    const waiting = this.calls.filter(
      ({ call, state }) => state === "waiting" && call.state === "waiting",
    ).length;
    if (this.closed !== undefined) assert.strictEqual(waiting, 0, "a call waits after close");
    const isFree = this.alive("idle").length > 0 && running < this.size + this.blocked();
    assert.isFalse(isFree && waiting > 0, "a call waits though a worker is idle");
  }

  /** Lets the loop turn, once for each worker: one that is idle gets half of what another one holds. */
  async turn(): Promise<void> {
    if (this.turns === 0) return;
    for (; this.turns > 0; this.turns--) {
      vi.advanceTimersByTime(2);
      await atRest();
    }
    this.checkBalance();
  }

  // Once the loop has turned, nobody is idle while others hold calls that they have not begun with.
  private checkBalance(): void {
    const running = this.calls.filter(({ state }) => state === "running").length;
    const isFree = this.alive("idle").length > 0 && running < this.size + this.blocked();
    const isHeld = this.alive("busy").some(({ ahead }) => ahead.length > 0);
    assert.isFalse(isFree && isHeld, "a worker is idle though another holds more than it runs");
  }

  // What happens to one may change the others.
  private forEach(life: Life, act: (worker: ModelWorker) => void): void {
    for (const worker of this.alive(life)) if (worker.life === life) act(worker);
  }

  /** From here on all goes well: workers start, calls succeed, what is to end ends. Every call has to. */
  async settle(): Promise<void> {
    for (let round = 0; round < 200 && this.calls.some(({ state }) => state !== "ended"); round++) {
      for (const worker of this.alive("killed", "closing", "dying")) this.exit(worker, 0);
      this.forEach("starting", (worker) => this.ready(worker));
      this.forEach("busy", (worker) => this.finish(worker, { _tag: "Success", value: 1 }));
      await atRest();
      this.check();
      vi.advanceTimersByTime(500);
    }
    assert.isTrue(
      this.calls.every(({ state }) => state === "ended"),
      "a call never ends",
    );
  }

  /** Runs each task so often that the pool knows them to be short. */
  async learn(tasks: ReadonlyArray<string>): Promise<void> {
    for (const task of tasks) for (let n = 0; n < 8; n++) this.submit(0, undefined, task);
    for (let round = 0; round < 200 && this.calls.some(({ state }) => state !== "ended"); round++) {
      for (const worker of this.alive("closing")) this.exit(worker, 0);
      this.forEach("starting", (worker) => this.ready(worker));
      this.forEach("busy", (worker) => this.finish(worker, { _tag: "Success", value: 1 }, 1));
      await atRest();
      this.check();
    }
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
