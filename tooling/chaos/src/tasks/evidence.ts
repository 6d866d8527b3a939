/**
 * What every body leaves behind before it does anything else, so that the host knows what ran, where and how often.
 *
 * A line in a file is there whatever becomes of the worker next. `O_APPEND` keeps lines of several workers whole.
 */
import { appendFileSync } from "node:fs";

import type { TaskContext } from "@heddle/core/TaskContext";

import { mix } from "../random.ts";

/** What all inputs have. */
export interface Base {
  readonly id: number;
  readonly salt: number;
  readonly journal: string;
}

/** What a body gives when all is well: nobody else's answer is the same. */
export interface Answer {
  readonly id: number;
  readonly sum: number;
}

/** `ran`: a body starts. `alive`: it still runs. `armed`: the worker will die of what this body leaves behind. */
export type Mark = "ran" | "alive" | "armed";

/** What the evidence needs of a body's context. */
export type Whereabouts = Pick<TaskContext, "attempt" | "unit">;

export const answerTo = ({ id, salt }: Pick<Base, "id" | "salt">): Answer => ({ id, sum: mix(id, salt) });

export const leave = (mark: Mark, { id, journal }: Base, { attempt, unit }: Whereabouts): void => {
  const { lane, pid, threadId } = unit;
  appendFileSync(journal, `${mark} ${id} ${attempt} ${lane} ${pid} ${threadId} ${Date.now()}\n`);
};

/** The evidence that a body ran, and its answer. */
export const run = (input: Base, context: Whereabouts): Answer => {
  leave("ran", input, context);
  return answerTo(input);
};
