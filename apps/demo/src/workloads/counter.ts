/** `demo counter`: two units count up one number. In raw shared memory updates are lost; a lock and a counter lose none. */
import { Barrier, Counter, Lock, SharedBytes } from "@heddle/coordination";
import type * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";

import type { Counted, CounterSpec } from "../protocol.ts";
import { adapterOf, workersOf } from "../runtimes.ts";
import { cellOf, countCounted, countLocked, countRaw } from "./counter.task.ts";
import { Report, run, runSerially, say } from "./report.ts";

const rawTimes = 1_000_000;
// On a busy machine units may by chance never meet: then they try again, for twice as long.
const maxRounds = 9;
// Where the program answers, each step is a trip to it.
const curedTimes = { shared: 100_000, broker: 1000, memory: 100_000 } as const;

const bytesOfCell = 4;

const number = (n: number): string => n.toLocaleString("en");

const names = { raw: "raw memory", lock: "a Lock", counter: "a Counter" } as const;

const sentence = ({ expected, rounds, seen, way }: Counted): string => {
  const lost = expected - seen;
  const verdict =
    lost === 0 ? `nothing lost${rounds > 1 ? `, in ${rounds} rounds` : ""}` : `${number(lost)} updates lost`;
  const figures = `${number(seen).padStart(9)} of ${number(expected).padStart(9)}`;
  return `  ${names[way].padEnd(10)}  ${figures}  ${verdict}`;
};

const tell = Effect.fnUntraced(function* (counted: Counted) {
  const { emit } = yield* Report;
  emit(counted);
  yield* say(sentence(counted));
  const { expected, runtime, seen, way } = counted;
  if (way !== "raw" && seen !== expected)
    emit({ type: "problem", text: `${names[way]} lost ${expected - seen} updates on ${runtime}` });
});

type Work = { readonly start: Barrier.Barrier; readonly times: number };

/** Runs the task once on each unit, all at the same time. */
const together = Effect.fnUntraced(function* <In extends Work, E>(
  spec: CounterSpec,
  task: Task.Task<string, In, void, E>,
  input: Omit<In, "start">,
) {
  const units = workersOf(spec);
  const start = yield* Barrier.makeScoped({ parties: units });
  const one = () => run(task, { ...input, start } as In, input.times);
  const all = Array.from({ length: units });
  yield* Effect.forEach(all, one, { concurrency: "unbounded", discard: true });
}, Effect.scoped);

const blocksOn = ({ runtime }: CounterSpec): boolean => adapterOf(runtime)?.sharing === "shared";

const timesOn = ({ runtime }: CounterSpec): number => curedTimes[adapterOf(runtime)?.sharing ?? "memory"];

const raw = Effect.fnUntraced(function* (spec: CounterSpec, bytes: SharedBytes.SharedBytes) {
  const cell = cellOf(yield* SharedBytes.view(bytes));
  for (let rounds = 1; ; rounds++) {
    const times = rawTimes * 2 ** (rounds - 1);
    const expected = workersOf(spec) * times;
    cell[0] = 0;
    yield* together(spec, countRaw, { bytes, times });
    const seen = cell[0];
    if (seen === expected && rounds < maxRounds) continue;
    return yield* tell({ type: "counted", runtime: spec.runtime, way: "raw", expected, seen, rounds });
  }
});

const locked = Effect.fnUntraced(function* (spec: CounterSpec, bytes: SharedBytes.SharedBytes) {
  const cell = cellOf(yield* SharedBytes.view(bytes));
  cell[0] = 0;
  const lock = yield* Lock.makeScoped();
  const times = timesOn(spec);
  yield* together(spec, countLocked, { bytes, lock, times, blocks: blocksOn(spec) });
  const expected = workersOf(spec) * times;
  yield* tell({ type: "counted", runtime: spec.runtime, way: "lock", expected, seen: cell[0], rounds: 1 });
}, Effect.scoped);

const counted = Effect.fnUntraced(function* (spec: CounterSpec) {
  const counter = yield* Counter.makeScoped(0);
  const times = timesOn(spec);
  yield* together(spec, countCounted, { counter, times, blocks: blocksOn(spec) });
  const seen = yield* Counter.get(counter);
  const expected = workersOf(spec) * times;
  yield* tell({ type: "counted", runtime: spec.runtime, way: "counter", expected, seen, rounds: 1 });
}, Effect.scoped);

const withMemory = Effect.fnUntraced(function* (spec: CounterSpec) {
  const bytes = yield* SharedBytes.makeScoped({ byteLength: bytesOfCell });
  yield* raw(spec, bytes);
  yield* locked(spec, bytes);
}, Effect.scoped);

export const program = Effect.fnUntraced(function* (spec: CounterSpec) {
  yield* say(`${workersOf(spec)} ${spec.runtime} count up one number at the same time:`);
  yield* withMemory(spec).pipe(
    Effect.catchIf(
      (fault) => fault._tag === "CoordinationError" && fault.reason === "Unsupported",
      (fault) => say(`  no raw memory and no lock for it here: ${fault.message}`),
    ),
  );
  yield* counted(spec);
});

/** The serial version: nobody comes in between. */
export const serial = Effect.fnUntraced(function* ({ runtime }: CounterSpec) {
  yield* say("One after the other, without a runtime:");
  const cell = new Int32Array(1);
  const count = (times: number): void => {
    for (let i = 0; i < times; i++) cell[0] = (cell[0] ?? 0) + 1;
  };
  yield* runSerially(countRaw.name, rawTimes, count);
  yield* runSerially(countRaw.name, rawTimes, count);
  const seen = cell[0] ?? 0;
  yield* tell({ type: "counted", runtime, way: "raw", expected: 2 * rawTimes, seen, rounds: 1 });
});
