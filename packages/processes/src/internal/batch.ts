/**
 * The outline of a batch that came from a worker: dense, of few frames, all of them arrays. What is in the frames is for
 * the pool to judge.
 */
const { isArray } = Array;

/** More than any honest worker sends at once. */
const maxFrames = 65_536;

/** Gives back what is a batch. Throws otherwise, before anything has walked through it: an array may be all holes. */
export const asBatch = (u: unknown): ReadonlyArray<ReadonlyArray<unknown>> => {
  if (!isArray(u)) throw new TypeError("a batch that is no array");
  if (u.length > maxFrames) throw new RangeError(`a batch of ${u.length} frames`);
  for (let index = 0; index < u.length; index++) {
    if (!isArray(u[index])) throw new TypeError("a frame that is no array");
  }
  return u as ReadonlyArray<ReadonlyArray<unknown>>;
};
