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

const longestMillis = 30_000;

// Some mutants never answer: they get ten times what the case took without the fault, so that none is caught by being slow.
const patienceOf = ({ cases }: Runner.Report): number => Math.max(2000, 10 * (cases[0]?.millis ?? 0));

const reportOf = (mutant: Mutant, layer: Runner.LayerOf, limitMillis: number): Promise<Runner.Report> =>
  Runner.run(mutant.name, layer, {
    sizes: [mutant.size],
    cases: Conformance.cases.filter(({ id }) => id === mutant.caughtBy),
    limitMillis,
  });

describe("the suite catches an adapter that", () => {
  afterEach(tidyUp);

  for (const mutant of mutants) {
    it(`${mutant.name}, by ${mutant.caughtBy}`, { timeout: 4 * longestMillis }, async () => {
      const sound = await reportOf(mutant, soundLayerOf(mutant), longestMillis);
      assert.deepEqual(
        sound.cases.map(({ verdict }) => verdict),
        [mutant.isLie === true ? "not-applicable" : "passed"],
        Runner.failures(sound).join("\n"),
      );
      const mutated = await reportOf(mutant, layerOf(mutant), patienceOf(sound));
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
