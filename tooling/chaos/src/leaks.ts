/** Watches what a runtime starts and holds, so that the run can tell what is left of it. */
import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { existsSync, readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Worker } from "node:worker_threads";

const isAlive = ({ exitCode, pid, signalCode }: ChildProcess): boolean => {
  if (pid === undefined || exitCode !== null || signalCode !== null) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const watched = ["MessagePort", "Worker", "ProcessWrap", "PipeWrap", "Timeout", "Immediate"];
const descriptors = "/proc/self/fd";

const countHandles = (): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) found[kind] = (found[kind] ?? 0) + 1;
  return found;
};

/** -1 where the platform does not tell. */
const countDescriptors = (): number => (existsSync(descriptors) ? readdirSync(descriptors).length : -1);

export interface Left {
  readonly workers: ReadonlyArray<string>;
  readonly handles: ReadonlyArray<string>;
}

export class Watch {
  private threads: ReadonlyArray<Worker> = [];
  private children: ReadonlyArray<ChildProcess> = [];
  private readonly handlesBefore: Readonly<Record<string, number>>;
  /** The first runtime leaves some open for the platform's own use. */
  private descriptorsBefore: number | undefined;
  private readonly onThread = (message: unknown): void => {
    this.threads = [...this.threads, (message as { readonly worker: Worker }).worker];
  };
  private readonly onChild = (message: unknown): void => {
    this.children = [...this.children, (message as { readonly process: ChildProcess }).process];
  };

  constructor() {
    // Made on first use, and a handle each where they are pipes.
    void [process.stdout, process.stderr];
    this.handlesBefore = countHandles();
    subscribe("worker_threads", this.onThread);
    subscribe("child_process", this.onChild);
  }

  close(): void {
    unsubscribe("worker_threads", this.onThread);
    unsubscribe("child_process", this.onChild);
  }

  threadOf(threadId: number): Worker | undefined {
    return this.threads.find((thread) => thread.threadId === threadId);
  }

  childOf(pid: number): ChildProcess | undefined {
    return this.children.find((child) => child.pid === pid && isAlive(child));
  }

  /** What is there that was not there before, and forgets what has ended. */
  left(): Left {
    this.threads = this.threads.filter(({ threadId }) => threadId !== -1);
    this.children = this.children.filter(isAlive);
    const now = countHandles();
    const handles = watched
      .filter((kind) => (now[kind] ?? 0) > (this.handlesBefore[kind] ?? 0))
      .map((kind) => `${kind}: ${this.handlesBefore[kind] ?? 0} before, ${now[kind]} after`);
    const open = countDescriptors();
    if (this.descriptorsBefore !== undefined && open > this.descriptorsBefore)
      handles.push(`file descriptors: ${this.descriptorsBefore} before, ${open} after`);
    const threads = this.threads.map(({ threadId }) => `thread ${threadId}`);
    return { workers: [...threads, ...this.children.map(({ pid }) => `process ${pid}`)], handles };
  }

  /** From now on more open descriptors are a leak. */
  settleDescriptors(): void {
    this.descriptorsBefore ??= countDescriptors();
  }
}

/** Code that was not used of late is dropped only after some collections; with few of them that looks like growth. */
const collections = 8;
let collect: (() => void) | undefined;

/** The bytes that this process keeps, once what is garbage is gone. */
export const keptBytes = (): number => {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  for (let n = 0; n < collections; n++) collect();
  const { external, heapUsed } = process.memoryUsage();
  return heapUsed + external;
};
