/** Effect's own remote procedures over workers, called from fibers of one program. */
import type * as EffectModule from "effect/Effect";

import { sameAs } from "../check.ts";
import type { Contender, ContenderKind, Pool } from "../contract.ts";
import { workerFile } from "../workerFile.ts";

const callsPerWorker = 64;

type Spawn = (
  file: string,
) => import("node:worker_threads").Worker | import("node:child_process").ChildProcess;

const load = async () => {
  const [Effect, Layer, ManagedRuntime, Context, RpcClient, NodeWorker, rpcs] = await Promise.all([
    import("effect/Effect"),
    import("effect/Layer"),
    import("effect/ManagedRuntime"),
    import("effect/Context"),
    import("effect/rpc/RpcClient"),
    import("@effect/platform-node/NodeWorker"),
    import("../rpcs.ts"),
  ]);
  return { Effect, Layer, ManagedRuntime, Context, RpcClient, NodeWorker, rpcs };
};

const poolOf = async (size: number, spawn: Spawn): Promise<Pool> => {
  const { Context, Effect, Layer, ManagedRuntime, NodeWorker, RpcClient, rpcs } = await load();
  const make = RpcClient.make(rpcs.Bodies);
  const Client = Context.Service<EffectModule.Success<typeof make>>("bench/Client");
  const layer = Layer.effect(Client, make).pipe(
    Layer.provide(RpcClient.layerProtocolWorker({ size, concurrency: callsPerWorker })),
    Layer.provide(NodeWorker.layer(() => spawn(workerFile("effectRpc")))),
  );
  const managed = ManagedRuntime.make(layer);
  const client = await managed.runPromise(Effect.service(Client));
  const checked = (input: number) => Effect.map(client.noop({ input }), (output) => sameAs(input, output));
  return {
    run: (body, input) => {
      if (body !== "noop" && body !== "burn")
        return Promise.reject(new Error(`there is no procedure ${body}`));
      return managed.runPromise(client[body]({ input: input as number }));
    },
    runMany: (count, inFlight) =>
      managed.runPromise(
        Effect.forEach(Array(count).keys(), checked, { concurrency: inFlight, discard: true }),
      ),
    close: () => managed.dispose(),
  };
};

const contender = (
  id: string,
  title: string,
  kind: ContenderKind,
  spawn: () => Promise<Spawn>,
): Contender => ({
  id,
  title,
  kind,
  role: "peer",
  file: "effectRpc",
  open: async (size) => poolOf(size, await spawn()),
});

export const contenders: ReadonlyArray<Contender> = [
  contender("effect-rpc-threads", "Effect rpc workers, threads", "threads", async () => {
    const { Worker } = await import("node:worker_threads");
    return (file) => new Worker(file);
  }),
  contender("effect-rpc-processes", "Effect rpc workers, processes", "processes", async () => {
    const { fork } = await import("node:child_process");
    return (file) => fork(file);
  }),
];
