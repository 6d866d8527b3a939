/** One buffer there and back at a time, copied or moved. */
import { sameAs } from "../check.ts";
import type { Pool, Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { warmUp } from "../loops.ts";
import { quantile } from "../stats.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const roundTrip = async (pool: Pool, bytes: Bytes, isMoved: boolean): Promise<Bytes> =>
  (await (isMoved ? pool.run("echoMoved", bytes, [bytes.buffer]) : pool.run("echo", bytes))) as Bytes;

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  const size = param("bytes");
  const trips = param("trips");
  const isMoved = param("isMoved") === 1;
  let bytes = new Uint8Array(size).fill(7);
  await warmUp(param("warmUpSeconds"), async () => {
    bytes = await roundTrip(pool, bytes, isMoved);
  });
  const micros: Array<number> = [];
  const cpu = startCpu(kind);
  for (let i = 0; i < trips; i++) {
    bytes[i % size] = i & 0xff;
    const began = performance.now();
    const back = await roundTrip(pool, bytes, isMoved);
    micros.push((performance.now() - began) * 1000);
    // Moved means gone; copied means still here.
    sameAs(isMoved ? 0 : size, bytes.byteLength);
    bytes = back;
    sameAs(i & 0xff, bytes[i % size]);
  }
  const cpuMicros = cpu() / trips;
  sameAs(size, bytes.length);
  return { figures: { microsPerTrip: quantile(micros, 0.5) }, cpuMicros };
};
