/** Python's concurrent.futures, where there is a python3: its script measures itself and is given the same numbers. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Contender, Measured } from "../contract.ts";
import { numbersOf } from "../primeNumbers.ts";

const script = fileURLToPath(new URL("../python/pool.py", import.meta.url));

const contender = (id: string, title: string, executor: string): Contender => ({
  id,
  title,
  kind: "python",
  role: "reference",
  file: "python",
  open: () => Promise.reject(new Error("Python is measured by its own script")),
  measure: async (request) => {
    const numbers = request.probe === "primes" ? numbersOf(request.params) : [];
    const { stdout } = await promisify(execFile)("python3", [
      script,
      JSON.stringify({ executor, numbers, ...request }),
    ]);
    return JSON.parse(stdout) as Measured;
  },
});

export const contenders: ReadonlyArray<Contender> = [
  contender("python-threads", "Python ThreadPoolExecutor", "threads"),
  contender("python-processes", "Python ProcessPoolExecutor", "processes"),
];
