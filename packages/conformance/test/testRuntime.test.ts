/**
 * The reference adapter of core is put through the suites here: core itself must not depend on them.
 */
import * as Runtime from "@heddle/core/Runtime";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import * as Effect from "effect/Effect";

import { conformance } from "../src/vitest.ts";

const unbounded = "it starts every job at once, so none ever waits for a place";

const waits = [
  "cancellation/queued",
  "cancellation/all-queued",
  "cancellation/clean-first",
  "cancellation/reason",
  "cancellation/mass",
  "deadline/timeout-from-start",
  "deadline/queue-timeout",
  "queue/no-overtakes",
  "queue/priority",
  "queue/aging",
  "queue/ten-thousand",
  "queue/full-refuses",
  "queue/full-waits",
  "lifecycle/stats",
  "lifecycle/no-more-than-size",
];

conformance(
  "TestRuntime",
  ({ maxQueue, size, whenFull }) =>
    Runtime.layer(Effect.succeed(TestRuntime.adapter), {
      closeTimeout: 200,
      places: size,
      maxQueue,
      whenFull,
    }),
  { skip: waits.map((id) => ({ case: id, reason: unbounded })) },
);
