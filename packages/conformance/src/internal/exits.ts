/**
 * A program that ends while something runs must not look as if all were well.
 */
import { writeSync } from "node:fs";

const tell = (line: string): void => {
  try {
    // The program ends when this returns: what is only queued for a pipe may be lost.
    writeSync(2, `${line}\n`);
  } catch {
    // Standard error is closed, or full; the exit code tells it all the same.
  }
};

/** Runs a job; should the program end before it does, that is told, and the program fails. */
export const failingOnExit = async <A>(what: string, job: () => Promise<A>): Promise<A> => {
  const onExit = (code: number): void => {
    tell(`the program ended while ${what}`);
    if (code === 0) process.exitCode = 1;
  };
  process.once("exit", onExit);
  try {
    return await job();
  } finally {
    process.removeListener("exit", onExit);
  }
};
