/**
 * Watches what a runtime starts, so that a case can tell whether anything of it is left.
 */
import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

// Kinds of handles that only a runtime opens while a case runs; vitest has some of them open all the time.
const watched = ["MessagePort", "Worker", "ProcessWrap", "PipeWrap", "Timeout", "Immediate"];

const counts = (): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) found[kind] = (found[kind] ?? 0) + 1;
  return found;
};

export class Leftovers {
  private readonly threads: Array<Worker> = [];
  private readonly children: Array<ChildProcess> = [];
  private readonly before = counts();
  /** When each thread and child process was started. */
  readonly starts: Array<number> = [];
  private readonly onThread = (message: unknown): void => {
    this.threads.push((message as { readonly worker: Worker }).worker);
    this.starts.push(performance.now());
  };
  private readonly onChild = (message: unknown): void => {
    this.children.push((message as { readonly process: ChildProcess }).process);
    this.starts.push(performance.now());
  };

  constructor() {
    subscribe("worker_threads", this.onThread);
    subscribe("child_process", this.onChild);
  }

  stopWatching(): void {
    unsubscribe("worker_threads", this.onThread);
    unsubscribe("child_process", this.onChild);
  }

  /** Everything that is still there, in words. */
  left(): ReadonlyArray<string> {
    const now = counts();
    return [
      ...this.threads.filter(({ threadId }) => threadId !== -1).map(({ threadId }) => `thread ${threadId}`),
      ...this.children
        .filter(({ pid }) => pid !== undefined && isAlive(pid))
        .map(({ pid }) => `child process ${pid}`),
      ...watched
        .filter((kind) => (now[kind] ?? 0) > (this.before[kind] ?? 0))
        .map((kind) => `active ${kind}: ${this.before[kind] ?? 0} before, ${now[kind]} after`),
    ];
  }
}
