/** The machine-readable form: one object per line on stdout and nothing else. */
import type { HostEvent } from "../protocol.ts";

const published = new Set<HostEvent["type"]>(["run.start", "run.skipped", "task.end", "counted", "run.end"]);

/** A line of JSON; bigints become decimal strings. */
export const toLine = (value: unknown): string =>
  `${JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? String(item) : item))}\n`;

/** The line of an event, if it is one of those that are published. */
export const lineOf = (event: HostEvent): string | undefined =>
  published.has(event.type) ? toLine(event) : undefined;
