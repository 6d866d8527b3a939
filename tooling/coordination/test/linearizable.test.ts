import { SharedBytes } from "@heddle/coordination/promised";
import type { PromisedRuntime } from "@heddle/core/Promised";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isLinearizable, type Operation } from "../src/histories.ts";
import { makeObject, type ModelKind, models, operate } from "../src/models.ts";
import { all } from "../src/places.ts";

const kinds = Object.keys(models) as ReadonlyArray<ModelKind>;
const units = 4;
const rounds = Number(process.env["HEDDLE_HISTORIES"] ?? 40);

const historyOf = async (
  runtime: PromisedRuntime,
  kind: ModelKind,
  seed: number,
): Promise<ReadonlyArray<Operation>> => {
  const handle = await makeObject[kind](runtime);
  const clock = await SharedBytes.make(runtime, { byteLength: 8 });
  const parts = await Promise.all(
    Array.from({ length: units }, (_, unit) =>
      runtime.run(operate, { kind, handle, clock, seed: seed * 31 + unit * 7919 + 1, turns: 5 }),
    ),
  );
  await SharedBytes.free(clock);
  return parts.flat();
};

describe.each(all)("on $name", ({ open }) => {
  let runtime: PromisedRuntime;
  beforeAll(async () => {
    runtime = await open(units);
  });
  afterAll(() => runtime.close());

  it.each(kinds)(
    "what four units see of a %s is what one object does that does one thing at a time",
    async (kind) => {
      for (let round = 0; round < rounds; round++) {
        const seed = Math.floor(Math.random() * 2 ** 31);
        const history = await historyOf(runtime, kind, seed);
        const shown = JSON.stringify(history.toSorted((one, other) => one.begun - other.begun));
        expect(isLinearizable(models[kind], history), `seed ${seed}: ${shown}`).toBe(true);
      }
    },
    120_000,
  );
});

describe("the checker", () => {
  const operation = (
    name: string,
    result: unknown,
    begun: number,
    over: number,
    args: ReadonlyArray<number> = [],
  ) => ({
    name,
    args,
    result,
    begun,
    over,
  });

  it("accepts what overlaps in either order, and refuses what cannot have been", () => {
    const overlapping = [operation("add", 2, 0, 3, [1]), operation("add", 1, 1, 2, [1])];
    expect(isLinearizable(models.counter, overlapping)).toBe(true);
    const lostUpdate = [operation("add", 1, 0, 3, [1]), operation("add", 1, 1, 2, [1])];
    expect(isLinearizable(models.counter, lostUpdate)).toBe(false);
    const twoOwners = [operation("acquire", 1, 0, 1), operation("acquire", 2, 2, 3)];
    expect(isLinearizable(models.lock, twoOwners)).toBe(false);
    const overtaken = [
      operation("offer", null, 0, 1, [1]),
      operation("offer", null, 2, 3, [2]),
      operation("take", 2, 4, 5),
    ];
    expect(isLinearizable(models.queue, overtaken)).toBe(false);
    const takenOfNothing = [operation("offer", "TimedOut", 0, 1, [1]), operation("take", 1, 2, 3)];
    expect(isLinearizable(models.queue, takenOfNothing)).toBe(false);
  });
});
