/**
 * Ends a child by force: SIGTERM, and SIGKILL when it has not helped. The first lets exit handlers run; a child that is
 * stopped, or does not return to its event loop while it has a handler, only obeys the second.
 */
import type { ChildProcess } from "node:child_process";

const patienceMillis = 500;

/** Where a child is between life and death. */
type Stage = "alive" | "asked" | "ended";

/** The end of one child. */
export class Termination {
  private readonly child: ChildProcess;
  private stage: Stage = "alive";
  private timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess) {
    this.child = child;
    child.once("exit", () => {
      this.stage = "ended";
      clearTimeout(this.timer);
    });
  }

  /** Starts the ladder; again, it changes nothing. */
  start(): void {
    if (this.stage !== "alive") return;
    this.stage = "asked";
    this.child.kill("SIGTERM");
    // The child keeps the program alive if it has to live; should the program end before, the guard does the rest.
    this.timer = setTimeout(() => this.child.kill("SIGKILL"), patienceMillis);
    this.timer.unref();
  }
}
