/**
 * The host's end of what carries frames to one child. There are two kinds:
 *
 * - `descriptors`: two pipes of our own beside stdin, stdout and stderr. Nothing that a task does by the usual means
 *   touches them, and what a worker posts is out of its hands when `post` returns.
 * - `ipc`: Node's channel, with marked messages, where the platform lacks what the first kind needs.
 */
import type { ChildProcess, IOType } from "node:child_process";

/** Which channel a child is started with; it gets the word as its second argument. */
type ChannelKind = "descriptors" | "ipc";

/** What a channel reports. */
export interface ChannelListener {
  readonly onFrames: (frames: unknown) => void;
  /** No frames will come any more; `isExpected` when the worker has said so before. */
  readonly onEnd: (isExpected: boolean) => void;
}

/** The host's end of a channel. */
export interface Channel {
  /**
   * Throws, without having sent anything, when a value cannot be cloned. `first` is done before anything is sent, once
   * it is known that all can be.
   */
  readonly send: (frames: ReadonlyArray<unknown>, first?: () => void) => void;
  readonly ref: () => void;
  readonly unref: () => void;
  /** Lets go of it, read to the end or not. */
  readonly destroy: () => void;
}

/** How to start a child with a kind of channel and to take hold of it. */
export interface ChannelType {
  readonly kind: ChannelKind;
  readonly stdio: Array<IOType | "ipc">;
  readonly open: (child: ChildProcess, listener: ChannelListener) => Channel;
}
