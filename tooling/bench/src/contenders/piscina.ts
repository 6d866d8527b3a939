import type { Contender, Pool } from "../contract.ts";
import { inChunks } from "../loops.ts";
import { workerFile } from "../workerFile.ts";

type Options = NonNullable<ConstructorParameters<(typeof import("piscina"))["Piscina"]>[0]>;

const itemsInFlight = 1000;

const poolOf = async (size: number, options: Options, chunk: number): Promise<Pool> => {
  const { Piscina } = await import("piscina");
  const pool = new Piscina({
    filename: workerFile("piscina"),
    minThreads: size,
    maxThreads: size,
    ...options,
  });
  const run: Pool["run"] = (name, input, transferList) =>
    pool.run(input, transferList === undefined ? { name } : { name, transferList: [...transferList] });
  return {
    run,
    map: (inputs, each) => inChunks({ run, chunk, inFlight: chunk === 1 ? itemsInFlight : 8 }, inputs, each),
    close: () => pool.destroy(),
  };
};

const contender = (id: string, title: string, options: Options, chunk = 1): Contender => ({
  id,
  title,
  kind: "threads",
  role: "peer",
  file: "piscina",
  open: (size) => poolOf(size, options, chunk),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("piscina", "piscina, default", {}),
  contender("piscina-no-atomics", "piscina, atomics off", { atomics: "disabled" }),
  contender("piscina-64", "piscina, 64 per worker", { concurrentTasksPerWorker: 64 }),
  contender("piscina-chunked-1000", "piscina, chunks of 1,000 by hand", {}, 1000),
  contender("piscina-chunked-10000", "piscina, chunks of 10,000 by hand", {}, 10_000),
  contender("piscina-chunked-50000", "piscina, chunks of 50,000 by hand", {}, 50_000),
];
