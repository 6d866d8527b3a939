/** Runs one measurement in a fresh process and gives what it measured, or why it did not. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import type { ChildAnswer, ChildRequest } from "./child.ts";
import type { Measured } from "./contract.ts";

export type Outcome =
  /** With a problem, it was measured well and ended badly: it could not be closed, for instance. */
  | { readonly kind: "measured"; readonly measured: Measured; readonly problem: string | undefined }
  | { readonly kind: "failed"; readonly reason: string };

export interface ChildOptions {
  /** The folder that `stage` made. */
  readonly stage: string;
  readonly timeLimitSeconds: number;
}

// The flags and variables of the parent (a coverage run, a loader) must not change what is measured.
const kept = ["PATH", "HOME", "LANG", "TMPDIR", "TEMP", "SystemRoot"];
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );

const reasonLength = 300;
// A million queued calls of some libraries do not fit the default heap.
const flags = ["--max-old-space-size=8192"];

const running = new Set<ChildProcess>();

/** Kills the child and whatever it has started. */
const killGroup = (child: ChildProcess): void => {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    // Windows has no groups: there the workers end because their channels close.
    if (process.platform === "win32") return void child.kill("SIGKILL");
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // Nobody is left of the group.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
};

/** For the end of this process: no child outlives it. */
export const killAll = (): void => {
  for (const child of running) killGroup(child);
};

const wellEnded = "exit code 0";

/** What a child said, line by line. */
const answerIn = (output: string): ChildAnswer =>
  Object.assign(
    {},
    ...output
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ChildAnswer),
  );

const outcomeOf = (output: string, stderr: string, ending: string): Outcome => {
  const { failure, measured } = answerIn(output);
  const lastLine = stderr.trim().split("\n").at(-1) ?? "";
  const reason = failure ?? [ending, lastLine].filter(Boolean).join(": ");
  const shown = reason.slice(0, reasonLength);
  if (measured === undefined) return { kind: "failed", reason: shown };
  return { kind: "measured", measured, problem: ending === wellEnded ? undefined : shown };
};

/** What a stream gave when the process ended, though others may still hold the descriptor. */
const collected = (stream: Readable): (() => string) => {
  let all = "";
  stream.setEncoding("utf8").on("data", (part: string) => (all += part));
  return () => all;
};

export const runChild = async (request: ChildRequest, options: ChildOptions): Promise<Outcome> => {
  const main = join(options.stage, "app/child.js");
  const child = spawn(process.execPath, [...flags, main, JSON.stringify(request)], {
    cwd: options.stage,
    env: environment(),
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    // A group of its own, so that its workers can be killed with it.
    detached: true,
  });
  running.add(child);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child);
  }, options.timeLimitSeconds * 1000);
  try {
    const result = text(child.stdio[3] as Readable);
    const stderr = collected(child.stderr as Readable);
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    killGroup(child);
    if (isLate) return outcomeOf(await result, "", `it took more than ${options.timeLimitSeconds} s`);
    return outcomeOf(await result, stderr(), signal === null ? `exit code ${code}` : `killed by ${signal}`);
  } finally {
    clearTimeout(timer);
    running.delete(child);
    child.stderr?.destroy();
  }
};
