import { conformance } from "@heddle/conformance/vitest";

import * as Inline from "../src/Inline.ts";

// It has one place, so it has no option `size`, and the suite is run at that size alone.
const sizes = [1];

conformance("inline", ({ size: _, ...options }) => Inline.layer({ closeTimeout: 200, ...options }), {
  sizes,
  report: new URL("../.conformance/inline.json", import.meta.url),
});

conformance(
  "inline, by reference",
  ({ size: _, ...options }) => Inline.layer({ closeTimeout: 200, ...options, values: "reference" }),
  { sizes },
);
