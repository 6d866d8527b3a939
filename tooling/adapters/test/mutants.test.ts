/**
 * The suite is only worth something if it fails: here it has to, for every adapter that is wrong, by the case that says what
 * is wrong, and that case has to pass for the same adapter without the fault.
 */
import * as assert from "node:assert/strict";

import * as Conformance from "@heddle/conformance";
import * as Runner from "@heddle/conformance/Runner";
import { afterEach, describe, it } from "vitest";

import { mutants } from "../src/mutants/index.ts";
import { layerOf, type Mutant, soundLayerOf } from "../src/mutants/mutant.ts";
import { tidyUp } from "../src/mutants/workers.ts";

// A sound adapter takes far less for any of these cases; some mutants never answer.
const limitMillis = 10_000;

const reportOf = (mutant: Mutant, layer: Runner.LayerOf): Promise<Runner.Report> =>
  Runner.run(mutant.name, layer, {
    sizes: [mutant.size],
    cases: Conformance.cases.filter(({ id }) => id === mutant.caughtBy),
    limitMillis,
  });

describe("the suite catches an adapter that", () => {
  afterEach(tidyUp);

  for (const mutant of mutants) {
    it(`${mutant.name}, by ${mutant.caughtBy}`, { timeout: 4 * limitMillis }, async () => {
      const sound = await reportOf(mutant, soundLayerOf(mutant));
      assert.deepEqual(
        sound.cases.map(({ verdict }) => verdict),
        [mutant.isLie === true ? "not-applicable" : "passed"],
        Runner.failures(sound).join("\n"),
      );
      const mutated = await reportOf(mutant, layerOf(mutant));
      assert.deepEqual(
        mutated.cases.map(({ verdict }) => verdict),
        ["failed"],
      );
    });
  }

  it("are at least forty, each with a name of its own", () => {
    assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
    assert.ok(mutants.length >= 40);
  });
});
