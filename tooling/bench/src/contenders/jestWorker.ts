import { bodies } from "../bodies.ts";
import type { Contender, ContenderKind, Pool } from "../contract.ts";
import { inChunks } from "../loops.ts";
import { workerFile } from "../workerFile.ts";

const poolOf = async (size: number, enableWorkerThreads: boolean): Promise<Pool> => {
  const { Worker } = await import("jest-worker");
  const farm = new Worker(workerFile("jestWorker"), {
    enableWorkerThreads,
    numWorkers: size,
    exposedMethods: Object.keys(bodies),
  });
  const methods = farm as unknown as Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
  const run: Pool["run"] = (body, input) =>
    methods[body]?.(input) ?? Promise.reject(new Error(`jest-worker does not expose ${body}`));
  return {
    run,
    map: (inputs, each) => inChunks({ run, chunk: 1, inFlight: 1000 }, inputs, each),
    close: async () => void (await farm.end()),
  };
};

const contender = (id: string, title: string, kind: ContenderKind): Contender => ({
  id,
  title,
  kind,
  role: "peer",
  file: "jestWorker",
  open: (size) => poolOf(size, kind === "threads"),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("jest-worker-threads", "jest-worker threads", "threads"),
  contender("jest-worker-processes", "jest-worker processes", "processes"),
];
