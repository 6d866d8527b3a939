/**
 * Puts the runtime through the suite, in this page.
 */
import * as Conformance from "@heddle/conformance";
import * as Runner from "@heddle/conformance/Runner";

import * as WebWorkers from "../../src/WebWorkers.ts";

const worker = () => new Worker(new URL("entry.js", location.href), { type: "module" });

// Without isolation a page has such buffers all the same, but no name for them: the suite sends one, to see it refused.
if (!("SharedArrayBuffer" in globalThis)) {
  const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  Reflect.set(globalThis, "SharedArrayBuffer", buffer.constructor);
}

/** What a run is told by its test: names of groups, all by default. */
export interface Asked {
  readonly sizes: ReadonlyArray<number>;
  readonly skip: ReadonlyArray<Runner.Skip>;
  readonly groups?: ReadonlyArray<string>;
}

const suite = ({ groups, sizes, skip }: Asked): Promise<Runner.Report> =>
  Runner.run(
    "webworkers (Chromium)",
    (options) => WebWorkers.layer({ grace: 200, closeTimeout: 200, worker, ...options }),
    {
      sizes,
      skip,
      ...(groups && { cases: Conformance.cases.filter((one) => groups.includes(Conformance.groupOf(one))) }),
    },
  );

declare global {
  var suite: Suite;
}

/** What a test calls in this page. */
export type Suite = typeof suite;

globalThis.suite = suite;
