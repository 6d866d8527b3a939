/** The worker's half of the batching prototype: a flat list of calls in, a flat list of answers out. */
import { callBody } from "../bodies.ts";

/** `[id, body, input, id, body, input, ...]` becomes `[id, output, id, output, ...]`. */
export const answersTo = (batch: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const answers: Array<unknown> = [];
  for (let i = 0; i < batch.length; i += 3)
    answers.push(batch[i], callBody(batch[i + 1] as string, batch[i + 2]));
  return answers;
};
