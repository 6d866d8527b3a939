import type { PromisedRuntime } from "@heddle/core/Promised";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { all } from "../src/places.ts";
import { apis, expected, type Form, type Kind, makers, scenarios } from "../src/scenarios.ts";
import { play } from "../src/tasks.ts";

const kinds = Object.keys(scenarios) as ReadonlyArray<Kind>;

const formsOn = (place: string): ReadonlyArray<Form> =>
  place === "processes" ? ["promise", "effect"] : ["promise", "effect", "blocking"];

describe.each(all)("on $name", ({ name, open }) => {
  let runtime: PromisedRuntime;
  beforeAll(async () => {
    runtime = await open(2);
  });
  afterAll(() => runtime.close());

  describe.each(kinds)("a %s", (kind) => {
    it.each(formsOn(name))("does in a task what it says, in the %s form", async (form) => {
      const handle = await makers[kind](runtime);
      expect(await runtime.run(play, { kind, form, handle })).toStrictEqual(expected[kind]);
    });

    it.each<Form>(["promise", "effect"])("does in the program what it says, in the %s form", async (form) => {
      const handle = await makers[kind](runtime);
      expect(await scenarios[kind](apis[form], handle)).toStrictEqual(expected[kind]);
    });
  });
});
