/**
 * The flags of a thread for which none were given. The platform hands this program's own down, and of those that say how
 * the code on its command line is to be read, one makes it refuse every file, the worker's as well.
 */
import { Worker } from "node:worker_threads";

const inputType = /^--input-type(=|$)/;
const ofText = /^(-e|-p|-pe|--eval|--print|--input-type)(=|$)/;
const takesNext = /^(-e|-p|-pe|--eval|--print|--input-type)$/;

const isValue = (flag: string, next: string | undefined): boolean =>
  !flag.includes("=") && next?.startsWith("-") === false;

const without = (
  execArgv: ReadonlyArray<string>,
  isUnwanted: (flag: string) => boolean,
): ReadonlyArray<string> => {
  const flags: Array<string> = [];
  for (let index = 0; index < execArgv.length; index++) {
    const flag = execArgv[index] ?? "";
    if (!isUnwanted(flag)) flags.push(flag);
    // Its value may be the next word: always that of code, which may begin with anything.
    else if (takesNext.test(flag) || isValue(flag, execArgv[index + 1])) index++;
  }
  return flags;
};

// Only the platform knows which flags are the whole process's, and no thread may be given. They hold for it anyway. With a
// flag that nobody knows among them, it names them all and starts nothing.
const refused = (execArgv: ReadonlyArray<string>): string => {
  try {
    void new Worker("", { eval: true, execArgv: [...execArgv, "--heddle-no-such-flag"] }).terminate();
    return "";
  } catch (error) {
    const { message } = error as Error;
    return `, ${message.slice(message.indexOf(": ") + 2)}, `;
  }
};

const inheritable = (execArgv: ReadonlyArray<string>): ReadonlyArray<string> => {
  const flags = without(execArgv, (flag) => ofText.test(flag));
  const list = refused(flags);
  return without(flags, (flag) => list.includes(`, ${flag}, `));
};

/** Nothing where the platform's own way will do. */
export const inheritedExecArgv = (): ReadonlyArray<string> | undefined =>
  process.execArgv.some((flag) => inputType.test(flag)) ? inheritable(process.execArgv) : undefined;
