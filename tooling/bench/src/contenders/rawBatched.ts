/**
 * What batching alone gives: calls of one turn go to each worker in one flat message, answers come back in one.
 * A prototype: no errors, no cancelling, no fairness.
 */
import type { BodyName } from "../bodies.ts";
import type { Contender, ContenderKind, Pool } from "../contract.ts";
import { inChunks } from "../loops.ts";
import { type Channel, childProcess, thread } from "../rawChannel.ts";
import { workerFile } from "../workerFile.ts";

const windowPerWorker = 1024;
const mapChunk = 16_384;

interface Lane {
  readonly channel: Channel;
  inFlight: number;
}

class BatchedPool {
  private readonly lanes: ReadonlyArray<Lane>;
  private readonly resolves: Array<((output: unknown) => void) | undefined> = [];
  private readonly free: Array<number> = [];
  /** Flat: id, body, input. */
  private queue: Array<unknown> = [];
  private head = 0;
  private state: "idle" | "scheduled" = "idle";

  constructor(channels: ReadonlyArray<Channel>) {
    this.lanes = channels.map((channel) => ({ channel, inFlight: 0 }));
    for (const lane of this.lanes)
      lane.channel.onMessage((answers) => this.take(lane, answers as ReadonlyArray<unknown>));
  }

  readonly run = (body: BodyName, input: unknown): Promise<unknown> =>
    new Promise((resolve) => {
      const id = this.free.pop() ?? this.resolves.length;
      this.resolves[id] = resolve;
      this.queue.push(id, body, input);
      if (this.state === "scheduled") return;
      this.state = "scheduled";
      process.nextTick(this.flush);
    });

  readonly close = async (): Promise<void> =>
    void (await Promise.all(this.lanes.map(({ channel }) => channel.close())));

  private readonly flush = (): void => {
    this.state = "idle";
    let waiting = (this.queue.length - this.head) / 3;
    const inFlight = this.lanes.reduce((sum, lane) => sum + lane.inFlight, 0);
    // To the same level in all lanes.
    const level = Math.min(windowPerWorker, Math.ceil((waiting + inFlight) / this.lanes.length));
    for (const lane of this.lanes) {
      const count = Math.min(waiting, level - lane.inFlight);
      if (count <= 0) continue;
      lane.channel.post(this.queue.slice(this.head, this.head + count * 3));
      lane.inFlight += count;
      this.head += count * 3;
      waiting -= count;
    }
    if (waiting > 0) return;
    this.queue = [];
    this.head = 0;
  };

  private take(lane: Lane, answers: ReadonlyArray<unknown>): void {
    for (let i = 0; i < answers.length; i += 2) {
      const id = answers[i] as number;
      this.resolves[id]?.(answers[i + 1]);
      this.resolves[id] = undefined;
      this.free.push(id);
    }
    lane.inFlight -= answers.length / 2;
    if (this.head < this.queue.length) this.flush();
  }
}

const poolOf = (channels: ReadonlyArray<Channel>): Pool => {
  const { close, run } = new BatchedPool(channels);
  return {
    run,
    map: (inputs, each) => inChunks({ run, chunk: mapChunk, inFlight: 2 * channels.length }, inputs, each),
    close,
  };
};

const contender = (id: string, title: string, kind: ContenderKind, channel: () => Channel): Contender => ({
  id,
  title,
  kind,
  role: "raw",
  file: "rawBatched",
  open: async (size) => poolOf(Array.from({ length: size }, channel)),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("raw-threads-batched", "raw postMessage, batched", "threads", () =>
    thread(workerFile("batchedThread")),
  ),
  contender("raw-processes-batched", "raw IPC, batched", "processes", () =>
    childProcess(workerFile("batchedProcess"), "json"),
  ),
];
