import type { Contender, ContenderKind, Pool } from "../contract.ts";
import { inChunks } from "../loops.ts";
import { workerFile } from "../workerFile.ts";

const poolOf = async (size: number, workerType: "thread" | "process"): Promise<Pool> => {
  const { default: workerpool } = await import("workerpool");
  const pool = workerpool.pool(workerFile("workerpool"), {
    workerType,
    minWorkers: size,
    maxWorkers: size,
  });
  const run: Pool["run"] = async (body, input, transfer) =>
    await pool.exec(body, [input], transfer === undefined ? {} : { transfer: [...transfer] });
  return {
    run,
    map: (inputs, each) => inChunks({ run, chunk: 1, inFlight: 1000 }, inputs, each),
    close: async () => {
      await pool.terminate();
    },
  };
};

const contender = (
  id: string,
  title: string,
  kind: ContenderKind,
  type: "thread" | "process",
): Contender => ({
  id,
  title,
  kind,
  role: "peer",
  file: "workerpool",
  open: (size) => poolOf(size, type),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("workerpool-threads", "workerpool thread", "threads", "thread"),
  contender("workerpool-processes", "workerpool process", "processes", "process"),
];
