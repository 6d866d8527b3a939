/** The main thread's end of the host: starts it, hears its events, and can always end it. */
import { Worker } from "node:worker_threads";

import * as Effect from "effect/Effect";

import { RunFailed } from "./failure.ts";
import type { HostEvent, Plan } from "./protocol.ts";

/**
 * Carries out a plan in a thread of its own.
 *
 * Interruption ends that thread, even while its loop is blocked, and kills the child processes it told of.
 */
export const carryOut = (plan: Plan, onEvent: (event: HostEvent) => void): Effect.Effect<void, RunFailed> =>
  Effect.callback<void, RunFailed>((resume) => {
    const children = new Set<number>();
    const host = new Worker(new URL("./host.ts", import.meta.url), {
      workerData: plan,
      stdout: true,
      stderr: true,
    });
    let done = false;
    host.on("message", (event: HostEvent) => {
      if (event.type === "child.started") children.add(event.pid);
      else if (event.type === "child.exited") children.delete(event.pid);
      else if (event.type === "done") done = true;
      else onEvent(event);
    });
    host.on("error", (error) =>
      resume(new RunFailed({ message: `the host thread failed: ${firstLine(error)}` })),
    );
    host.on("exit", (code) => {
      killAll(children);
      if (done) resume(Effect.void);
      else resume(new RunFailed({ message: `the host thread ended early with code ${code}` }));
    });
    return Effect.promise(async () => {
      killAll(children);
      await host.terminate();
      killAll(children);
    });
  });

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";

const killAll = (pids: Set<number>): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself.
    }
  }
  pids.clear();
};
