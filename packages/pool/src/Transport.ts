/**
 * Contract 2: how a pool reaches its workers. A transport spawns one kind of worker and carries frames to it.
 *
 * @since 0.1.0
 */
import type { HostFrame } from "./Frame.ts";
import type { Offers } from "./Offers.ts";

/**
 * How a worker ended.
 *
 * **Details**
 *
 * `cause` is the uncaught error of a worker that says so before it dies, if the platform tells. `stderrTail` is the
 * last of what it wrote there, at most 8 KiB. `isOutOfMemory`: it died because it reached a memory limit.
 *
 * @category models
 * @since 0.1.0
 */
export interface WorkerExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly cause: unknown;
  readonly stderrTail: string;
  readonly isOutOfMemory: boolean;
}

/**
 * What a transport reports. `onExit` comes exactly once per connection, and last.
 *
 * @category models
 * @since 0.1.0
 */
export interface Listener {
  /** A batch from the worker, as it came: never trusted. */
  readonly onFrames: (frames: unknown) => void;
  readonly onExit: (exit: WorkerExit) => void;
  /**
   * For how many milliseconds the worker has enough to do that ends of calls may stay unread: 0 when each is to be told at
   * once. For transports to which it costs much to tell of an end.
   */
  readonly quietMillis?: () => number;
}

/**
 * The parent-side end of one worker.
 *
 * @category models
 * @since 0.1.0
 */
export interface Connection {
  /**
   * Sends a batch. Throws, without having sent anything, when a value cannot be cloned; never because the worker is
   * gone, which `onExit` tells.
   */
  readonly send: (frames: ReadonlyArray<HostFrame>, transfer: ReadonlyArray<unknown>) => void;
  /** Tells a synchronous body that call `call` is cancelled, where memory is shared. */
  readonly raiseCancelFlag: (call: number) => void;
  /** With it, calls that take very short are given to the worker ahead. Its port then has `accept`. */
  readonly offers?: Offers | undefined;
  /**
   * Stops the worker by force, whatever it is doing. Where there is a gentler and a harder way, the harder one
   * follows by itself; the exit is reported in any case.
   */
  readonly kill: () => void;
  /** Keeps the program alive while this worker has work. */
  readonly ref: () => void;
  /** Lets the program end although this worker lives. */
  readonly unref: () => void;
}

/**
 * A way to start workers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transport {
  /**
   * Starts a worker named `lane`. Throws when the platform starts none at all; what goes wrong later is an exit. Calls
   * the listener only after it has returned.
   */
  readonly spawn: (lane: string, listener: Listener) => Connection;
}
