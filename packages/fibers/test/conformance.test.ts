import { conformance } from "@heddle/conformance/vitest";

import * as Fibers from "../src/Fibers.ts";

conformance(
  "fibers",
  ({ size, ...options }) => Fibers.layer({ closeTimeout: 200, ...options, concurrency: size }),
  { report: new URL("../.conformance/fibers.json", import.meta.url) },
);
