/** Reads the evidence that bodies leave, as it grows. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Place } from "./call.ts";
import type { Mark } from "./tasks/evidence.ts";

export interface Entry extends Place {
  readonly mark: Mark;
  readonly id: number;
  readonly attempt: number;
  readonly epochMillis: number;
}

const entryOf = (line: string): Entry => {
  const [mark = "", id, attempt, lane = "", pid, threadId, epochMillis] = line.split(" ");
  if (mark !== "ran" && mark !== "alive" && mark !== "armed")
    throw new Error(`not a line of the journal: ${line}`);
  return {
    mark,
    id: Number(id),
    attempt: Number(attempt),
    lane,
    pid: Number(pid),
    threadId: Number(threadId),
    epochMillis: Number(epochMillis),
  };
};

export class Journal {
  readonly path: string;
  private readonly folder = mkdtempSync(join(tmpdir(), "heddle-chaos-"));
  private readonly descriptor: number;
  private readonly buffer = Buffer.allocUnsafe(2 ** 16);
  private rest = "";

  constructor() {
    this.path = join(this.folder, "journal");
    this.descriptor = openSync(this.path, "a+");
  }

  /** What was written since the last time. */
  *read(): Generator<Entry> {
    for (;;) {
      const length = readSync(this.descriptor, this.buffer, 0, this.buffer.length, null);
      if (length === 0) return;
      const lines = (this.rest + this.buffer.toString("latin1", 0, length)).split("\n");
      this.rest = lines.pop() ?? "";
      for (const line of lines) yield entryOf(line);
    }
  }

  close(): void {
    closeSync(this.descriptor);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
