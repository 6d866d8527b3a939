import { vi } from "@effect/vitest";
/**
 * A worker's loop over a port in memory: the test is its host.
 */
import type * as Task from "@heddle/core/Task";

import * as Frame from "../../src/Frame.ts";
import { serve } from "../../src/worker/loop.ts";
import type { Port } from "../../src/worker/port.ts";

type FrameOf<K extends Frame.WorkerFrame[0]> = Extract<
  Frame.WorkerFrame,
  readonly [K, ...ReadonlyArray<unknown>]
>;

interface CallOptions {
  readonly mode?: Task.Mode;
  readonly trace?: readonly [string, string, boolean];
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly deadlineEpochMillis?: number;
}

export class Host {
  readonly sent: Array<Frame.WorkerFrame> = [];
  /** The lists of what was to be moved, frame by frame. */
  readonly moved: Array<ReadonlyArray<unknown>> = [];
  isClosed = false;
  /** Its channel is broken: nothing leaves the worker. */
  isBroken = false;
  private readonly receive: (frames: ReadonlyArray<Frame.HostFrame>) => void;
  private last = 0;

  /** `told`: what its platform tells the worker; `modules`: what was bundled with it. */
  constructor(
    told: Pick<Port, "onDying" | "heapUsedBytes" | "accept"> = {},
    modules?: ReadonlyArray<object>,
  ) {
    let listener: (frames: ReadonlyArray<unknown>) => void = () => undefined;
    const port: Port = {
      lane: "memory/0",
      pid: 1,
      threadId: 1,
      capabilities: { isolation: "isolate", transfer: true, sharedMemory: true },
      post: (frames, transfer = []) => {
        if (this.isBroken) throw new Error("the channel is broken");
        this.sent.push(...structuredClone(frames, { transfer: [...transfer] as Array<ArrayBuffer> }));
        this.moved.push(transfer);
      },
      onFrames: (given) => void (listener = given),
      isCancelFlagRaised: () => false,
      close: () => void (this.isClosed = true),
      ...told,
    };
    serve(port, modules);
    this.receive = (frames) => listener(structuredClone(frames));
  }

  send(...frames: ReadonlyArray<Frame.HostFrame>): void {
    this.receive(frames);
  }

  /** Asks for a call and gives its number. */
  call(task: Pick<Task.Any, "module" | "name">, input: unknown, options: CallOptions = {}): number {
    const number = ++this.last;
    const { annotations, deadlineEpochMillis, mode = "value", trace } = options;
    const envelope = { trace, annotations, deadlineEpochMillis };
    this.send([Frame.Kind.run, number, `job${number}`, task.module!, task.name, mode, input, 1, envelope, 0]);
    return number;
  }

  of<K extends Frame.WorkerFrame[0]>(kind: K): ReadonlyArray<FrameOf<K>> {
    return this.sent.filter((frame): frame is FrameOf<K> => frame[0] === kind);
  }

  /** The nth frame of a kind, once it came. */
  frame<K extends Frame.WorkerFrame[0]>(kind: K, n = 0): Promise<FrameOf<K>> {
    return vi.waitFor(
      () => {
        const frame = this.of(kind)[n];
        if (frame === undefined)
          throw new Error(`no frame ${kind}; there are ${JSON.stringify(this.sent, text)}`);
        return frame;
      },
      { timeout: 5000, interval: 1 },
    );
  }

  /** Completes when a condition holds and nothing is under way any more. */
  async settled(holds: () => boolean): Promise<void> {
    await vi.waitFor(() => holds() || Promise.reject(new Error("never settled")), {
      timeout: 5000,
      interval: 1,
    });
    await turns();
  }

  /** The outcome or refusal of a call, once it ended. */
  end(call: number): Promise<unknown> {
    return vi.waitFor(
      () => {
        const ends = this.sent.filter(
          (frame) =>
            (frame[0] === Frame.Kind.outcome || frame[0] === Frame.Kind.refused) && frame[1] === call,
        );
        if (ends.length !== 1) throw new Error(`${ends.length} ends`);
        return ends[0]![2];
      },
      { timeout: 5000, interval: 1 },
    );
  }
}

const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);

/** Lets everything that is under way in this process come to rest; nothing in a loop over memory waits for a timer. */
export const turns = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
};
