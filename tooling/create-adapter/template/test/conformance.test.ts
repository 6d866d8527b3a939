import { conformance } from "@heddle/conformance/vitest";

import * as Newcomer from "../src/Newcomer.ts";

conformance("newcomer", (options) => Newcomer.layer({ closeTimeout: 200, ...options }));
