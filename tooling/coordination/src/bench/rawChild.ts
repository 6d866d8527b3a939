/** Answers each message at once, over Node's own channel. */
process.on("message", (message) => process.send?.(message));
