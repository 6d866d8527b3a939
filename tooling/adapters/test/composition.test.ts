/**
 * A runtime may stand on another one: whoever wraps an adapter and passes everything on, by the contract's `execute` alone, gets
 * a runtime that keeps the same promises.
 */
import * as Conformance from "@heddle/conformance";
import { conformance } from "@heddle/conformance/vitest";

import { soundLayerOf } from "../src/mutants/mutant.ts";

conformance("fibers, wrapped", soundLayerOf({ base: "fibers" }));

// What `lifecycle` and `supervision` start dozens of workers for is not the wrapper's.
const ofWorkers = new Set(["lifecycle", "supervision", "isolation"]);

conformance("threads, wrapped", soundLayerOf({ base: "threads" }), {
  sizes: [2],
  cases: Conformance.cases.filter((testCase) => !ofWorkers.has(Conformance.groupOf(testCase))),
});
