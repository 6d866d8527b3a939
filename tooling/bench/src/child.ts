/**
 * One measurement, in a process of its own: one contender, one probe. Gets its request as an argument and writes what it
 * measured, and what went wrong, to descriptor 3, a line each.
 */
import { writeSync } from "node:fs";

import type { Bench, Contender, Measured, Params, Pool, Probe } from "./contract.ts";

export interface ChildRequest {
  readonly contender: string;
  readonly file: string;
  readonly probe: string;
  readonly size: number;
  readonly params: Params;
}

export interface ChildAnswer {
  readonly measured?: Measured;
  readonly failure?: string;
}

const closeMillis = 10_000;

const within = async (what: string, millis: number, promise: Promise<unknown>): Promise<void> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} took more than ${millis} ms`)), millis);
  await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
};

const say = (answer: ChildAnswer): void => void writeSync(3, `${JSON.stringify(answer)}\n`);

const runProbe = async (contender: Contender, { params, probe: name, size }: ChildRequest): Promise<void> => {
  const { probe } = (await import(`./probes/${name}.js`)) as { readonly probe: Probe };
  let pools: Array<Pool> = [];
  const bench: Bench = {
    size,
    kind: contender.kind,
    open: async (asked = size) => {
      const pool = await contender.open(asked);
      pools.push(pool);
      return pool;
    },
    param: (key) => {
      const value = params[key];
      if (value === undefined) throw new Error(`the workload gives no "${key}"`);
      return value;
    },
    abandon: () => (pools = []),
  };
  say({ measured: await probe(bench) });
  for (const pool of pools) await within("close", closeMillis, pool.close());
};

const main = async (request: ChildRequest): Promise<void> => {
  // Only the one file: what other libraries load must not be in this process.
  const { contenders } = (await import(`./contenders/${request.file}.js`)) as {
    readonly contenders: ReadonlyArray<Contender>;
  };
  const contender = contenders.find(({ id }) => id === request.contender);
  if (contender === undefined) throw new Error(`contenders/${request.file} has no ${request.contender}`);
  if (contender.measure === undefined) return runProbe(contender, request);
  say({ measured: await contender.measure(request) });
};

// Whatever ends this process early, also an error that no promise of ours carries, is told before it does.
process.on("uncaughtExceptionMonitor", (error: unknown) => {
  say({ failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
});

await main(JSON.parse(process.argv[2] ?? "{}") as ChildRequest);
// Some libraries keep the program alive after they were closed, and abandoned pools do as well.
process.exit(0);
