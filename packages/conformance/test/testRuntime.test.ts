/**
 * The reference adapter of core is put through the suites here: core itself must not depend on them.
 */
import * as TestRuntime from "@heddle/core/testing/TestRuntime";

import { conformance } from "../src/vitest.ts";

conformance("TestRuntime", (options) => TestRuntime.layer({ closeTimeout: 200, ...options }));
