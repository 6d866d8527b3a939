/**
 * `pnpm chaos --minutes M [--seconds S] [--runtime threads|processes|all] [--size N] [--seed X] [--json]`
 *
 * A mixed load with random faults against the real runtimes. Exit code 1 when a call was lost, answered wrongly or
 * run twice, or when anything is left over; 2 when the command line is wrong. The seed decides what the nth call, the
 * nth life and its faults are; it does not decide their timing, so the same seed finds the same thing likely, not surely.
 */
import { parseArgs } from "node:util";

import * as Processes from "@heddle/processes";
import * as Threads from "@heddle/threads";

import { run } from "./chaos.ts";
import type { Subject } from "./opening.ts";
import { textOf } from "./report.ts";

const subjects: ReadonlyArray<Subject> = [
  { name: "threads", open: Threads.open },
  { name: "processes", open: Processes.open },
];

const usage =
  "usage: pnpm chaos [--minutes M] [--seconds S] [--runtime threads|processes|all] [--size N] [--seed X] [--json]";

const flags = {
  minutes: { type: "string", default: "0" },
  seconds: { type: "string", default: "0" },
  runtime: { type: "string", default: "all" },
  size: { type: "string", default: "4" },
  seed: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

interface Settings {
  readonly chosen: ReadonlyArray<Subject>;
  readonly seconds: number;
  readonly size: number;
  readonly seed: number;
  readonly json: boolean;
}

const numberOf = (flag: string, text: string, least: number): number => {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || number < least)
    throw new TypeError(`--${flag}: expected a number of at least ${least}, got "${text}"`);
  return number;
};

const settingsOf = (args: ReadonlyArray<string>): Settings => {
  // `pnpm chaos -- --seconds 5` hands on the two dashes.
  const { values } = parseArgs({ args: args.filter((arg) => arg !== "--"), options: flags });
  const chosen = subjects.filter(({ name }) => values.runtime === "all" || values.runtime === name);
  if (chosen.length === 0) throw new TypeError(`--runtime: expected threads, processes or all`);
  const asked = numberOf("minutes", values.minutes, 0) * 60 + numberOf("seconds", values.seconds, 0);
  return {
    chosen,
    seconds: asked === 0 ? 60 : asked,
    size: Math.floor(numberOf("size", values.size, 1)),
    seed: Math.floor(values.seed === undefined ? Date.now() % 1_000_000 : numberOf("seed", values.seed, 0)),
    json: values.json,
  };
};

const main = async ({ chosen, json, seconds, seed, size }: Settings): Promise<boolean> => {
  const say = (line: string): void => void (json ? process.stderr : process.stdout).write(`${line}\n`);
  let isClean = true;
  for (const subject of chosen) {
    say(`${subject.name}: ${seconds} s, size ${size}, seed ${seed}`);
    const report = await run({ subject, seconds, size, seed, onLine: say });
    process.stdout.write(`${json ? JSON.stringify(report) : textOf(report)}\n`);
    isClean &&= report.isClean;
  }
  return isClean;
};

const settings = ((): Settings | undefined => {
  try {
    return settingsOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`chaos: ${(error as Error).message}\n${usage}\n`);
    return undefined;
  }
})();

if (settings === undefined) process.exitCode = 2;
// A call that never settles may leave its worker, which would keep this process alive for ever.
else process.exit((await main(settings)) ? 0 : 1);
