/**
 * What a thread needs of `node:fs`. To import that module makes all that it exports, promises and streams too: 0.6 MiB in each
 * thread.
 */
export const { writeSync } = process.getBuiltinModule("node:fs");
