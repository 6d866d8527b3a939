/**
 * Contract 2, worker side: the end of the channel that a worker holds.
 *
 * @since 0.1.0
 */
import type { Capabilities } from "@heddle/core/Capabilities";

import type { WorkerFrame } from "../Frame.ts";
import type { Accept } from "../Offers.ts";

/**
 * What a transport gives its worker.
 *
 * @category models
 * @since 0.1.0
 */
export interface Port {
  readonly lane: string;
  readonly pid: number;
  readonly threadId: number;
  /** What bodies that call their runtime are told of it, as far as a worker knows. */
  readonly capabilities: Pick<Capabilities, "isolation" | "transfer" | "sharedMemory">;
  /** Throws, without having sent anything, when a value cannot be cloned. Moves what is in `transfer` where it can. */
  readonly post: (frames: ReadonlyArray<WorkerFrame>, transfer?: ReadonlyArray<unknown>) => void;
  /** The listener gives back whether the worker has nothing to do until more comes. */
  readonly onFrames: (listener: (frames: ReadonlyArray<unknown>) => boolean) => void;
  /** Whether the call is cancelled, as far as shared memory tells; `false` where there is none. */
  readonly isCancelFlagRaised: (call: number) => boolean;
  /** The other side of `Connection.offers`. */
  readonly accept?: Accept | undefined;
  /** Lets the worker end by itself: nothing of the channel keeps it alive any more. */
  readonly close: () => void;
  /**
   * Calls back with an uncaught error that this worker is about to die of. Absent where the platform tells the host what it
   * was.
   */
  readonly onDying?: (listener: (error: unknown) => void) => void;
  /**
   * How much heap is in use. Absent where the platform does not tell; a runtime without it refuses `recycle.heapMiB`.
   */
  readonly heapUsedBytes?: () => number;
}
