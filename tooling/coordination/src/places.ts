/**
 * The runtimes that the same tests are run on.
 */
import type { PromisedRuntime } from "@heddle/core/Promised";
import * as Fibers from "@heddle/fibers";
import * as Processes from "@heddle/processes";
import * as Threads from "@heddle/threads";

export interface Place {
  readonly name: "fibers" | "threads" | "processes";
  readonly open: (size?: number, options?: { readonly grace?: "5 millis" }) => Promise<PromisedRuntime>;
}

// Workers die here by the dozen, and no task is to blame.
const mortal = {
  grace: "2 seconds",
  quarantineAfter: Number.MAX_SAFE_INTEGER,
  restarts: { max: 1_000_000, within: "1 second" },
} as const;

const fibers: Place = { name: "fibers", open: () => Fibers.open() };
export const threads: Place = {
  name: "threads",
  open: (size = 4, options = {}) => Threads.open({ ...mortal, size, ...options }),
};
export const processes: Place = {
  name: "processes",
  open: (size = 4, options = {}) => Processes.open({ ...mortal, size, ...options }),
};

export const all: ReadonlyArray<Place> = [fibers, threads, processes];

/** Those whose workers can die. */
export const isolated: ReadonlyArray<Place> = [threads, processes];
