import { assert, describe, it } from "@effect/vitest";

import { type Entry, Roster } from "../src/internal/roster.ts";

class Named implements Entry<Named> {
  previous: Named | undefined;
  next: Named | undefined;
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

describe("the roster", () => {
  it.each([
    [[0], "bcd"],
    [[3], "abc"],
    [[1, 2], "ad"],
    [[2, 3, 0], "b"],
    [[0, 1, 2, 3], ""],
  ])("keeps the order of the others when %j are removed, and takes new ones", (removed, rest) => {
    const roster = new Roster<Named>();
    const all = ["a", "b", "c", "d"].map((name) => new Named(name));
    const names = (): string =>
      roster
        .toArray()
        .map(({ name }) => name)
        .join("");
    for (const entry of all) roster.add(entry);
    for (const index of removed) roster.remove(all[index]!);
    assert.strictEqual(names(), rest);
    roster.add(new Named("e"));
    assert.strictEqual(names(), `${rest}e`);
    assert.strictEqual(roster.size, rest.length + 1);
  });
});
