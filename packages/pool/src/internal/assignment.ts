/**
 * What is heard of a call from the worker that runs it.
 */
import type { Outcome } from "@heddle/core/Outcome";

import type * as Frame from "../Frame.ts";
import type { WorkerExit } from "../Transport.ts";

/**
 * How a call ended in a worker.
 *
 * **Details**
 *
 * `Lost`: the worker ended before the call did. `violation` tells what it was killed for, if it broke the protocol.
 *
 * @category models
 * @since 0.1.0
 */
export type Result =
  | { readonly _tag: "Outcome"; readonly outcome: Outcome }
  | { readonly _tag: "Refused"; readonly refusal: Frame.Refusal }
  | { readonly _tag: "Lost"; readonly exit: WorkerExit; readonly violation: string | undefined };

/**
 * What a worker sends for its call before the end.
 *
 * @category models
 * @since 0.1.0
 */
export type CallFrame = Frame.WorkerFrameOf<
  "chunk" | "progress" | "log" | "nest" | "nestCancel" | "nestCredit" | "span" | "outputs" | "alone"
>;
