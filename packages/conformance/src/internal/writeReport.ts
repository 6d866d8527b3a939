/**
 * Writes a report where somebody asked for it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

import type { Report } from "../Runner.ts";

export const writeReport = (where: string | URL, report: Report): void => {
  const file = where instanceof URL ? fileURLToPath(where) : where;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
};
