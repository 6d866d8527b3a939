import { conformance } from "@heddle/conformance/vitest";

import * as Threads from "../src/Threads.ts";

// The suite takes minutes, so it runs with `LATENCY=low` at night only.
const latency = process.env["LATENCY"] === "low" ? "low" : "normal";

conformance("threads", (options) => Threads.layer({ grace: 200, closeTimeout: 200, latency, ...options }), {
  report: latency === "low" ? undefined : new URL("../.conformance/threads.json", import.meta.url),
});
