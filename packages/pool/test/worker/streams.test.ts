import { assert, describe, it } from "@effect/vitest";

import { initialCredit, isWorkerFrame, Kind } from "../../src/Frame.ts";
import * as Tasks from "./fixtures/values.ts";
import { Host, turns } from "./harness.ts";

const success = (value: unknown) => ({ _tag: "Success", value });
const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i + 1);

const items = (host: Host): ReadonlyArray<unknown> => host.of(Kind.chunk).flatMap(([, , values]) => values);

describe("a stream", () => {
  it("is never more items ahead than it was given credit for", async () => {
    const host = new Host();
    const call = host.call(Tasks.endless, 0, { mode: "stream" });
    let credit = initialCredit;
    for (const more of [0, 1, 1, 3, 40, 200]) {
      if (more > 0) host.send([Kind.credit, call, more]);
      credit += more;
      await host.settled(() => items(host).length >= credit);
      assert.deepStrictEqual([items(host).length, Tasks.counted.made], [credit, credit]);
    }
    assert.deepStrictEqual(items(host), upTo(credit));
    host.send([Kind.cancel, call]);
    assert.deepStrictEqual(await host.end(call), { _tag: "Interrupted" });
  });

  it("of Effect is split where its own arrays are longer than there is credit", async () => {
    const host = new Host();
    const call = host.call(Tasks.endlessStream, 1000, { mode: "stream" });
    await host.settled(() => items(host).length >= initialCredit);
    assert.deepStrictEqual(items(host), upTo(initialCredit));
    host.send([Kind.credit, call, 5]);
    await host.settled(() => items(host).length >= initialCredit + 5);
    assert.deepStrictEqual(items(host), upTo(initialCredit + 5));
    for (const credit of [400, 500, 84]) {
      host.send([Kind.credit, call, credit]);
      await turns();
    }
    assert.deepStrictEqual(await host.end(call), success(undefined));
    assert.deepStrictEqual(items(host), upTo(1000));
    assert.isTrue(host.sent.every((frame) => isWorkerFrame(frame)));
  });

  it("whose item cannot be sent ends as refused, though its body hears of it later", async () => {
    const host = new Host();
    const deaths: Array<unknown> = [];
    const note = (reason: unknown): void => void deaths.push(reason);
    process.on("unhandledRejection", note);
    const call = host.call(Tasks.yieldsFunctionAndWaits, 0, { mode: "stream" });
    const end = await host.end(call);
    await turns();
    process.off("unhandledRejection", note);
    assert.deepInclude(end, { _tag: "NotSerializable", where: "output" });
    assert.deepStrictEqual(deaths, []);
  });
});

describe("a body", () => {
  it("that returns a thenable which gives a promise ends with what the promise gives", async () => {
    const host = new Host();
    assert.deepStrictEqual(await host.end(host.call(Tasks.givesPromise, 5)), success(5));
  });

  it("that is a generator is stepped through its `finally` when it is cancelled", async () => {
    const host = new Host();
    const call = host.call(Tasks.yieldsInFinally, 0);
    await turns();
    host.send([Kind.cancel, call]);
    assert.deepStrictEqual(await host.end(call), { _tag: "Interrupted" });
    assert.deepStrictEqual(
      host.of(Kind.progress).map(([, , value]) => value),
      ["stopping", "cleaned up"],
    );
  });

  it("never logs what its host would not take", async () => {
    const host = new Host();
    await host.end(host.call(Tasks.logsMuch, 999));
    await host.end(host.call(Tasks.logsMuch, 5000));
    await host.end(host.call(Tasks.effectLogsMuch, 5000));
    const lines = host.of(Kind.log);
    assert.deepStrictEqual(
      lines.map(([, , parts]) => parts.at(-1)),
      ["(1 more)", "(4002 more)", "(4002 more)"],
    );
    assert.isTrue(lines.every((frame) => isWorkerFrame(frame)));
  });
});
