import { vi } from "@effect/vitest";
import * as Task from "@heddle/core/Task";
/**
 * A pool over a transport in memory, whose workers do what the test says.
 */
import type { Unit } from "@heddle/core/TaskContext";

import type { HostFrame } from "../src/Frame.ts";
import * as Frame from "../src/Frame.ts";
import * as Offers from "../src/Offers.ts";
import { Call, type End, Pool, type Request } from "../src/Pool.ts";
import type { Resolved } from "../src/PoolOptions.ts";
import type { Listener, Transport, WorkerExit } from "../src/Transport.ts";
import type { CallFrame } from "../src/Worker.ts";

const { Kind } = Frame;

export class ScriptedWorker {
  readonly lane: string;
  readonly listener: Listener;
  readonly received: Array<HostFrame> = [];
  readonly flags: Array<number> = [];
  killed = false;
  exited = false;
  isRef = true;
  readonly words = new Int32Array(new SharedArrayBuffer(Offers.mostOpen * Int32Array.BYTES_PER_ELEMENT));
  private readonly accept = Offers.acceptFrom(this.words);

  constructor(lane: string, listener: Listener) {
    this.lane = lane;
    this.listener = listener;
  }

  send(...frames: ReadonlyArray<unknown>): void {
    this.listener.onFrames(frames);
  }

  ready(): void {
    this.send([Kind.ready, Frame.version, 1, 1]);
  }

  exit(exitCode = 0, exit: Partial<WorkerExit> = {}): void {
    this.exited = true;
    this.listener.onExit({
      exitCode,
      signal: null,
      cause: undefined,
      stderrTail: "",
      isOutOfMemory: false,
      ...exit,
    });
  }

  succeed(call: Call, value?: unknown, micros?: number): void {
    this.send([Kind.outcome, call.number, { _tag: "Success", value }, micros]);
  }

  /** Begins with a call that it was given ahead; false when that was taken back. */
  claim(call: Call): boolean {
    return this.accept(this.tickets.get(call.number) ?? -1) === "mine";
  }

  /** The tickets of the calls that it was given ahead, by their numbers. */
  get tickets(): ReadonlyMap<number, number> {
    const tickets = new Map<number, number>();
    for (const frame of this.received) {
      if (frame[0] !== Kind.runAhead) continue;
      for (let at = 0; at < frame[4].length; at += 5) {
        tickets.set(frame[4][at] as number, frame[4][at + 4] as number);
      }
    }
    return tickets;
  }

  get kinds(): ReadonlyArray<number> {
    return this.received.map(([kind]) => kind);
  }

  /** The numbers of the calls that it was given. */
  get calls(): ReadonlyArray<number> {
    return this.received.flatMap((frame) =>
      frame[0] === Kind.run || frame[0] === Kind.runSeries ? [frame[1]] : [],
    );
  }

  get isClosing(): boolean {
    return this.kinds.includes(Kind.close);
  }
}

export const defaults: Resolved = {
  size: 1,
  minSize: 0,
  idleMillis: Number.POSITIVE_INFINITY,
  prewarm: false,
  recycleJobs: Number.POSITIVE_INFINITY,
  recycleAgeMillis: Number.POSITIVE_INFINITY,
  recycleHeapMiB: Number.POSITIVE_INFINITY,
  memoryLimitMiB: undefined,
  quarantineAfter: 3,
  quarantineMillis: 30_000,
  maxRestarts: 10,
  restartsMillis: 10_000,
  agingMillis: 1000,
  daemon: false,
  graceMillis: 1000,
  startMillis: 1000,
  closeMillis: 1000,
  execArgv: undefined,
  env: undefined,
};

const noEnvelope: Request["envelope"] = {
  trace: undefined,
  annotations: undefined,
  deadlineEpochMillis: undefined,
};

/** A turn of the loop: with the clock in hand it takes a millisecond. */
export const passTurn = (): void => void vi.advanceTimersByTime(1);

/** A transport in memory, and the workers that it has started. */
export const scriptedTransport = (sharesMemory = false) => {
  const workers: Array<ScriptedWorker> = [];
  const transport: Transport = {
    spawn: (lane, listener) => {
      const worker = new ScriptedWorker(lane, listener);
      workers.push(worker);
      const send = (frames: ReadonlyArray<HostFrame>): void =>
        void worker.received.push(...structuredClone(frames));
      return {
        send,
        offers: sharesMemory ? Offers.overWords(worker.words, send) : undefined,
        raiseCancelFlag: (call) => void worker.flags.push(call),
        kill: () => void (worker.killed = true),
        ref: () => void (worker.isRef = true),
        unref: () => void (worker.isRef = false),
      };
    },
  };
  return { transport, workers };
};

/** What a test asks for, and what it does when it hears of it. */
export interface Script extends Partial<Omit<Request, "task">> {
  readonly module?: string;
  readonly task?: string;
  readonly onStarted?: (unit: Unit) => void;
  readonly onFrame?: (frame: CallFrame) => string | undefined;
  readonly onEnd?: (end: End) => void;
}

// What is known of a task is known of that object.
const tasks = new Map<string, Task.Any>();

const taskOf = (module: string, name: string): Task.Any => {
  const key = `${module}#${name}`;
  const task = tasks.get(key) ?? Task.make({ name, module, body: (n: number) => n });
  tasks.set(key, task);
  return task;
};

export class ScriptedCall extends Call {
  private readonly script: Script;

  constructor(script: Script) {
    const { module = "file:///x.ts", task = "x", ...request } = script;
    super({
      id: "1",
      task: taskOf(module, task),
      mode: "value",
      input: 1,
      transfer: [],
      attempt: 1,
      envelope: noEnvelope,
      priority: 0,
      depth: 0,
      timeoutMillis: undefined,
      ...request,
    });
    this.script = script;
  }

  onStarted(unit: Unit): void {
    this.script.onStarted?.(unit);
  }

  onFrame(frame: CallFrame): string | undefined {
    return this.script.onFrame?.(frame);
  }

  onEnd(end: End): void {
    this.script.onEnd?.(end);
  }
}

export const scripted = (options: Partial<Resolved> = {}, sharesMemory = false) => {
  const { transport, workers } = scriptedTransport(sharesMemory);
  const pool = new Pool("scripted", transport, { ...defaults, ...options });
  const submit = (script: Script = {}) => {
    const ends: Array<End> = [];
    const events: Array<unknown> = [];
    const call = new ScriptedCall({
      onFrame: (frame) => void events.push(frame),
      onEnd: (end) => void ends.push(end),
      ...script,
    });
    pool.submit(call);
    return { call, ends, events };
  };
  return { pool, workers, submit };
};
