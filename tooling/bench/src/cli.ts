/** The command line: what was asked for, or what is wrong with it. */
import { parseArgs } from "node:util";

import { contenders } from "./contenders/index.ts";
import type { Workload } from "./contract.ts";
import { workloads } from "./workloads/index.ts";

export const usage = `usage: pnpm bench [workload...] [options]

  --only a,b     only these contenders (a name, or the beginning of names: "heddle" is all of Heddle)
  --rounds N     instead of each workload's own number of rounds
  --json         print the report as JSON, and nothing else on the standard output
  --write        write docs/benchmarks.md; needs all workloads and contenders
  --smoke        run everything with tiny numbers to see that it works and answers rightly; no figures
  --no-build     measure the packages as they were last built
  --list         print workloads and contenders

  A workload is a name or the beginning of names: "noop" is noop-64, noop-1000 and noop-200k.`;

const flags = {
  only: { type: "string" },
  rounds: { type: "string" },
  json: { type: "boolean", default: false },
  write: { type: "boolean", default: false },
  smoke: { type: "boolean", default: false },
  "no-build": { type: "boolean", default: false },
  list: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

export interface Settings {
  readonly workloads: ReadonlyArray<Workload>;
  /** Ids of contenders; undefined means all. */
  readonly only: ReadonlySet<string> | undefined;
  readonly rounds: number | undefined;
  readonly output: "table" | "json";
  readonly action: "run" | "list" | "help";
  readonly writes: boolean;
  readonly isSmoke: boolean;
  readonly builds: boolean;
}

/** How many letters have to be changed, added or left out. */
const distance = (a: string, b: string): number => {
  let row = [...Array(b.length + 1).keys()];
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split("").entries())
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
};

const suggestionsShown = 3;

const unknown = (kind: string, name: string, ids: ReadonlyArray<string>): TypeError => {
  const near = ids
    .map((id) => ({ id, far: id.includes(name) ? 0 : distance(name, id) }))
    .filter(({ far, id }) => far <= Math.max(name.length, id.length) / 2)
    .toSorted((a, b) => a.far - b.far)
    .slice(0, suggestionsShown);
  const hint = near.length === 0 ? "" : ` Did you mean ${near.map(({ id }) => id).join(", ")}?`;
  return new TypeError(`there is no ${kind} "${name}".${hint} See --list.`);
};

/** The one with that id, or all whose ids begin with the name and a dash. */
const idsFor = (kind: string, name: string, ids: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (ids.includes(name)) return [name];
  const found = ids.filter((id) => id.startsWith(`${name}-`));
  if (found.length === 0) throw unknown(kind, name, ids);
  return found;
};

const chosen = (
  kind: string,
  names: ReadonlyArray<string>,
  ids: ReadonlyArray<string>,
): ReadonlySet<string> => new Set(names.flatMap((name) => idsFor(kind, name, ids)));

const roundsOf = (text: string): number => {
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new TypeError(`--rounds: expected a whole number of at least 1, got "${text}"`);
  return rounds;
};

/** Throws a `TypeError` that says what is wrong. */
export const settingsOf = (args: ReadonlyArray<string>): Settings => {
  // `pnpm bench -- noop` hands on the two dashes.
  const given = args.filter((arg) => arg !== "--");
  const { positionals, values } = parseArgs({ args: given, options: flags, allowPositionals: true });
  const workloadIds = workloads.map(({ id }) => id);
  const names = chosen("workload", positionals, workloadIds);
  const only = values.only?.split(",").map((name) => name.trim());
  const settings: Settings = {
    workloads: workloads.filter(({ id }) => names.size === 0 || names.has(id)),
    only:
      only &&
      chosen(
        "contender",
        only,
        contenders.map(({ id }) => id),
      ),
    rounds: values.rounds === undefined ? undefined : roundsOf(values.rounds),
    output: values.json ? "json" : "table",
    action: values.help ? "help" : values.list ? "list" : "run",
    writes: values.write,
    isSmoke: values.smoke,
    builds: !values["no-build"],
  };
  if (settings.writes && (settings.isSmoke || names.size > 0 || only !== undefined))
    throw new TypeError("--write needs a full run: all workloads, all contenders, no --smoke");
  return settings;
};
