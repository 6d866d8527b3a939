/**
 * What a runtime remembers of those who call.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { assert, describe, it } from "@effect/vitest";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";

import * as Runtime from "../src/Runtime.ts";
import * as TestRuntime from "../src/testing/TestRuntime.ts";
import { double } from "./tasks.ts";

class Load extends Context.Service<Load, { readonly bytes: Uint8Array }>()("Load") {}

const collect = async (): Promise<void> => {
  setFlagsFromString("--expose-gc");
  // What a weak reference was asked for lives until its turn is over.
  await new Promise((done) => setImmediate(done));
  (runInNewContext("gc") as () => void)();
};

const deadAfter = async (ref: WeakRef<object>): Promise<boolean> => {
  for (let round = 0; round < 20; round++) {
    await collect();
    if (ref.deref() === undefined) return true;
  }
  return false;
};

/** Calls from a context that nobody else holds. */
const callFromElsewhere = async (runtime: Runtime.Service, options?: object): Promise<WeakRef<object>> => {
  const load = { bytes: new Uint8Array(1000) };
  const call = Effect.provideService(Effect.exit(runtime.run(double, 1, options)), Load, load);
  await Effect.runPromise(call);
  return new WeakRef(load);
};

describe("a runtime without calls", () => {
  it("holds nothing of those who called", async () => {
    const runtime = Runtime.make(TestRuntime.adapter);
    assert.isTrue(await deadAfter(await callFromElsewhere(runtime)));
  });

  it("holds nothing of those whom it refused", async () => {
    const runtime = Runtime.make(TestRuntime.adapter);
    assert.isTrue(await deadAfter(await callFromElsewhere(runtime, { timeout: -1 })));
  });
});
