/**
 * A pool over a transport in memory, whose workers do what the test says.
 */
import type { HostFrame } from "../src/Frame.ts";
import * as Frame from "../src/Frame.ts";
import { type Call, type End, Pool } from "../src/Pool.ts";
import type { Resolved } from "../src/PoolOptions.ts";
import type { Listener, Transport } from "../src/Transport.ts";

class ScriptedWorker {
  readonly listener: Listener;
  readonly received: Array<HostFrame> = [];
  killed = false;

  constructor(listener: Listener) {
    this.listener = listener;
  }

  send(...frames: ReadonlyArray<unknown>): void {
    this.listener.onFrames(frames);
  }

  ready(): void {
    this.send([Frame.Kind.ready, Frame.version, 1, 1]);
  }

  exit(exitCode = 0): void {
    this.listener.onExit({ exitCode, signal: null, cause: undefined, stderrTail: "", isOutOfMemory: false });
  }

  succeed(call: Call, value?: unknown): void {
    this.send([Frame.Kind.outcome, call.number, { _tag: "Success", value }]);
  }

  get kinds(): ReadonlyArray<number> {
    return this.received.map(([kind]) => kind);
  }
}

export const scripted = (options: Partial<Resolved> = {}) => {
  const workers: Array<ScriptedWorker> = [];
  const transport: Transport = {
    spawn: (_, listener) => {
      const worker = new ScriptedWorker(listener);
      workers.push(worker);
      return {
        send: (frames) => void worker.received.push(...frames),
        raiseCancelFlag: () => undefined,
        kill: () => void (worker.killed = true),
        ref: () => undefined,
        unref: () => undefined,
      };
    },
  };
  const pool = new Pool("scripted", transport, {
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
    ...options,
  });
  const submit = () => {
    const ends: Array<End> = [];
    const events: Array<unknown> = [];
    const call = pool.submit({
      jobId: "1",
      module: "file:///x.ts",
      task: "x",
      mode: "value",
      input: 1,
      transfer: [],
      attempt: 1,
      envelope: { trace: undefined, annotations: undefined, deadlineEpochMillis: undefined },
      onStarted: () => undefined,
      onEvent: (frame) => void events.push(frame),
      onEnd: (end) => void ends.push(end),
    });
    return { call, ends, events };
  };
  return { pool, workers, submit };
};
