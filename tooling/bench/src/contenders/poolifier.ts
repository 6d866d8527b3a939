import type { Contender, ContenderKind, Pool } from "../contract.ts";
import { inChunks } from "../loops.ts";
import { workerFile } from "../workerFile.ts";

type Library = typeof import("poolifier");

/** What `FixedThreadPool`, `DynamicThreadPool` and `FixedClusterPool` have in common. */
interface Executor {
  readonly execute: (data: unknown, name: string, signal?: undefined, transfer?: never) => Promise<unknown>;
  readonly destroy: () => Promise<void>;
}

type Make = (library: Library, size: number) => Executor;

const poolOf = async (size: number, make: Make): Promise<Pool> => {
  const pool = make(await import("poolifier"), size);
  const run: Pool["run"] = (body, input, transfer) =>
    pool.execute(input, body, undefined, transfer === undefined ? undefined : ([...transfer] as never));
  return {
    run,
    map: (inputs, each) => inChunks({ run, chunk: 1, inFlight: 1000 }, inputs, each),
    close: () => pool.destroy(),
  };
};

const contender = (id: string, title: string, kind: ContenderKind, make: Make): Contender => ({
  id,
  title,
  kind,
  role: "peer",
  file: "poolifier",
  open: (size) => poolOf(size, make),
});

const threadFile = (): string => workerFile("poolifierThread");
const clusterFile = (): string => workerFile("poolifierCluster");

export const contenders: ReadonlyArray<Contender> = [
  contender(
    "poolifier-fixed",
    "poolifier fixed threads",
    "threads",
    ({ FixedThreadPool }, size) => new FixedThreadPool<unknown, unknown>(size, threadFile()),
  ),
  contender(
    "poolifier-dynamic",
    "poolifier dynamic threads",
    "threads",
    // It wants to grow: from none to all.
    ({ DynamicThreadPool }, size) => new DynamicThreadPool<unknown, unknown>(0, size, threadFile()),
  ),
  contender(
    "poolifier-cluster",
    "poolifier fixed cluster",
    "processes",
    ({ FixedClusterPool }, size) => new FixedClusterPool<unknown, unknown>(size, clusterFile()),
  ),
];
