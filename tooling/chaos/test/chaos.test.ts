import * as Processes from "@heddle/processes";
import * as Threads from "@heddle/threads";
import { describe, expect, it } from "vitest";

import { run } from "../src/chaos.ts";
import type { Subject } from "../src/opening.ts";

const subjects: ReadonlyArray<Subject> = [
  { name: "threads", open: Threads.open },
  { name: "processes", open: Processes.open },
];

describe("A few seconds of chaos", () => {
  it.each(subjects)(
    "lose, double and leak nothing on $name",
    async (subject) => {
      const report = await run({ subject, seconds: 4, size: 2, seed: 1 });
      expect(report.problems).toEqual([]);
      expect(report).toMatchObject({ isClean: true, lost: 0, duplicated: 0, wrong: 0, ranTwice: 0 });
      // In four seconds a busy machine may get no further than one life.
      expect(report.submitted).toBeGreaterThan(10);
      expect(report.endings["success"]).toBeGreaterThan(0);
      expect(report.endings["ShuttingDown"]).toBeGreaterThanOrEqual(report.lives);
    },
    90_000,
  );
});
