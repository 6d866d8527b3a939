/**
 * Operations as promises.
 */
import * as Timers from "@heddle/core/Timers";

import * as Blocks from "./blocks.ts";
import type { Kind } from "./engine.ts";
import * as Faults from "./faults.ts";
import type { Handle } from "./handle.ts";
import * as Make from "./make.ts";
import { timeoutMillis } from "./options.ts";
import { type Action, perform } from "./perform.ts";
import { Wait } from "./wait.ts";

/** How long, and for whom, a wait goes on. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMillis?: number | undefined;
}

/** What ends when its wait is over. */
class Bounds {
  private readonly wait: Wait<never>;
  private readonly signal: AbortSignal | undefined;
  private readonly stopTimer: (() => void) | undefined;

  constructor(kind: string, millis: number, signal: AbortSignal | undefined, wait: Wait<any>) {
    this.wait = wait;
    this.signal = signal;
    signal?.addEventListener("abort", this.onAbort);
    if (millis === Number.POSITIVE_INFINITY) return;
    this.stopTimer = Timers.after(millis, () => wait.giveUp(Faults.timedOut(kind, millis)));
  }

  private readonly onAbort = (): void => this.wait.giveUp(this.signal?.reason);

  end(): void {
    this.signal?.removeEventListener("abort", this.onAbort);
    this.stopTimer?.();
  }
}

/** Waits. An aborted wait rejects with the reason of its signal, and has taken nothing. */
export const wait = <A>(action: () => Action, options: WaitOptions = {}): Promise<A> =>
  new Promise<A>((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted === true) return reject(signal.reason);
    let bounds: Bounds | undefined;
    const waiting = new Wait<A>({
      done: (value) => {
        bounds?.end();
        resolve(value);
      },
      failed: (reason) => {
        bounds?.end();
        reject(reason);
      },
    });
    const act = action();
    const millis = timeoutMillis(act.kind, options.timeoutMillis);
    waiting.begin(act);
    if (!waiting.isOver) bounds = new Bounds(act.kind, millis, signal, waiting);
  });

/** Performs what does not wait. */
export const now = async <A>(action: () => Action): Promise<A> => (await perform(action())) as A;

/** Makes an object that lives as long as its runtime. */
export const make = async <K extends Kind, Extra extends object>(
  runtime: object,
  recipe: () => Make.Recipe<K, Extra>,
): Promise<Handle<K> & Extra> => Make.make(runtime, recipe());

/** Makes a block that lives as long as its runtime. */
export const makeBlock = async <K extends Blocks.BlockKind>(
  runtime: object,
  recipe: () => Blocks.BlockRecipe<K>,
): Promise<Blocks.BlockHandle<K>> => Blocks.make(runtime, recipe());

/** The block of a name. */
export const findBlock = async <K extends Blocks.BlockKind>(
  kind: K,
  name: string,
): Promise<Blocks.BlockHandle<K>> => Blocks.find(kind, name);

/** Frees an object. */
export const free = async (handle: Handle): Promise<void> => Make.free(handle);

/** Uses what is held, and releases it whatever comes of that. */
export const using = async <Held, A>(
  acquired: Promise<Held>,
  use: (held: Held) => A | PromiseLike<A>,
  release: (held: Held) => Promise<void>,
): Promise<A> => {
  const held = await acquired;
  try {
    return await use(held);
  } finally {
    await release(held).catch(Faults.ignoreFreed);
  }
};

/** What is left, at each time, of how long several waits may take in all. */
export const deadline = (kind: string, options: WaitOptions): (() => WaitOptions) => {
  const millis = timeoutMillis(kind, options.timeoutMillis);
  const end = performance.now() + millis;
  return () => ({
    signal: options.signal,
    timeoutMillis: millis === Number.POSITIVE_INFINITY ? undefined : Math.max(0, end - performance.now()),
  });
};

/** Gives something else where a wait was not granted in time. */
export const { orTimedOut } = Faults;
