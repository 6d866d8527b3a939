import { conformance } from "@heddle/conformance/vitest";

import * as Fibers from "../src/Fibers.ts";

conformance("fibers", (concurrency) => Fibers.layer({ concurrency, closeTimeout: 200 }), { sizes: [1, 4] });
