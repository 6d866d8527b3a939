/**
 * What the platforms cannot do, for the suite.
 */
import type { Skip } from "@heddle/conformance/Runner";

const because = (reason: string, ...cases: ReadonlyArray<string>): ReadonlyArray<Skip> =>
  cases.map((id) => ({ case: id, reason }));

const outputs = ["output/exits", "output/throws", "output/end", "output/no-others"];
const errors = ["supervision/uncaught", "supervision/unhandled"];

const silent = "the platform does not tell what a worker prints, so there is no end of stderr";

const noMemoryLimit = because("the platform has no memory limit for a worker", "supervision/out-of-memory");

const noHeap: Skip = {
  case: "elasticity/recycle-heap",
  reason: "the platform does not tell the heap of a worker",
  sizes: [1],
};

/** The cases that a platform does not pass, and why. */
export const skips: Readonly<Record<string, ReadonlyArray<Skip>>> = {
  Bun: [
    ...because(silent, "supervision/exit-0", "supervision/exit-1", ...errors, ...outputs),
    ...noMemoryLimit,
    noHeap,
    {
      case: "capabilities/force-kill",
      reason:
        "the platform may not stop a compiled loop that does little but call it, unless it is started with BUN_JSC_usePollingTraps=1",
      // It may pass: on a machine that is too busy to compile the loop in time. The tests run it with that variable.
      neverRun: true,
    },
  ],
  Deno: [
    {
      case: "cancellation/mass",
      reason:
        "the platform takes a listener off a signal in time that grows with their number: 20,000 take a second",
      // It may pass: on a machine that does nothing else.
      neverRun: true,
    },
    noHeap,
    ...because("the platform has one `process.env` for all its workers", "isolation/process-env-stays"),
  ],
  Chromium: [
    ...because("a worker of a page has no second realm", "errors/thrown-realm", "errors/rejected-realm"),
    ...because(silent, ...errors, ...outputs),
    ...because(
      "a worker of a page has no exit code",
      "supervision/exit-0",
      "supervision/exit-1",
      "supervision/quarantine",
    ),
    ...noMemoryLimit,
    noHeap,
    ...because("a page has no serializer for the values of a queue", "coordination/queue-rich-values"),
  ],
};
