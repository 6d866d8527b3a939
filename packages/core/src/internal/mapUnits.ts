/**
 * What a map has taken: units, each with inputs that go together, in the order of the inputs.
 */
import type { Items } from "../Items.ts";

/** Inputs that go together, and what becomes of them. */
export interface Unit {
  inputs: Items;
  /** Several that go together, encoded, or what is left of them. */
  readonly isSeries: boolean;
  readonly isRest: boolean;
  /** `broken`: it has ended before all its inputs succeeded, and nothing goes on behind it. */
  state: "waiting" | "underWay" | "over" | "broken";
  call: { readonly cancel: () => void } | undefined;
  readonly results: Array<Items>;
  next: Unit | undefined;
}

export const unitOf = (inputs: Items, isSeries: boolean, isRest = false): Unit => ({
  inputs,
  isSeries,
  isRest,
  state: "waiting",
  call: undefined,
  results: [],
  next: undefined,
});

/** The units whose results were not all taken, in order. */
export class Units {
  private first: Unit | undefined;
  private last: Unit | undefined;

  append(unit: Unit): void {
    if (this.last === undefined) this.first = unit;
    else this.last.next = unit;
    this.last = unit;
  }

  /** What the unit does not come to. */
  insertAfter(unit: Unit, inputs: Items): Unit {
    const rest = unitOf(inputs, true, true);
    rest.next = unit.next;
    unit.next = rest;
    if (this.last === unit) this.last = rest;
    return rest;
  }

  /** The next results, if they are there. */
  take(): Items | undefined {
    for (let unit = this.first; unit !== undefined; unit = unit.next) {
      this.first = unit;
      const results = unit.results.shift();
      if (results !== undefined || unit.state !== "over") return results;
    }
    this.first = undefined;
    this.last = undefined;
    return undefined;
  }
}
