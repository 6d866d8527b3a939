/** No pool at all: the caller's thread does the work. */
import { callBody } from "../bodies.ts";
import type { Contender } from "../contract.ts";

export const contenders: ReadonlyArray<Contender> = [
  {
    id: "inline",
    title: "inline, no pool",
    kind: "inline",
    role: "reference",
    file: "inline",
    open: async () => ({
      run: async (body, input) => callBody(body, input),
      close: async () => {},
    }),
  },
];
