/** Many fibers that wait at once: what each takes to start, to keep, and to end. */
import { sameAs } from "../check.ts";
import type { Pool, Probe } from "../contract.ts";
import { heapBytes } from "../heap.ts";
import { warmUp } from "../loops.ts";

const parkAndRelease = async (pool: Pool, count: number): Promise<void> => {
  const parked = await pool.park?.(count);
  sameAs(count, await parked?.release());
};

export const probe: Probe = async ({ open, param }) => {
  const pool = await open();
  const count = param("fibers");
  if (pool.park === undefined) throw new Error("it has no fibers");
  await warmUp(param("warmUpSeconds"), () => parkAndRelease(pool, param("warmUpFibers")));
  const before = heapBytes();
  const began = performance.now();
  const parked = await pool.park(count);
  const micros = (performance.now() - began) * 1000;
  const heap = heapBytes() - before;
  const opened = performance.now();
  sameAs(count, await parked.release());
  const endMicros = (performance.now() - opened) * 1000;
  return {
    figures: {
      microsPerFiber: micros / count,
      heapBytesPerFiber: heap / count,
      endMicrosPerFiber: endMicros / count,
    },
  };
};
