import type { Options } from "tinypool";

import type { Contender, ContenderKind, Pool } from "../contract.ts";
import { inChunks } from "../loops.ts";
import { workerFile } from "../workerFile.ts";

const poolOf = async (size: number, options: Options): Promise<Pool> => {
  const { Tinypool } = await import("tinypool");
  const pool = new Tinypool({
    filename: workerFile("tinypool"),
    minThreads: size,
    maxThreads: size,
    ...options,
  });
  const run: Pool["run"] = (name, input, transferList) =>
    pool.run(input, transferList === undefined ? { name } : { name, transferList: [...transferList] });
  return {
    run,
    map: (inputs, each) => inChunks({ run, chunk: 1, inFlight: 1000 }, inputs, each),
    close: () => pool.destroy(),
  };
};

const contender = (id: string, title: string, kind: ContenderKind, options: Options): Contender => ({
  id,
  title,
  kind,
  role: "peer",
  file: "tinypool",
  open: (size) => poolOf(size, options),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("tinypool-threads", "tinypool threads", "threads", { runtime: "worker_threads" }),
  contender("tinypool-processes", "tinypool child_process", "processes", { runtime: "child_process" }),
];
