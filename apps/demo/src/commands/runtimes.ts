/** `demo runtimes`: what `-r` can be, what to expect of each, and which cannot run here. */
import * as Command from "effect/cli/Command";
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";

import { type Adapter, adapters } from "../adapters.ts";
import { toLine } from "../render/json.ts";
import { root } from "./root.ts";

const rows: ReadonlyArray<Adapter> = adapters;

const sentence = ({ bodies, description, name }: Adapter, reason: string | undefined): string =>
  `${name.padEnd(12)}  ${reason === undefined ? description : `not here: ${reason}`} (bodies run ${bodies})`;

export const runtimes = Command.make(
  "runtimes",
  {},
  Effect.fnUntraced(function* () {
    const { json } = yield* root;
    for (const row of rows) {
      const { bodies, description, name } = row;
      const reason = row.unavailable?.();
      const line = { type: "runtime", name, bodies, description, unavailable: reason ?? null };
      yield* Console.log(json ? toLine(line).trimEnd() : sentence(row, reason));
    }
  }),
).pipe(Command.withDescription("The runtimes that -r can be, and what to expect of each"));
