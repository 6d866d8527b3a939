/**
 * What is told of a worker's end, in few words.
 */
import { messageOf } from "@heddle/core/Defect";

import type { WorkerExit } from "../Transport.ts";

/** How it ended. */
export const deathOf = ({ exitCode, isOutOfMemory, signal }: WorkerExit): string => {
  if (isOutOfMemory) return "out of memory";
  return signal === null ? `exit code ${exitCode ?? "unknown"}` : `signal ${signal}`;
};

// What a program writes after the line that says what is wrong: where, its details, and which version it is.
const isAside = (line: string): boolean => /^\s|^[{}\]]|^Node\.js v/.test(line) || line === "";

const maxWords = 500;

/** What it said last: the error that nobody caught, and the last line that it wrote, where they say different things. */
export const lastWordsOf = ({ cause, stderrTail }: WorkerExit): ReadonlyArray<string> => {
  const message = cause === undefined ? undefined : messageOf(cause);
  const line = stderrTail
    .split("\n")
    .map((text) => text.trimEnd())
    .findLast((text) => !isAside(text));
  const words = line === undefined || (message !== undefined && line.includes(message)) ? [] : [line];
  return [...(message === undefined ? [] : [message]), ...words].map((text) => text.slice(0, maxWords));
};
