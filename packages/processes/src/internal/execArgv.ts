/**
 * The flags that a worker is started with.
 */
import type { Resolved } from "@heddle/pool/PoolOptions";

// Flags of this program alone: how it got its code, who runs it, and the port of its debugger. With some of them, Node
// would refuse to start a worker's file, or not run it.
const own =
  /^(-e|-p|-pe|--eval|--print|--input-type|-c|--check|-i|--interactive|--test|--watch|--watch-path|--inspect(-brk|-wait)?|--inspect-port|--debug-port)(=|$)/;
const takesValue = /^(-e|-p|-pe|--eval|--print|--input-type|--watch-path|--inspect-port|--debug-port)$/;

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
