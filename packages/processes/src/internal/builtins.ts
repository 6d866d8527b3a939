/**
 * What a worker needs of Node's modules. To import one of those makes all that it exports, and loads what that needs: in
 * each process 0.5 MiB for `node:fs`, 0.3 for `node:util`, which even loads `node:worker_threads`.
 */
export const { readSync, writeSync } = process.getBuiltinModule("node:fs");
export const { Socket } = process.getBuiltinModule("node:net");
export const { types } = process.getBuiltinModule("node:util");
export const { deserialize, Deserializer, getHeapStatistics, serialize, Serializer } =
  process.getBuiltinModule("node:v8");
