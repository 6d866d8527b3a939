/**
 * The numbers of calls. Nobody can guess one: whoever knows it may end that call, and what a body leaves behind in its
 * worker must not end the next.
 */

// Drawing one at a time costs several times as much.
const drawn = new Uint32Array(1024);
let next = drawn.length;

/** Draws numbers ahead. The first time, the platform loads its cryptography: a good time is while a worker starts. */
export const prepare = (): void => {
  if (next < drawn.length) return;
  crypto.getRandomValues(drawn);
  next = 0;
};

const draw = (): number => {
  prepare();
  return drawn[next++]!;
};

/** Draws a number of 53 bits that no cancel flag takes for `raised`: a flag holds the low 32 bits. */
export const drawUnlike = (raised: number): number => {
  for (;;) {
    const number = (draw() >>> 11) * 2 ** 32 + draw();
    if ((number | 0) !== (raised | 0) && (number | 0) !== 0) return number;
  }
};
