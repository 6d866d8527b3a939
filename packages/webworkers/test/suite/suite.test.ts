import { mkdirSync, writeFileSync } from "node:fs";

import * as Runner from "@heddle/conformance/Runner";
import type { Browser } from "playwright-core";
import { afterAll, assert, beforeAll, describe, it } from "vitest";

import { chromiumPath, type Files, howToGetChromium, launch, open, portOf, serve } from "../page/site.ts";
import { skips } from "../skips.ts";
import type { Asked, Suite } from "./main.ts";
import { buildSuite, CaseFiles } from "./site.ts";

const timeout = 400_000;

const skip = skips["Chromium"] ?? [];

describe.skipIf(chromiumPath === undefined)(`the suite in a page${howToGetChromium}`, { timeout }, () => {
  const cases = new CaseFiles();
  let files: Files;
  let browser: Browser;

  beforeAll(async () => {
    [files, browser] = await Promise.all([buildSuite(), launch()]);
  }, timeout);

  afterAll(async () => {
    await browser.close();
    cases.remove();
  });

  const runOn = async (isIsolated: boolean, asked: Asked): Promise<Runner.Report> => {
    const server = await serve(files, isIsolated, cases.serve);
    try {
      const { page } = await open(browser, `http://localhost:${portOf(server)}/`);
      const report = await page.evaluate((what) => globalThis.suite(what), asked);
      await page.close();
      return report;
    } finally {
      server.close();
    }
  };

  it("passes on one worker and on four", async () => {
    const report = await runOn(true, { sizes: [1, 4], skip });
    const folder = new URL("../../.conformance/", import.meta.url);
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL("chromium.json", folder), `${JSON.stringify(report, undefined, 2)}\n`);
    assert.deepStrictEqual(Runner.failures(report), []);
    assert.isAbove(report.cases.filter(({ verdict }) => verdict === "passed").length, 500);
  });

  it("passes where memory cannot be shared", async () => {
    const groups = ["values", "transfer", "cancellation", "capabilities"];
    const report = await runOn(false, { sizes: [2], skip: [], groups });
    assert.deepStrictEqual(Runner.failures(report), []);
    assert.isFalse(report.capabilities?.sharedMemory);
    assert.isAbove(report.cases.filter(({ verdict }) => verdict === "passed").length, 50);
  });
});

// What a test calls in the page.
declare global {
  var suite: Suite;
}
