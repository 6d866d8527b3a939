/**
 * The adapters that the demo runs on, one row each. Names, `-r`, `all`, help, errors and reasons are made of these rows;
 * nothing else in the demo names an adapter.
 *
 * Each is loaded when it is asked for, so that a run pays only for its own. Workers load this module as well: it imports
 * types only.
 */
import type { Sharing } from "@heddle/core/Coordination";
import type * as Runtime from "@heddle/core/Runtime";
import type { RuntimeError } from "@heddle/core/RuntimeError";
import type { BlockReport } from "@heddle/fibers";
import type * as Layer from "effect/Layer";

export type { BlockReport } from "@heddle/fibers";

export type RuntimeLayer = Layer.Layer<Runtime.Runtime, RuntimeError>;

/** What a runtime is opened with: how many workers where it has any, and who hears of tasks that hold a shared loop. */
export interface Start {
  readonly workers: number;
  readonly onBlocked: (report: BlockReport) => void;
}

export interface Adapter {
  readonly name: string;
  /** What to expect of it: told beside its figures. */
  readonly description: string;
  /** One after the other, or taking turns on one thread; or at the same time, on workers. */
  readonly bodies: "one by one" | "taking turns" | "in threads" | "in processes";
  /** Where its tasks share locks, queues and the like; left out where they cannot. */
  readonly sharing?: Sharing;
  /** Why it cannot run on this platform, where it cannot. */
  readonly unavailable?: () => string | undefined;
  readonly load: (start: Start) => Promise<RuntimeLayer>;
}

export const adapters = [
  {
    name: "fibers",
    description: "fibers share one thread: no speed-up, and one busy task stops everything, the spinner too",
    bodies: "taking turns",
    sharing: "memory",
    load: async ({ onBlocked }) => (await import("@heddle/fibers")).layer({ onBlocked }),
  },
  {
    name: "threads",
    description: "threads compute on all cores, and the loop stays free",
    bodies: "in threads",
    sharing: "shared",
    load: async ({ workers }) => (await import("@heddle/threads")).layer({ size: workers }),
  },
  {
    name: "processes",
    description: "processes do too; each has a memory of its own and survives its neighbour's crash",
    bodies: "in processes",
    sharing: "broker",
    load: async ({ workers }) => (await import("@heddle/processes")).layer({ size: workers }),
  },
  {
    name: "inline",
    description: "inline runs one task after the other on the caller's thread: the base of all comparisons",
    bodies: "one by one",
    sharing: "memory",
    load: async () => (await import("@heddle/inline")).layer(),
  },
  {
    name: "webworkers",
    description: "webworkers computes on all cores too, in workers as pages have them",
    bodies: "in threads",
    sharing: "shared",
    unavailable: () => ("Worker" in globalThis ? undefined : "Node has no Web Workers, but threads"),
    load: async ({ workers }) => (await import("@heddle/webworkers")).layer({ size: workers }),
  },
  // `pnpm create-adapter` puts new rows above this line.
] as const satisfies ReadonlyArray<Adapter>;

export type AdapterName = (typeof adapters)[number]["name"];

/** The adapter of programs for which one is enough. */
export const usual: AdapterName = "threads";

/** Adapters with tasks that are written in another way, in the workloads that have such tasks. */
export const variants = [
  {
    name: "fibers-yield",
    adapter: "fibers",
    tasks: "pausing",
    workloads: ["primes", "nap"],
    description: "with naps the spinner lives, but it is still one thread: no speed-up",
  },
  {
    name: "fibers-blocking",
    adapter: "fibers",
    tasks: "blocking",
    workloads: ["spinner"],
    description: "a task that blocks holds the thread of all others",
  },
] as const;

/** What a run can be asked to run on. `serial` is the same program without any runtime. */
export type RuntimeName = "serial" | AdapterName | (typeof variants)[number]["name"];
