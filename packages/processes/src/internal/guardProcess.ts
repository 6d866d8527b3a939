// Does what the shell script in guard.ts does, where there is no shell.
import { createInterface } from "node:readline";

const pids = new Set<number>();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (line.startsWith("+")) pids.add(pid);
  else pids.delete(pid);
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
};

for (const pid of pids) {
  // The child's group, and the child itself where it has none.
  kill(-pid);
  kill(pid);
}
