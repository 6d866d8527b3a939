import { assert, describe, it } from "@effect/vitest";
import * as Task from "@heddle/core/Task";

import { Kind } from "../../src/Frame.ts";
import * as Offers from "../../src/Offers.ts";
import { Host } from "./harness.ts";

const module = "a bundle";
const began: Array<number> = [];
let release: () => void = () => undefined;

const bundled = {
  notes: Task.make({ name: "notes", module, body: (n: number) => began.push(n) }),
  waits: Task.make({
    name: "waits",
    module,
    body: () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  }),
};

const nothing = (): void => undefined;

/** A worker that waits in its first call, with calls 2, 3 and 4 offered. */
const waiting = () => {
  began.length = 0;
  const words = new Int32Array(new SharedArrayBuffer(Offers.mostOpen * Int32Array.BYTES_PER_ELEMENT));
  const offers = Offers.overWords(words, nothing);
  const withdraw = (ticket: number): boolean => offers.withdraw([ticket]).has(ticket);
  const host = new Host({ accept: Offers.acceptFrom(words) }, [bundled]);
  const first = host.call(bundled.waits, undefined);
  const tickets = [2, 3, 4];
  offers.make([], tickets);
  const calls = tickets.flatMap((n) => [n, `job${n}`, n, 1, n]);
  host.send([Kind.runAhead, module, "notes", undefined, calls]);
  return { first, host, offers, withdraw };
};

describe("a worker that was given calls ahead", () => {
  it("begins with none before it has sent the end of the one before", async () => {
    const { first, host } = waiting();
    assert.deepStrictEqual(began, []);
    release();
    await host.end(4);
    assert.deepStrictEqual(began, [2, 3, 4]);
    const ends = host.of(Kind.outcome).map(([, call]) => call);
    assert.deepStrictEqual(ends, [first, 2, 3, 4]);
  });

  it("leaves out what was taken back, and nobody can take back what it has begun with", async () => {
    const { host, withdraw } = waiting();
    assert.isTrue(withdraw(3));
    release();
    await host.end(4);
    assert.deepStrictEqual(began, [2, 4]);
    assert.deepStrictEqual(
      [2, 3, 4].map((ticket) => withdraw(ticket)),
      [false, false, false],
    );
  });

  it("takes a word that another call has by now for taken back", async () => {
    const { host, offers, withdraw } = waiting();
    withdraw(3);
    offers.make([], [3 + Offers.mostOpen]);
    release();
    await host.end(4);
    assert.deepStrictEqual(began, [2, 4]);
    assert.isTrue(withdraw(3 + Offers.mostOpen));
  });

  it("does not run what is cancelled before its turn comes", async () => {
    const { host } = waiting();
    host.send([Kind.cancel, 3]);
    release();
    assert.deepStrictEqual(await host.end(3), { _tag: "Interrupted" });
    await host.end(4);
    assert.deepStrictEqual(began, [2, 4]);
  });

  it("tells how long each body took", async () => {
    const { first, host } = waiting();
    release();
    await host.end(4);
    for (const [, call, , micros] of host.of(Kind.outcome)) {
      assert.isAtLeast(micros ?? -1, 0, `of call ${call}`);
    }
    assert.lengthOf(host.of(Kind.outcome), 4, `after ${first}`);
  });
});
