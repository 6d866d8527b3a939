/**
 * The parent side of Heddle's pools. The worker side is under `@heddle/pool/worker/*`.
 *
 * @since 0.1.0
 */
export * as Frame from "./Frame.ts";
export * as Offers from "./Offers.ts";
export * as Pool from "./Pool.ts";
export * as PoolAdapter from "./PoolAdapter.ts";
export * as PoolOptions from "./PoolOptions.ts";
export * as Supervisor from "./Supervisor.ts";
export * as Transport from "./Transport.ts";
export * as Worker from "./Worker.ts";
export * as WorkerState from "./WorkerState.ts";
