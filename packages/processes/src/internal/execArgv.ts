/**
 * The flags that a worker is started with.
 */
import type { Resolved } from "@heddle/pool/PoolOptions";

// Flags of this program alone: the code it was given on the command line, and the port of its debugger.
const own = /^(-e|-p|-pe|--eval|--print|--inspect(-brk|-wait)?|--inspect-port|--debug-port)(=|$)/;
const takesValue = /^(-e|-p|-pe|--eval|--print|--inspect-port|--debug-port)$/;

/** This program's own flags, without those that are meant for it alone. */
const inheritable = (execArgv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const flags: Array<string> = [];
  for (let index = 0; index < execArgv.length; index++) {
    const flag = execArgv[index] ?? "";
    if (!own.test(flag)) flags.push(flag);
    else if (takesValue.test(flag)) index++;
  }
  return flags;
};

/** The flags of `options`, or else this program's, and the memory limit. */
export const execArgvOf = ({ execArgv, memoryLimitMiB }: Resolved): ReadonlyArray<string> => [
  ...(execArgv ?? inheritable(process.execArgv)),
  // The last one counts.
  ...(memoryLimitMiB === undefined ? [] : [`--max-old-space-size=${memoryLimitMiB}`]),
];
