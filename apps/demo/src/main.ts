/**
 * The demo's main thread: reads the command line, draws, hears Ctrl-C and owns the exit code.
 *
 * The workload runs in another thread (`host.ts`), so nothing it does can keep this one from answering.
 */
import * as NodeServices from "@effect/platform-node/NodeServices";
import * as Cause from "effect/Cause";
import * as CliError from "effect/cli/CliError";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";

import { run } from "./cli.ts";
import { RunFailed } from "./failure.ts";

const usageError = 2;
const interruptedBy = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The exit code, and a last line for what nobody has told yet. */
const codeOf = (exit: Exit.Exit<unknown, unknown>): number => {
  if (exit._tag === "Success") return 0;
  if (Cause.hasInterruptsOnly(exit.cause)) return interruptedBy.SIGINT;
  const error = Cause.squash(exit.cause);
  if (CliError.isCliError(error))
    return error._tag === "ShowHelp" && error.errors.length === 0 ? 0 : usageError;
  if (!(error instanceof RunFailed && error.message === "")) {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  return 1;
};

// `pnpm demo -- primes` hands on the two dashes.
const given = process.argv.slice(2);
const args = given[0] === "--" ? given.slice(1) : given;

const fiber = Effect.runFork(Effect.provide(run(args), NodeServices.layer));
let ending: number | undefined;
const end = (code: number): void => {
  // The second time there is nothing to wait for.
  if (ending !== undefined) process.exit(code);
  ending = code;
  fiber.interruptUnsafe();
};
for (const [signal, code] of Object.entries(interruptedBy)) process.on(signal, () => end(code));
// The reader of a pipe may leave early, as `head` does; then there is nobody to write for.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") end(0);
    else throw error;
  });
}
fiber.addObserver((exit) => process.exit(ending ?? codeOf(exit)));
