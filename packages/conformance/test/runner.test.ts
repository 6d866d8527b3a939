/**
 * The runner: its verdicts and limits.
 */
import * as assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { watch } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";

import type { Attempt } from "@heddle/core/Adapter";
import { messageOf } from "@heddle/core/Defect";
import type * as Runtime from "@heddle/core/Runtime";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import { describe, it } from "vitest";

import type { Case } from "../src/Case.ts";
import * as Conformance from "../src/Conformance.ts";
import * as Runner from "../src/Runner.ts";
import {
  altered,
  breaks,
  closingWith,
  doubles,
  leavingThreads,
  losesValues,
  needsTransfer,
  never,
  sound,
} from "./subjects.ts";

const verdictsOf = async (
  layerOf: Runner.LayerOf,
  cases: ReadonlyArray<Case>,
  options: Omit<Runner.Options, "cases"> = {},
): Promise<ReadonlyArray<string>> => {
  const told: Array<string> = [];
  const onVerdict = ({ case: { id } }: Runner.Planned, verdict: Runner.Verdict): void => {
    const error = verdict._tag === "Failed" ? `: ${messageOf(verdict.error)}` : "";
    told.push(`${id} ${verdict._tag}${error}`);
  };
  await Runner.run("made", layerOf, { sizes: [1], ...options, cases, onVerdict });
  return told;
};

/** Notes which runtime each case was given. */
const seeing = (seen: Array<Runtime.Service>, testCase: Case): Case => ({
  ...testCase,
  run: (env) => {
    seen.push(env.runtime);
    return testCase.run(env);
  },
});

describe("a verdict", () => {
  it("is Passed, Failed with the error of the case, or NotApplicable with what is missing", async () => {
    const { groups } = Runner.plan("made", sound, { sizes: [1], cases: [doubles, breaks, needsTransfer] });
    const verdicts = await Promise.all((groups[0]?.cases ?? []).map((planned) => planned.run()));
    await groups[0]?.close();
    const [passed, failed, notApplicable] = verdicts;
    assert.deepEqual(passed, { _tag: "Passed" });
    assert.ok(failed?._tag === "Failed" && failed.error instanceof assert.AssertionError);
    assert.equal(failed.error.message, "on purpose");
    assert.deepEqual(notApplicable, { _tag: "NotApplicable", needs: ["transfer", "severalPlaces"] });
  });

  it("is Failed, not a rejection, when the runtime cannot be opened or the case throws", async () => {
    const closed: Runner.LayerOf = () => Layer.effectDiscard(Effect.die(new Error("no room"))) as never;
    assert.deepEqual(await verdictsOf(closed, [doubles, breaks]), [
      "made/doubles Failed: no room",
      "made/breaks Failed: no room",
    ]);
    const throws: Case = {
      ...doubles,
      run: () => {
        throw new RangeError("thrown");
      },
    };
    assert.deepEqual(await verdictsOf(sound, [throws]), ["made/doubles Failed: thrown"]);
  });

  it("of a wrong runtime is Failed for the case that says what is wrong", async () => {
    const told = await verdictsOf(losesValues, Conformance.groups.results);
    assert.ok(told.some((line) => line.startsWith("results/value Failed")));
    assert.ok(told.includes("results/void Passed"));
  });

  it("is Failed when the adapter breaks its contract, though callers do not notice", async () => {
    const startsTwice = altered({
      execute: (job) => {
        const started: typeof job.started = (unit) => {
          job.started(unit);
          job.started(unit);
        };
        return TestRuntime.adapter.execute({ ...job, started });
      },
    });
    const [told = ""] = await verdictsOf(startsTwice, [doubles]);
    assert.match(told, /made\/doubles Failed: the adapter broke its contract[^]*started an attempt twice/);
  });

  it("is Failed when an abort comes while it runs", async () => {
    const [group] = Runner.plan("made", sound, { sizes: [1], cases: [never] }).groups;
    const controller = new AbortController();
    const verdict = group?.cases[0]?.run(controller.signal);
    controller.abort(new Error("enough"));
    assert.deepEqual(await verdict, { _tag: "Failed", error: controller.signal.reason });
  });
});

describe("a case over its limit", () => {
  it("fails, and the next one gets another runtime", async () => {
    const seen: Array<Runtime.Service> = [];
    const cases = [doubles, never, { ...doubles, id: "made/next" } as const];
    const told = await verdictsOf(
      sound,
      cases.map((one) => seeing(seen, one)),
      { limitMillis: 200 },
    );
    assert.deepEqual(told, [
      "made/doubles Passed",
      "made/never Failed: it took longer than 200 ms",
      "made/next Passed",
    ]);
    const [first, second, third] = seen;
    assert.equal(first, second);
    assert.notEqual(second, third);
  });

  it("is left behind with its runtime when it cannot be interrupted", async () => {
    const seen: Array<Runtime.Service> = [];
    const uninterruptible: Case = { ...never, run: () => Effect.uninterruptible(Effect.never) };
    const cases = [uninterruptible, doubles].map((one) => seeing(seen, one));
    assert.deepEqual(await verdictsOf(sound, cases, { limitMillis: 200 }), [
      "made/never Failed: it took longer than 200 ms, and does not end; its runtime was left behind",
      "made/doubles Passed",
    ]);
    assert.notEqual(seen[0], seen[1]);
  });

  it("does not disturb the runtime of the next ones when it ends after all", async () => {
    const late = Promise.withResolvers<void>();
    const held: Case = { ...never, run: () => Effect.uninterruptible(Effect.promise(() => late.promise)) };
    const [group] = Runner.plan("made", sound, {
      sizes: [1],
      limitMillis: 100,
      cases: [held, doubles, { ...doubles, id: "made/last" }],
    }).groups;
    const [first, second, last] = group?.cases ?? [];
    assert.equal((await first?.run())?._tag, "Failed");
    assert.equal((await second?.run())?._tag, "Passed");
    late.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await last?.run())?._tag, "Passed");
    await group?.close();
  });

  it("is one on a runtime that never opens or never closes, too", async () => {
    const stuck = { ...doubles, shares: false };
    const opens: Runner.LayerOf = () => Layer.effectDiscard(Effect.never) as never;
    assert.match(
      (await verdictsOf(opens, [stuck], { limitMillis: 100 })).join(),
      /opening the runtime took longer than 100 ms/,
    );
    assert.match(
      (await verdictsOf(neverCloses, [stuck], { limitMillis: 100 })).join(),
      /closing the runtime took longer than 100 ms/,
    );
  });
});

const neverCloses: Runner.LayerOf = (options) =>
  Layer.merge(sound(options), Layer.effectDiscard(Effect.addFinalizer(() => Effect.never)));

describe("the first error", () => {
  const besides = "made/breaks Failed: on purpose; besides, its runtime does not close";

  it("is told when closing hangs as well, on a runtime of its own and on a shared one", async () => {
    for (const shares of [false, true]) {
      const cases = [{ ...breaks, shares }];
      assert.deepEqual(await verdictsOf(neverCloses, cases, { limitMillis: 300 }), [besides]);
    }
  });

  it("leaves closing a short time only", { timeout: 30_000 }, async () => {
    const start = performance.now();
    assert.deepEqual(await verdictsOf(neverCloses, [breaks], { limitMillis: 600_000 }), [besides]);
    assert.ok(performance.now() - start < 25_000, "closing took all the time of the case");
  });

  it("leaves the next case a runtime of its own", async () => {
    const seen: Array<Runtime.Service> = [];
    const cases = [breaks, { ...breaks, id: "made/next" } as const].map((one) => seeing(seen, one));
    const told = await verdictsOf(neverCloses, cases, { limitMillis: 300 });
    assert.deepEqual(told, [besides, besides.replace("breaks", "next")]);
    assert.notEqual(seen[0], seen[1]);
  });

  it("is told when what the case opened hangs", async () => {
    const opened: Case = {
      ...breaks,
      run: () =>
        Effect.andThen(
          Effect.addFinalizer(() => Effect.never),
          Effect.sync(() => assert.fail("first")),
        ),
    };
    const [told = ""] = await verdictsOf(sound, [opened], { limitMillis: 300 });
    assert.match(told, /made\/breaks Failed: first, and does not end/);
  });

  it("is told as it is when closing breaks too", async () => {
    const finalizer = Layer.effectDiscard(Effect.addFinalizer(() => Effect.die(new Error("second"))));
    const closes: Runner.LayerOf = (options) => Layer.merge(sound(options), finalizer);
    for (const shares of [false, true]) {
      assert.deepEqual(await verdictsOf(closes, [{ ...breaks, shares }]), ["made/breaks Failed: on purpose"]);
    }
  });
});

describe("what a runtime leaves behind", () => {
  it("fails the case that had a runtime of its own", async () => {
    const { layerOf, stop } = leavingThreads();
    const [told = ""] = await verdictsOf(layerOf, [{ ...doubles, shares: false }]);
    await stop();
    assert.match(told, /made\/doubles Failed[^]*thread \d+/);
  });

  it("rejects the close of a group that shared it, and is in the report", async () => {
    const { layerOf, stop } = leavingThreads();
    const { groups, report } = Runner.plan("made", layerOf, { sizes: [1], cases: [doubles] });
    assert.equal((await groups[0]?.cases[0]?.run())?._tag, "Passed");
    await assert.rejects(async () => groups[0]?.close(), /thread \d+/);
    await stop();
    const [leak] = report().leaks;
    assert.deepEqual([leak?.group, leak?.size], ["made", 1]);
    assert.match(Runner.failures(report()).join(), /size 1: the runtime of made was not closed[^]*thread/);
  });

  it("may be a server with a connection, a port for datagrams, or a watcher of files", async () => {
    const stops: Array<() => void> = [];
    const leaves = closingWith(() => {
      const server = createServer().listen(0, "127.0.0.1", () => {
        const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
        stops.push(() => socket.destroy());
      });
      const datagrams = createSocket("udp4").bind(0, "127.0.0.1");
      const watcher = watch(tmpdir());
      stops.push(
        () => server.close(),
        () => datagrams.close(),
        () => watcher.close(),
      );
    });
    const [told = ""] = await verdictsOf(leaves, [{ ...doubles, shares: false }]);
    for (const stop of stops) stop();
    for (const kind of ["TCPServerWrap", "TCPSocketWrap", "UDPW", "FSEventWrap"]) {
      assert.match(told, new RegExp(`made/doubles Failed[^]*active ${kind}`, "i"));
    }
  });

  it("may be an answer that comes once more, long after the case", async () => {
    const attempts: Array<Attempt> = [];
    const answersTwice = altered({
      begin: (attempt) => {
        attempts.push(attempt);
        attempt.started({ runtime: "made", lane: "made/0", pid: process.pid, threadId: 0 });
        queueMicrotask(() => attempt.ended(Exit.succeed({ _tag: "Success", value: 42 })));
        return { cancel: () => undefined };
      },
    });
    const [group] = Runner.plan("made", answersTwice, { sizes: [1], cases: [doubles] }).groups;
    assert.deepEqual(await group?.cases[0]?.run(), { _tag: "Passed" });
    attempts[0]?.ended(Exit.succeed({ _tag: "Success", value: 43 }));
    await assert.rejects(async () => group?.close(), /ended an attempt twice/);
  });
});
