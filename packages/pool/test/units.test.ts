/**
 * Workers as units of coordination: what they are told, what they ask, and when they have ended.
 */
import { assert, describe, it } from "vitest";

import * as Frame from "../src/Frame.ts";
import { Units } from "../src/internal/units.ts";
import { Pool } from "../src/Pool.ts";
import { defaults, ScriptedCall, type ScriptedWorker, scriptedTransport } from "./scripted.ts";

const { Kind } = Frame;

const open = (size = 1) => {
  const { transport, workers } = scriptedTransport();
  const units = new Units();
  const pool = new Pool("scripted", transport, { ...defaults, size }, units);
  const submit = (told: Array<string> = []): void =>
    pool.submit(new ScriptedCall({ onEnd: ({ _tag }) => void told.push(_tag) }));
  return { pool, submit, units, workers };
};

const numberOf = (worker: ScriptedWorker | undefined): unknown => worker?.received[0]?.[2];

describe("the units of a pool", () => {
  it("are told who they are before anything else, and no two have one number", () => {
    const { submit, units, workers } = open(2);
    submit();
    submit();
    const first = workers.map(({ received }) => received[0]);
    assert.deepStrictEqual(
      first.map((frame) => frame?.slice(0, 2)),
      [
        [Kind.unit, units.id],
        [Kind.unit, units.id],
      ],
    );
    assert.notStrictEqual(numberOf(workers[0]), numberOf(workers[1]));
  });

  it("are answered by whoever serves them, and not after their end", () => {
    const { submit, units, workers } = open();
    let tellLater: (told: ReadonlyArray<unknown>) => void = () => undefined;
    units.serve((unit, asked, tell) => {
      tell([unit, ...asked]);
      tellLater = tell;
      return undefined;
    });
    submit();
    const [worker] = workers;
    worker?.ready();
    worker?.send([Kind.ask, ["a", "b"]]);
    assert.deepStrictEqual(worker?.received.at(-1), [Kind.told, [numberOf(worker), "a", "b"]]);
    worker?.exit(1);
    tellLater(["late"]);
    assert.notDeepEqual(worker?.received.at(-1), [Kind.told, ["late"]]);
  });

  it("are ended when they ask what means nothing, or nobody can answer, or too early", () => {
    for (const prepare of [
      ({ units }: ReturnType<typeof open>) => units.serve(() => "nonsense"),
      () => undefined,
    ]) {
      const opened = open();
      prepare(opened);
      opened.submit();
      const [worker] = opened.workers;
      worker?.ready();
      worker?.send([Kind.ask, []]);
      assert.isTrue(worker?.killed);
    }
    const early = open();
    early.units.serve(() => undefined);
    early.submit();
    early.workers[0]?.send([Kind.ask, []]);
    assert.isTrue(early.workers[0]?.killed);
  });

  it("ask nothing where there is no coordination", () => {
    const { transport, workers } = scriptedTransport();
    const pool = new Pool("scripted", transport, defaults);
    pool.submit(new ScriptedCall({}));
    assert.isFalse(workers[0]?.kinds.includes(Kind.unit));
    workers[0]?.ready();
    workers[0]?.send([Kind.ask, []]);
    assert.isTrue(workers[0]?.killed);
  });

  it("are told to have ended once, before the end of what they ran", () => {
    const { submit, units, workers } = open();
    const told: Array<string> = [];
    const stop = units.onUnitEnd((unit) => void told.push(`unit ${unit}`));
    submit(told);
    const [worker] = workers;
    worker?.ready();
    worker?.exit(1);
    worker?.exit(1);
    assert.deepStrictEqual(told, [`unit ${String(numberOf(worker))}`, "Lost"]);
    stop();
    submit();
    workers[1]?.exit(1);
    assert.lengthOf(told, 2);
  });
});
