/** Runs the real demo as a child process, as a shell would. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const escape = "\u001B";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when both outputs together match. */
  readonly saw: (pattern: RegExp) => Promise<RegExpExecArray>;
}

type Env = Readonly<Record<string, string | undefined>>;

// What a test runner adds to the environment must not decide how the demo looks.
const environment = (extra: Env): NodeJS.ProcessEnv => {
  const { CI: _ci, FORCE_COLOR: _force, NO_COLOR: _no, NODE_OPTIONS: _options, ...rest } = process.env;
  return { ...rest, LC_ALL: "C.UTF-8", TERM: "xterm", ...extra };
};

const observe = (child: ChildProcess): Started => {
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  const notify = (): void => {
    for (const watcher of watchers) watcher();
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => ((stdout += text), notify()));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => ((stderr += text), notify()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const saw = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(stdout + stderr);
        if (match === null) return;
        watchers.delete(look);
        resolve(match);
      };
      watchers.add(look);
      look();
      void ended.then(
        () => reject(new Error(`ended without ${String(pattern)}:\n${stdout}\n${stderr}`)),
        reject,
      );
    });
  return { child, ended, saw };
};

/** Starts the demo and lets the test watch it. */
export const start = (args: ReadonlyArray<string>, env: Env = {}): Started =>
  observe(
    spawn(process.execPath, [main, ...args], { env: environment(env), stdio: ["ignore", "pipe", "pipe"] }),
  );

/** Runs the demo to its end. */
export const run = (args: ReadonlyArray<string>, env: Env = {}): Promise<Ended> => start(args, env).ended;

/** Whether there is a `script` that gives a program a terminal. */
export const hasPty = spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

const quoted = (word: string): string => `'${word}'`;

/** Starts the demo on a terminal of its own. Its two outputs arrive as one, with carriage returns before newlines. */
export const startOnTerminal = (args: ReadonlyArray<string>, columns = 100, env: Env = {}): Started => {
  const command = [process.execPath, main, ...args].map(quoted).join(" ");
  const shell = `stty cols ${columns} rows 30; exec ${command}`;
  const child = spawn("script", ["-qec", shell, "/dev/null"], {
    env: environment(env),
    stdio: ["pipe", "pipe", "pipe"],
  });
  return observe(child);
};

/** The JSON lines of an output, each of which must be an object. */
export const jsonLines = (stdout: string): ReadonlyArray<Record<string, any>> =>
  stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, any>);

/** Whether a process still runs; one that is dead but not yet buried does not. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** Resolves when none of the processes runs any more, and rejects when some still do after a while. */
export const allGone = async (pids: ReadonlyArray<number>): Promise<void> => {
  const deadline = performance.now() + 3000;
  while (pids.some(isAlive)) {
    if (performance.now() > deadline) throw new Error(`left behind: ${pids.filter(isAlive).join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
