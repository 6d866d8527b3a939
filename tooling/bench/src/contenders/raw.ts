/** The plain limit: workers without a library, one message per call and per answer, in turn to each worker. */
import type { BodyName } from "../bodies.ts";
import type { Contender, ContenderKind, Pool } from "../contract.ts";
import { inChunks } from "../loops.ts";
import { type Channel, childProcess, thread } from "../rawChannel.ts";
import { workerFile } from "../workerFile.ts";

type Resolve = (output: unknown) => void;

const rawPool = (channels: ReadonlyArray<Channel>): Pool => {
  const waiting = new Map<number, Resolve>();
  let lastId = 0;
  let turn = 0;
  for (const channel of channels) {
    channel.onMessage((message) => {
      const [id, output] = message as readonly [number, unknown];
      const resolve = waiting.get(id);
      if (resolve === undefined) throw new Error(`an answer to no call: ${id}`);
      waiting.delete(id);
      resolve(output);
    });
  }
  const send = (
    channel: Channel | undefined,
    body: BodyName,
    input: unknown,
    moved?: ReadonlyArray<ArrayBuffer>,
  ) =>
    new Promise<unknown>((resolve) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      channel?.post([id, body, input], moved);
    });
  const run: Pool["run"] = (body, input, transfer) =>
    send(channels[turn++ % channels.length], body, input, transfer);
  return {
    run,
    map: (inputs, each) => inChunks({ run, chunk: 1, inFlight: 1000 }, inputs, each),
    close: async () => void (await Promise.all(channels.map((channel) => channel.close()))),
  };
};

/** The longest first, each to the worker that has least: what every worker gets, as positions in `inputs`. */
const split = (inputs: ReadonlyArray<number>, workers: number): ReadonlyArray<ReadonlyArray<number>> => {
  const shares = Array.from({ length: workers }, () => ({ total: 0, positions: [] as Array<number> }));
  const byLength = [...inputs.keys()].toSorted((a, b) => (inputs[b] ?? 0) - (inputs[a] ?? 0));
  for (const position of byLength) {
    const least = shares.reduce((a, b) => (b.total < a.total ? b : a));
    least.total += inputs[position] ?? 0;
    least.positions.push(position);
  }
  return shares.map(({ positions }) => positions);
};

/** Knows how long each task is and posts one message per worker: no scheduler can be better. */
const idealPool = (channels: ReadonlyArray<Channel>): Pool => {
  const pool = rawPool(channels);
  return {
    ...pool,
    runAll: async (body, inputs) => {
      if (body !== "burn") return Promise.all(inputs.map((input) => pool.run(body, input)));
      const outputs: Array<unknown> = [];
      const shares = split(inputs, channels.length);
      const answers = shares.map((share) =>
        pool.run(
          "burnAll",
          share.map((position) => inputs[position]),
        ),
      );
      for (const [worker, answer] of (await Promise.all(answers)).entries())
        for (const [i, output] of (answer as ReadonlyArray<number>).entries())
          outputs[shares[worker]?.[i] ?? -1] = output;
      return outputs;
    },
  };
};

const times = <A>(n: number, make: () => A): ReadonlyArray<A> => Array.from({ length: n }, make);

const contender = (
  id: string,
  title: string,
  kind: ContenderKind,
  open: (size: number) => Pool,
): Contender => ({
  id,
  title,
  kind,
  role: "raw",
  file: "raw",
  open: async (size) => open(size),
});

const threads = (size: number): ReadonlyArray<Channel> => times(size, () => thread(workerFile("rawThread")));

const processes = (size: number, serialization: "json" | "advanced"): ReadonlyArray<Channel> =>
  times(size, () => childProcess(workerFile("rawProcess"), serialization));

export const contenders: ReadonlyArray<Contender> = [
  contender("raw-threads", "raw postMessage, unbatched", "threads", (size) => rawPool(threads(size))),
  contender("raw-processes", "raw IPC, unbatched", "processes", (size) => rawPool(processes(size, "json"))),
  contender("raw-processes-advanced", "raw IPC, unbatched, advanced", "processes", (size) =>
    rawPool(processes(size, "advanced")),
  ),
  contender("ideal", "ideal split, one message per worker", "threads", (size) => idealPool(threads(size))),
];
