/**
 * Joins the stack of an error that happened elsewhere with that of the call that asked for it.
 */

const heading = "    --- submitted from ---";

// The error's own line, and the frame of the function that made it.
const ownLines = 2;

/**
 * Appends the frames of those who wait for the call.
 *
 * V8 knows them without any cost to calls that succeed, as long as the promise is awaited: they are in the stack of an
 * error that is made where an async function continues.
 */
export const join = (error: unknown, here: Error): unknown => {
  if (!(error instanceof Error) || typeof error.stack !== "string") return error;
  const callers = (here.stack ?? "").split("\n").slice(ownLines);
  if (callers.length === 0 || error.stack.includes(heading)) return error;
  // A frozen error keeps the stack that it has.
  Reflect.defineProperty(error, "stack", {
    value: [error.stack, heading, ...callers].join("\n"),
    writable: true,
    configurable: true,
  });
  return error;
};
