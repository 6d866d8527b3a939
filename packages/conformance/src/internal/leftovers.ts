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
const watched = [
  "MessagePort",
  "Worker",
  "ProcessWrap",
  "PipeWrap",
  "TCPServerWrap",
  "TCPSocketWrap",
  "UDPWrap",
  "FSEventWrap",
  "StatWatcher",
  "Timeout",
  "Immediate",
];

// Some platforms that run Node's programs do not have it, or have one that always tells nothing.
const activeKinds = (): ReadonlyArray<string> => process.getActiveResourcesInfo?.() ?? [];

const counts = (): Record<string, number> => {
  const found: Record<string, number> = {};
  for (const kind of activeKinds()) found[kind] = (found[kind] ?? 0) + 1;
  return found;
};

/** Whether this platform tells its open handles and timers; without that, only threads and processes are watched. */
export const canSeeHandles = (): boolean => {
  const timer = setTimeout(() => undefined, 1000);
  const isSeen = activeKinds().includes("Timeout");
  clearTimeout(timer);
  return isSeen;
};

export class Leftovers {
  // Not every platform takes the id of a thread away when it ends, as Node does: its event is what counts.
  private readonly threads = new Set<Worker>();
  private readonly children: Array<ChildProcess> = [];
  private before: Readonly<Record<string, number>>;
  /** When each thread and child process was started. */
  readonly starts: Array<number> = [];
  private readonly onThread = (message: unknown): void => {
    const { worker } = message as { readonly worker: Worker };
    this.threads.add(worker);
    worker.once("exit", () => this.threads.delete(worker));
    this.starts.push(performance.now());
  };
  private readonly onChild = (message: unknown): void => {
    this.children.push((message as { readonly process: ChildProcess }).process);
    this.starts.push(performance.now());
  };

  constructor() {
    // The first look at them opens them, and a pipe counts from then on.
    void [process.stdout, process.stderr];
    this.before = counts();
    subscribe("worker_threads", this.onThread);
    subscribe("child_process", this.onChild);
  }

  /** Forgets what was there before and is not any more: it could hide as much that is left. */
  look(): void {
    const now = counts();
    this.before = Object.fromEntries(
      Object.entries(this.before).map(([kind, count]) => [kind, Math.min(count, now[kind] ?? 0)]),
    );
  }

  stopWatching(): void {
    unsubscribe("worker_threads", this.onThread);
    unsubscribe("child_process", this.onChild);
  }

  /** Everything that is still there, in words. */
  left(): ReadonlyArray<string> {
    const now = counts();
    return [
      ...[...this.threads].map(({ threadId }) => `thread ${threadId}`),
      ...this.children
        .filter(({ pid }) => pid !== undefined && isAlive(pid))
        .map(({ pid }) => `child process ${pid}`),
      ...watched
        .filter((kind) => (now[kind] ?? 0) > (this.before[kind] ?? 0))
        .map((kind) => `active ${kind}: ${this.before[kind] ?? 0} before, ${now[kind]} after`),
    ];
  }
}
