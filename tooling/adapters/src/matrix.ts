/**
 * What each adapter can do and what the suite found, as a page for people.
 */
import { definitions } from "@heddle/conformance/Need";
import type { Report } from "@heddle/conformance/Runner";
import type { Capabilities } from "@heddle/core/Capabilities";

interface Row {
  readonly title: string;
  readonly cells: ReadonlyArray<string>;
}

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<Row>): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : ":-:")), ...rows.map(({ cells, title }) => [title, ...cells])]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

const yesOrNo = (declares: boolean): string => (declares ? "yes" : "–");

const declarations: ReadonlyArray<readonly [string, (declared: Capabilities) => string]> = [
  ["isolation", ({ isolation }) => isolation],
  ["values", ({ values }) => values],
  ["transfer", ({ transfer }) => yesOrNo(transfer)],
  ["sharedMemory", ({ sharedMemory }) => yesOrNo(sharedMemory)],
  ["forceKill", ({ forceKill }) => yesOrNo(forceKill)],
  ["streaming", ({ streaming }) => yesOrNo(streaming)],
  ["elastic", ({ elastic }) => yesOrNo(elastic)],
  ["durability", ({ durability }) => yesOrNo(durability)],
  ["delivery", ({ delivery }) => delivery],
  ["coordination", ({ coordination }) => coordination],
];

const capabilitiesOf = ({ capabilities, name }: Report): Capabilities => {
  if (capabilities === null) throw new Error(`${name} could not be opened when the suite ran`);
  return capabilities;
};

const groupOf = (id: string): string => id.slice(0, id.indexOf("/"));

/** A case counts once, whatever the number of sizes; it has passed if it passed wherever it applies. */
const verdictsById = ({ cases }: Report): ReadonlyMap<string, string> => {
  const worst = ["not-applicable", "passed", "skipped", "failed"];
  const found = new Map<string, string>();
  for (const { id, verdict } of cases) {
    const before = found.get(id) ?? "not-applicable";
    found.set(id, worst.indexOf(verdict) > worst.indexOf(before) ? verdict : before);
  }
  return found;
};

const cellOf = (report: Report, group: string): string => {
  const verdicts = [...verdictsById(report)]
    .filter(([id]) => groupOf(id) === group)
    .map(([, verdict]) => verdict);
  const count = (verdict: string): number => verdicts.filter((other) => other === verdict).length;
  const applies = verdicts.length - count("not-applicable");
  if (applies === 0) return "–";
  const skipped = count("skipped") === 0 ? "" : ` (${count("skipped")} skipped)`;
  return `${count("passed")} of ${applies}${skipped}`;
};

const skipsOf = ({ cases, name }: Report): ReadonlyArray<string> => {
  const skips = new Map<string, { readonly reason: string; readonly sizes: Array<number> }>();
  for (const { id, reason = "", size, verdict } of cases) {
    if (verdict !== "skipped") continue;
    const skip = skips.get(id) ?? { reason, sizes: [] };
    skip.sizes.push(size);
    skips.set(id, skip);
  }
  return [...skips].map(
    ([id, { reason, sizes }]) => `- **${name}**, size ${sizes.join(" and ")}, \`${id}\`: ${reason}`,
  );
};

/** The sizes differ where an adapter has but one place. */
const sizesOf = (reports: ReadonlyArray<Report>): Row => ({
  title: "sizes tested",
  cells: reports.map(({ sizes }) => sizes.join(", ")),
});

const needsList = (): string =>
  Object.entries(definitions)
    .map(([need, { title }]) => `\`${need}\` (a runtime ${title})`)
    .join(", ");

/** The page, from what the suite reported of each adapter. */
export const matrix = (reports: ReadonlyArray<Report>): string => {
  const head = ["", ...reports.map(({ name }) => name)];
  const groups = [...new Set(reports.flatMap(({ cases }) => cases.map(({ id }) => groupOf(id))))];
  const skips = reports.flatMap(skipsOf);
  return `# Capabilities

<!-- Made by \`pnpm matrix\` of what the conformance suite reported: do not edit. -->

What each adapter declares, and what the conformance suite found of it. A declared capability is proven by cases that need
it; one that is not declared is proven to be refused. \`pnpm check\` fails when this page is not true any more.

## Declared

${table(
  head,
  declarations.map(([title, show]) => ({
    title,
    cells: reports.map((report) => show(capabilitiesOf(report))),
  })),
)}

\`parallelism\` is the number of workers, and 1 where all bodies share one thread.

## Found

Cases that passed, of those that apply: a case applies where a runtime has what it needs.

${table(head, [
  ...groups.map((group) => ({ title: group, cells: reports.map((report) => cellOf(report, group)) })),
  sizesOf(reports),
])}

A case may need: ${needsList()}.

## Skipped

${skips.length === 0 ? "Nothing." : skips.join("\n")}
`;
};

/** The page without what it says of one adapter, for machines that cannot test it. */
export const without = (page: string, name: string): string => {
  let column = -1;
  return page
    .split("\n")
    .filter((line) => !line.startsWith(`- **${name}**`))
    .map((line) => {
      if (!line.startsWith("|")) {
        column = -1;
        return line;
      }
      const cells = line.split(" | ");
      if (column === -1) column = cells.findIndex((cell) => cell.replace(/ \|$/, "") === name);
      if (column === -1) return line;
      const isLast = column === cells.length - 1;
      const left = cells.toSpliced(column, 1).join(" | ");
      return isLast ? `${left} |` : left;
    })
    .join("\n")
    .replace(/## Skipped\n\n$/, "## Skipped\n\nNothing.\n");
};
