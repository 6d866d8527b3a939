/**
 * When a child has ended, and of what.
 */
import type { ChildProcess } from "node:child_process";

/** How a child ended. Both are `null`, and `cause` tells why, when it could not be started. */
export interface Death {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly cause: unknown;
}

// A process that was started by the child may hold its pipes open for ever.
const pipesMillis = 200;

/** What is still to come until a death can be reported. */
type Stage =
  | { readonly _tag: "Alive" }
  | { readonly _tag: "Exited"; readonly death: Death; readonly timer: NodeJS.Timeout }
  | { readonly _tag: "Reported" };

/**
 * Waits for a child's end: it has exited, and its pipes and its channel were read to their ends, because the last of
 * what it said may come after its exit.
 */
export class Deathbed {
  private stage: Stage = { _tag: "Alive" };
  private cause: unknown;
  private arePipesOpen = true;
  private isChannelOpen = true;
  private readonly onExit: () => void;
  private readonly onDeath: (death: Death) => void;

  /** `onExit` is called when only the rest is to be read, `onDeath` once, at the end. */
  constructor(child: ChildProcess, onExit: () => void, onDeath: (death: Death) => void) {
    this.onExit = onExit;
    this.onDeath = onDeath;
    child.on("error", (error) => {
      this.cause ??= error;
      // A child that could not be started never exits.
      if (child.pid === undefined) this.report({ exitCode: null, signal: null, cause: error });
    });
    child.on("exit", (exitCode, signal) => this.exited({ exitCode, signal, cause: this.cause }));
    child.on("close", () => {
      this.arePipesOpen = false;
      this.check();
    });
  }

  get hasExited(): boolean {
    return this.stage._tag !== "Alive";
  }

  channelEnded(): void {
    this.isChannelOpen = false;
    this.check();
  }

  private exited(death: Death): void {
    if (this.stage._tag !== "Alive") return;
    // After a long turn of the host's loop timers come before what has arrived: that is read first.
    const timer = setTimeout(() => setImmediate(() => this.report(death)), pipesMillis);
    this.stage = { _tag: "Exited", death, timer };
    this.onExit();
    this.check();
  }

  private check(): void {
    if (this.stage._tag === "Exited" && !this.arePipesOpen && !this.isChannelOpen)
      this.report(this.stage.death);
  }

  private report(death: Death): void {
    if (this.stage._tag === "Reported") return;
    if (this.stage._tag === "Exited") clearTimeout(this.stage.timer);
    this.stage = { _tag: "Reported" };
    this.onDeath(death);
  }
}

// Linux says SIGABRT, a shell in between 134; on some builds V8 ends with a trap.
const abortSignals: ReadonlySet<string | null> = new Set(["SIGABRT", "SIGTRAP", "SIGILL"]);
const abortCodes: ReadonlySet<number | null> = new Set([134, 133, 132]);
const lastWords =
  /^(FATAL ERROR: .*\bAllocation failed - .*out of memory|# Fatal (JavaScript|process) OOM|# Fatal .*out of memory)/m;

/** Whether V8 gave up because its heap was full. A kill by the kernel for want of memory looks like any other kill. */
export const isOutOfMemory = ({ exitCode, signal }: Death, stderrTail: string): boolean =>
  (abortSignals.has(signal) || abortCodes.has(exitCode)) && lastWords.test(stderrTail);
