/** The command line: its commands, and what is said when it is wrong. */
import * as CliOutput from "effect/cli/CliOutput";
import * as Command from "effect/cli/Command";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";

import { counter, nap, printNumbers, sleepVsCrunch, workersCommand } from "./commands/lessons.ts";
import { primes } from "./commands/primes.ts";
import { rightTool } from "./commands/rightTool.ts";
import { root } from "./commands/root.ts";
import { runtimes } from "./commands/runtimes.ts";
import { spinner } from "./commands/spinner.ts";

const demo = root.pipe(
  Command.withSubcommands([
    spinner,
    primes,
    printNumbers,
    workersCommand,
    sleepVsCrunch,
    nap,
    counter,
    runtimes,
    rightTool,
  ]),
);

// By default help goes to stdout when the command line is wrong. One clear error on stderr is enough.
const presenter: CliOutput.Presenter = {
  present: (event) =>
    event._tag === "InvalidInvocation"
      ? Effect.andThen(
          Console.error(event.errors.map((error) => `demo: ${error.message}`).join("\n")),
          Console.error(`\nRun '${event.commandPath.join(" ")} --help' for usage.`),
        )
      : CliOutput.defaultPresenter.present(event),
};

/** The whole program as an Effect of its arguments. */
export const run = (args: ReadonlyArray<string>) =>
  Command.runWith(demo, { version: "0.0.0" })(args).pipe(
    Effect.provideService(CliOutput.Presenter, presenter),
  );
