import { conformance } from "@heddle/conformance/vitest";

import * as Threads from "../src/Threads.ts";

conformance("threads", (size) => Threads.layer({ size, grace: 200, closeTimeout: 200 }), { sizes: [1, 2] });
