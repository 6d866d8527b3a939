import { model } from "@heddle/conformance/model";

import * as Processes from "../src/Processes.ts";

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    // It had ended before the pool heard of it.
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
};

model("processes", { open: Processes.open, kill });
