import * as NodeRuntime from "@effect/platform-node/NodeRuntime";
import * as NodeWorkerRunner from "@effect/platform-node/NodeWorkerRunner";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as RpcServer from "effect/rpc/RpcServer";

import { bodies } from "../bodies.ts";
import { Bodies } from "../rpcs.ts";

const handlers = Bodies.toLayer({
  noop: ({ input }) => Effect.sync(() => bodies.noop(input)),
  burn: ({ input }) => Effect.sync(() => bodies.burn(input)),
});

const server = RpcServer.layer(Bodies).pipe(
  Layer.provide(handlers),
  Layer.provide(RpcServer.layerProtocolWorkerRunner),
  Layer.provide(NodeWorkerRunner.layer),
);

NodeRuntime.runMain(Layer.launch(server));
