/** Tasks that call tasks. */
import * as Task from "@heddle/core/Task";

import { type Answer, type Base, run } from "./evidence.ts";
import { exit } from "./lethal.task.ts";
import { crunch, pause, quick, thrower, type Timed } from "./plain.task.ts";

const module = import.meta.url;

type Leaf = Task.Task<string, Timed, Answer>;

// All of them take at least what a timed one takes.
const leaves = { quick, crunch, pause, thrower, exit } as unknown as Readonly<
  Record<"quick" | "crunch" | "pause" | "thrower" | "exit", Leaf>
>;

export interface Nest extends Base {
  readonly depth: number;
  readonly leaf: keyof typeof leaves;
}

/** How a nested call ended when not with an answer, as far as it tells. */
export interface Caught {
  readonly id: number;
  readonly reason: string;
  readonly lane: string | undefined;
}

const caught = (id: number, thrown: unknown): Caught => {
  const { message, name, reason } = thrown as Error & {
    readonly reason?: { readonly _tag: string; readonly lane?: string };
  };
  return { id, reason: reason?._tag ?? `${name}: ${message}`, lane: reason?.lane };
};

const isCaught = (value: Answer | Caught): value is Caught => "reason" in value;

/** Calls itself `depth - 1` times, then a leaf; each level has the next id and hands on what it was told. */
export const nest: Task.Task<"chaos/nest", Nest, Answer | Caught> = Task.make({
  name: "chaos/nest",
  module,
  body: async (input: Nest, context): Promise<Answer | Caught> => {
    const answer = run(input, context);
    const below = { ...input, id: input.id + 1, depth: input.depth - 1 };
    try {
      const given =
        below.depth > 0
          ? await context.run(nest, below)
          : await context.run(leaves[input.leaf], { ...below, millis: 3 });
      if (isCaught(given)) return given;
      return given.id === below.id ? answer : { id: input.id, reason: "mixed up", lane: undefined };
    } catch (thrown) {
      return caught(below.id, thrown);
    }
  },
});
