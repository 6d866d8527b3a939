/**
 * `pnpm create-adapter NAME`
 *
 * Makes `packages/NAME`, a runtime that passes the base level of the conformance suite, and lists it in the demo. Exit code 2
 * when the command line is wrong, and 1 when the package could not be made; then nothing was changed.
 */
import { join } from "node:path";

import { type Created, createAdapter } from "./createAdapter.ts";
import { Mistake } from "./mistake.ts";

const root = join(import.meta.dirname, "../../..");
const usage = "usage: pnpm create-adapter NAME    (such as web-workers: makes packages/web-workers)";

const report = ({ adapter: { module, name }, created, edited }: Created): string => `
Made @heddle/${name}:
${created.map((path) => `  ${path}`).join("\n")}
and listed it in:
${edited.map((path) => `  ${path}`).join("\n")}

Next:
  pnpm install                      # links it
  pnpm demo primes -r ${name}
  pnpm --filter @heddle/${name} test
  pnpm package:update               # writes packages/${name}/api: commit it
  pnpm check

Then write packages/${name}/src/${module}.ts, its README and its changeset, and correct its row in apps/demo/src/adapters.ts.
The guide is docs/writing-an-adapter.md.
`;

const main = (given: ReadonlyArray<string>): number => {
  // `pnpm create-adapter -- NAME` hands on the two dashes.
  const args = given.filter((arg) => arg !== "--");
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  const [name] = args;
  if (name === undefined || args.length > 1 || name.startsWith("-")) {
    console.error(
      `create-adapter: expected one name, got ${args.length === 0 ? "none" : args.join(" ")}\n${usage}`,
    );
    return 2;
  }
  try {
    console.log(report(createAdapter(root, name)));
    return 0;
  } catch (error) {
    const isMistake = error instanceof Mistake;
    console.error(`create-adapter: ${error instanceof Error ? error.message : String(error)}`);
    if (!isMistake) console.error("Nothing was changed.");
    return isMistake ? 2 : 1;
  }
};

process.exitCode = main(process.argv.slice(2));
