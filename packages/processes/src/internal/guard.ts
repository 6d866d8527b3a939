/**
 * Sees to it that no child outlives this process, not even one that computes without end when this process is killed.
 *
 * **Details**
 *
 * One guard for all pools: a small process that holds the other end of a pipe, learns the pids of living children
 * through it, and kills them when the pipe ends, which the kernel sees to. It has a session of its own and ignores what
 * a terminal sends, so that Ctrl-C does not end it before its work is done. It ends with this process, or with
 * the last child; should it die before, another one takes its place.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";

/**
 * Lines are `+pid` and `-pid`; a pid is forgotten as soon as its process was seen to end, so none is a stranger's. With a
 * child die those of its group, which a terminal's Ctrl-C would have ended, had the child not a group of its own.
 */
const script = `
trap '' INT TERM HUP QUIT
set -f
pids=' '
while IFS= read -r line; do
  pid="\${line#?}"
  case "$line" in
    +*) pids="$pids$pid " ;;
    -*) case "$pids" in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
for pid in $pids; do kill -9 "-$pid" 2>/dev/null; kill -9 "$pid" 2>/dev/null; done
`;

// The same file name with the extension that this module itself was loaded with: .ts here, .js when published.
const file = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./guardProcess.ts" : "./guardProcess.js", import.meta.url),
);

/** A program that guards, and its arguments. */
export type Command = readonly [program: string, ...args: ReadonlyArray<string>];

/** A shell takes a tenth of the memory; where there is none, Node does it. */
export const commands: ReadonlyArray<Command> = [
  ["/bin/sh", "-c", script],
  [process.execPath, file],
];

const maxShortLives = 3;
const shortLifeMillis = 1000;

// Bun's pipes need none, and have none.
const unref = (pipe: unknown): void => (pipe as Partial<Socket> | null)?.unref?.() as undefined;

/** Keeps a guarding process while there are children. */
export class Guard {
  private readonly commands: ReadonlyArray<Command>;
  private readonly pids = new Set<number>();
  private guarding: ChildProcess | undefined;
  private command = 0;
  private shortLives = 0;

  constructor(candidates: ReadonlyArray<Command>) {
    this.commands = candidates;
  }

  /** The guarding process, while there is one. */
  get pid(): number | undefined {
    return this.guarding?.pid;
  }

  /** Whom it guards. */
  get children(): ReadonlyArray<number> {
    return [...this.pids];
  }

  /** From now on the child dies with this process. */
  add(pid: number): void {
    this.pids.add(pid);
    if (this.guarding === undefined) this.start();
    else this.tell(`+${pid}\n`);
  }

  /** The child has ended, and its pid may be given to anybody. */
  remove(pid: number): void {
    if (!this.pids.delete(pid)) return;
    this.tell(`-${pid}\n`);
    // A process of no use is not kept: the next child starts another guard.
    if (this.pids.size === 0) this.stop();
  }

  private tell(lines: string): void {
    this.guarding?.stdin?.write(lines);
  }

  private start(): void {
    const command = this.commands[this.command];
    if (command === undefined) return;
    const [program, ...args] = command;
    const startedAt = performance.now();
    // Nothing of this process but the pipe: not its terminal, output, folder or secrets.
    const guarding = spawn(program, args, {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      cwd: "/",
      env: {},
    });
    this.guarding = guarding;
    guarding.unref();
    unref(guarding.stdin);
    // A guard that is gone reports through its exit.
    guarding.stdin?.on("error", () => undefined);
    guarding.once("error", (error) => this.ended(guarding, 0, error));
    guarding.once("exit", () => this.ended(guarding, performance.now() - startedAt, undefined));
    this.tell([...this.pids].map((pid) => `+${pid}\n`).join(""));
  }

  private stop(): void {
    this.guarding?.stdin?.end();
    this.guarding = undefined;
  }

  private ended(guarding: ChildProcess, lifeMillis: number, error: Error | undefined): void {
    if (this.guarding !== guarding) return;
    this.guarding = undefined;
    this.shortLives = lifeMillis < shortLifeMillis ? this.shortLives + 1 : 0;
    if (error !== undefined || this.shortLives >= maxShortLives) this.giveUpCommand(error);
    if (this.pids.size > 0) this.start();
  }

  private giveUpCommand(error: Error | undefined): void {
    this.shortLives = 0;
    this.command++;
    if (this.command < this.commands.length) return;
    process.emitWarning("no guard could be started: a child that computes may outlive this process", {
      type: "HeddleWarning",
      detail: error?.message ?? "",
    });
  }
}

/** The guard of this process's children. Elsewhere than on Windows, whose kernel ends them with their parent. */
export const guard = new Guard(process.platform === "win32" ? [] : commands);
