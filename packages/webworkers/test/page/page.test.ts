import type { Server } from "node:http";

import type { Browser, Page } from "playwright-core";
import { afterAll, assert, beforeAll, describe, it } from "vitest";

import type { Page as InPage } from "./main.ts";
import { buildPage, chromiumPath, howToGetChromium, launch, open, portOf, serve } from "./site.ts";

const timeout = 120_000;

const primes = [
  2n,
  142702110479723n,
  299593572317531n,
  3333333333333301n,
  4444444444444423n,
  5555555555555503n,
  6666666666666719n,
  7777777777777753n,
  9999999999999917n,
].map(String);

interface Site {
  readonly browser: Browser;
  readonly isolated: Server;
  readonly plain: Server;
}

describe.skipIf(chromiumPath === undefined)(`a page in Chromium${howToGetChromium}`, { timeout }, () => {
  let site: Site;

  beforeAll(async () => {
    const files = await buildPage();
    const [isolated, plain, browser] = await Promise.all([serve(files, true), serve(files, false), launch()]);
    site = { browser, isolated, plain };
  }, timeout);

  afterAll(async () => {
    await site.browser.close();
    site.isolated.close();
    site.plain.close();
  });

  const withPage = async (
    url: string,
    use: (page: Page) => Promise<void>,
    expected: ReadonlyArray<string> = [],
  ) => {
    const { complaints, page } = await open(site.browser, url);
    await use(page);
    await page.close();
    assert.deepStrictEqual(complaints, expected);
  };

  const isolated = (): string => `http://localhost:${portOf(site.isolated)}/`;
  const plain = (): string => `http://localhost:${portOf(site.plain)}/`;

  it.each([1, 2])("finds the primes of the book on %i workers while its spinner turns", (workers) =>
    withPage(isolated(), async (page) => {
      const told = await page.evaluate((size) => globalThis.page.primes(size), workers);
      const found = told.found.filter(([, isPrime]) => isPrime).map(([n]) => n);
      assert.deepStrictEqual(found, primes);
      assert.strictEqual(told.workers, workers);
      // A page whose loop is held has none until it is free again.
      assert.isAbove(told.frames / (told.millis / 1000), 4, "frames a second");
      assert.isBelow(told.longestGapMillis, told.millis / 2, "the longest time without a frame");
    }),
  );

  it("shows the numbers and ends a busy worker when its button is pressed", () =>
    withPage(isolated(), async (page) => {
      await page.getByRole("button", { name: "with 2 workers" }).click();
      await page.waitForFunction(() => document.querySelectorAll("tr").length >= 8);
      const screenshot = process.env["HEDDLE_SCREENSHOT"];
      if (screenshot !== undefined) await page.screenshot({ path: screenshot });
      await page.getByRole("button", { name: "cancel" }).click();
      await page.getByText("AbortError").waitFor();
      assert.isBelow(await page.locator("tr").count(), 20);
    }));

  it("stops a body that looks at nothing, and runs the next one on another worker", () =>
    withPage(plain(), async (page) => {
      const told = await page.evaluate(() => globalThis.page.cancels("spins"));
      assert.deepStrictEqual(told, { end: "AbortError", next: 42 });
    }));

  it("shares memory when its server isolates it, and a busy body sees its cancellation there", () =>
    withPage(isolated(), async (page) => {
      assert.deepStrictEqual(await page.evaluate(() => globalThis.page.shares()), {
        sharedMemory: true,
        answer: 1,
      });
      const told = await page.evaluate(() => globalThis.page.cancels("polls"));
      assert.deepStrictEqual(told, { end: "AbortError", next: 42 });
    }));

  it("declares no shared memory otherwise", () =>
    withPage(plain(), async (page) => {
      const { sharedMemory } = await page.evaluate(() => globalThis.page.shares());
      assert.isFalse(sharedMemory);
    }));

  it("is told what its workers die of, after all that they sent", () =>
    withPage(
      isolated(),
      async (page) => {
        const told = await page.evaluate(() => globalThis.page.howWorkersEnd());
        assert.deepStrictEqual(told, {
          throws: "WorkerLost, exit code 1, TypeError: expected: nobody catches it",
          "after throws": "42",
          rejects: "WorkerLost, exit code 1, RangeError: expected: not handled",
          "after rejects": "42",
          closes: "WorkerLost, exit code null",
          "after closes": "42",
          posts: "5",
        });
      },
      Array.from({ length: 8 }, () => "expected: not handled"),
    ));

  it("is told how to go on when it was bundled without a worker file", () =>
    withPage(isolated(), async (page) => {
      assert.match(await page.evaluate(() => globalThis.page.refusal()), /HEDDLE_ENGINE_UNAVAILABLE/);
    }));

  it("refuses to open where nobody would tell of the end of a worker", () =>
    withPage(`http://insecure.test:${portOf(site.plain)}/`, async (page) => {
      const told = await page.evaluate(() => globalThis.page.refusal());
      assert.match(told, /serve it with https.*HEDDLE_ENGINE_UNAVAILABLE/);
    }));
});

// What a test calls in the page.
declare global {
  var page: InPage;
}
