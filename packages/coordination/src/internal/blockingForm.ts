/**
 * Operations that block the thread.
 */
import { thisUnit } from "@heddle/core/Coordination";

import type { BlockingWait, Kind } from "./engine.ts";
import * as Faults from "./faults.ts";
import type { Handle } from "./handle.ts";
import { timeoutMillis } from "./options.ts";
import { type Near, reach } from "./reach.ts";
import { program } from "./unit.ts";

/** How long a wait may take. */
export interface WaitOptions {
  readonly timeoutMillis?: number | undefined;
}

const isNever = (): boolean => false;

const isCancelled = (): boolean => thisUnit()?.isCancelled() === true;

const refuseFar = (kind: string): never => {
  throw Faults.unsupported(
    kind,
    "on this runtime the program answers, and a thread that blocks cannot hear it. Use the promise form or the Effect form.",
  );
};

/** An object that can be used without waiting for an answer, and who uses it. */
export const near = <K extends Kind>(handle: Handle<K>, kind: K): Near<K> => {
  const reached = reach(handle, kind);
  return reached.engine === undefined ? refuseFar(kind) : (reached as Near<K>);
};

const bounds = (kind: string, options: WaitOptions | undefined): BlockingWait => ({
  timeoutMillis: timeoutMillis(kind, options?.timeoutMillis),
  isCancelled: thisUnit() === undefined ? isNever : isCancelled,
});

/** The wait of a unit that may block. */
type Block<A> = (wait: BlockingWait) => A;

const refuse = (kind: string): never => {
  throw Faults.unsupported(
    kind,
    "the program itself must not block: it would not hear when a worker ends. Use the promise form or the Effect form.",
  );
};

/** Something that was there for the taking. */
export interface Got<A> {
  readonly value: A;
}

/** Waits: a worker by blocking, the program not at all. */
export const wait = <A>(
  {
    kind,
    options,
    unit,
  }: { readonly kind: string; readonly options: WaitOptions | undefined; readonly unit: number },
  now: () => Got<A> | undefined,
  block: Block<A>,
): A => {
  const limits = bounds(kind, options);
  const got = now();
  if (got !== undefined) return got.value;
  return unit === program ? refuse(kind) : block(limits);
};

/** What a condition gives once it is so. */
export const when = (condition: boolean): Got<void> | undefined =>
  condition ? { value: undefined } : undefined;

/** What may be there. */
export const present = <A>(value: A | undefined): Got<A> | undefined =>
  value === undefined ? undefined : { value };

/** Uses what is held, and releases it whatever comes of that. */
export const using = <Held, A>(held: Held, use: (held: Held) => A, release: () => void): A => {
  try {
    return use(held);
  } finally {
    try {
      release();
    } catch (thrown) {
      Faults.ignoreFreed(thrown);
    }
  }
};

/** What is left, at each time, of how long several waits may take in all. */
export const deadline = (kind: string, options: WaitOptions): (() => WaitOptions) => {
  const millis = timeoutMillis(kind, options.timeoutMillis);
  const end = performance.now() + millis;
  return () => ({
    timeoutMillis: millis === Number.POSITIVE_INFINITY ? undefined : Math.max(0, end - performance.now()),
  });
};

/** Gives something else where a wait was not granted in time. */
export const { orTimedOut } = Faults;
