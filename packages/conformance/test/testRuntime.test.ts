/**
 * The reference adapter of core is put through the suites here: core itself must not depend on them.
 */
import * as Runtime from "@heddle/core/Runtime";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Effect from "effect/Effect";

import { conformance } from "../src/vitest.ts";

const unbounded = "it starts every job at once, so none ever waits";

conformance("TestRuntime", () => Runtime.layer(Effect.succeed(TestRuntime.adapter), { closeTimeout: 200 }), {
  sizes: [1, 4],
  skip: [
    { case: "cancellation/queued", reason: unbounded },
    { case: "cancellation/all-queued", reason: unbounded },
    { case: "cancellation/timeout-from-start", reason: unbounded },
    { case: "lifecycle/stats", reason: unbounded },
    { case: "lifecycle/no-more-than-size", reason: unbounded },
  ],
});
