/**
 * What a call costs that has to wait: `calls` no-op calls in one turn of the event loop, while no answer can arrive.
 * Somebody waits for each of them, as in any program, and that counts as well: about 190 bytes.
 */
import { sameAs } from "../check.ts";
import type { Probe } from "../contract.ts";
import { heapBytes } from "../heap.ts";
import { runMany, warmUp } from "../loops.ts";

export const probe: Probe = async ({ abandon, open, param }) => {
  const pool = await open();
  await warmUp(param("warmUpSeconds"), () => runMany(pool, param("warmUpCalls"), 64));
  const calls = param("calls");
  const pending = Array<Promise<unknown> | undefined>(calls).fill(undefined);
  const before = heapBytes();
  const began = performance.now();
  for (let i = 0; i < calls; i++) pending[i] = pool.run("noop", i).then((output) => sameAs(i, output));
  const enqueueMicros = ((performance.now() - began) * 1000) / calls;
  const heap = (heapBytes() - before) / calls;
  // To wait for all of them would take some peers a minute and more.
  for (let i = 0; i < param("awaited"); i++) await pending[i];
  abandon();
  return { figures: { heapBytesPerCall: heap, enqueueMicros } };
};
