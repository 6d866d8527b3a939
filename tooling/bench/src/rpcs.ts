/** The bodies as remote procedures of Effect; both sides load it. */
import * as Rpc from "effect/rpc/Rpc";
import * as RpcGroup from "effect/rpc/RpcGroup";
import * as Schema from "effect/Schema";

export class Bodies extends RpcGroup.make(
  Rpc.make("noop", { payload: { input: Schema.Number }, success: Schema.Number }),
  Rpc.make("burn", { payload: { input: Schema.Number }, success: Schema.Number }),
) {}
