/**
 * Joins the stack of an error that happened elsewhere with that of the call that asked for it.
 */

const heading = "    --- submitted from ---";

// It is there or not as the turn began, and says nothing of who calls.
const turnOfNode = "node:internal/process/task_queues";

// The error's own line, and the frame of the function that made it.
const ownLines = 2;

/**
 * Whether the engine sees who waits for a promise through other promises that it was resolved with: V8 does, in Node,
 * Deno and browsers. JavaScriptCore sees no further than async functions that await one another.
 */
export const isSeenThroughPromises = !("Bun" in globalThis);

/**
 * Appends the frames of those who wait for the call.
 *
 * The engine knows them without any cost to calls that succeed, as long as the promise is awaited: they are in the stack
 * of an error that is made where an async function continues.
 */
export const join = (error: unknown, here: Error): unknown => {
  if (!(error instanceof Error) || typeof error.stack !== "string") return error;
  const frames = (here.stack ?? "").split("\n").slice(ownLines);
  const callers = frames.filter((frame) => !frame.includes(turnOfNode));
  if (callers.length === 0 || error.stack.includes(heading)) return error;
  // A frozen error keeps the stack that it has.
  Reflect.defineProperty(error, "stack", {
    value: [error.stack, heading, ...callers].join("\n"),
    writable: true,
    configurable: true,
  });
  return error;
};

/** A promise that rejects with the reason, joined, once it is known who waits for the one that is resolved with it. */
export const reject = async (reason: unknown): Promise<never> => {
  // Resolving a promise with another links the two in a job of its own, which comes after the first of these turns.
  const turn = Promise.resolve();
  await turn;
  await turn;
  throw join(reason, new Error("here"));
};
