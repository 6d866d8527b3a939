/**
 * Offers to a process: of the host and the child, one alone gets each.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { assert, describe, it } from "@effect/vitest";

import { OfferFile } from "../src/internal/offerFile.ts";
import * as Processes from "../src/Processes.ts";
import { OfferReader } from "../src/worker/offerReader.ts";
import * as Tasks from "./fixtures/tasks.ts";

const onLinux = process.platform === "linux" ? it : it.skip;

const range = (from: number, to: number): Array<number> =>
  Array.from({ length: to - from }, (_, index) => from + index);

const open = (): OfferFile => {
  const file = OfferFile.make();
  assert.isDefined(file);
  return file;
};

/** A reader in this process reads the same open file. */
const both = () => {
  const file = open();
  return { file, reader: new OfferReader(file.fd) };
};

describe("offers to a process", () => {
  onLinux(
    "are each accepted or withdrawn, and never both, however fast the two are",
    { timeout: 60_000 },
    async () => {
      const file = open();
      const folder = mkdtempSync(join(tmpdir(), "heddle-offers-"));
      const done = join(folder, "done");
      const fixture = fileURLToPath(new URL("./fixtures/acceptsOffers.ts", import.meta.url));
      const child = spawn(process.execPath, [fixture, done], {
        stdio: ["ignore", "pipe", "inherit", file.fd],
      });
      const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
      await lines.next();
      const withdrawn: Array<number> = [];
      let next = 1;
      // Until each of the two got many, which takes longer on a busy machine.
      while (next < 100_000 || withdrawn.length < 1000 || next - withdrawn.length < 1000) {
        const tickets = range(next, next + 100);
        next += 100;
        file.add(tickets);
        // It gets none of some, some of most, all of others.
        for (let busy = (next % 700) * 100; busy > 0; busy--);
        if (next % 3 === 0) withdrawn.push(...file.withdraw(tickets.slice(50).toReversed()).withdrawn);
        withdrawn.push(...file.withdraw(tickets.toReversed()).withdrawn);
        if (next % 5000 === 1) await turn();
      }
      writeFileSync(done, "");
      const { value: accepted } = await lines.next();
      await once(child, "close");
      file.close();
      rmSync(folder, { recursive: true });
      const all = [...withdrawn, ...(JSON.parse(accepted as string) as Array<number>)];
      assert.deepStrictEqual(
        all.toSorted((a, b) => a - b),
        range(1, next),
      );
    },
  );

  onLinux("that are withdrawn leave the others in their order", () => {
    const { file, reader } = both();
    file.add([1, 2, 3, 4]);
    assert.strictEqual(reader.accept(1), "mine");
    assert.deepStrictEqual(file.withdraw([3, 1]), { withdrawn: new Set([3]), isStirred: true });
    assert.deepStrictEqual(
      [2, 3, 4].map((ticket) => reader.accept(ticket)),
      ["mine", "withdrawn", "mine"],
    );
    assert.strictEqual(reader.accept(5), "later");
    file.close();
  });

  onLinux("may be accepted before they have come", () => {
    const { file, reader } = both();
    file.add([1, 2]);
    file.withdraw([1]);
    // What it has is the first, which was withdrawn; what it reads is for the second.
    assert.strictEqual(reader.accept(1), "withdrawn");
    assert.deepStrictEqual(file.withdraw([2]).withdrawn, new Set());
    assert.strictEqual(reader.accept(2), "mine");
    file.close();
  });

  onLinux("do not fill the disk, however many there are", () => {
    const { file, reader } = both();
    for (let next = 1; next < 400_000; next += 100) {
      file.add(range(next, next + 100));
      for (const ticket of range(next, next + 100)) assert.strictEqual(reader.accept(ticket), "mine");
    }
    assert.isBelow(file.bytesOnDisk, 1.25 * 1024 * 1024);
    file.close();
  });

  it(
    "leave short calls free to go when the one before them turns out long",
    { timeout: 60_000 },
    async () => {
      const runtime = await Processes.open({ size: 2 });
      // Known to be short.
      await Promise.all(range(0, 200).map(() => runtime.run(Tasks.works, 0)));
      const startedAt = performance.now();
      const long = runtime.run(Tasks.works, 3000);
      const short = Promise.all(range(0, 100).map(() => runtime.run(Tasks.works, 0)));
      await short;
      const shortMillis = performance.now() - startedAt;
      await long;
      await runtime.close();
      assert.isBelow(shortMillis, 1500);
    },
  );

  it("behind a call that is killed run elsewhere, and only once", { timeout: 60_000 }, async () => {
    const runtime = await Processes.open({ size: 1, grace: 50 });
    await Promise.all(range(0, 200).map(() => runtime.run(Tasks.works, 0)));
    const abort = new AbortController();
    const long = runtime.run(Tasks.works, 60_000, { signal: abort.signal }).catch((error: unknown) => error);
    const short = range(0, 50).map(() => runtime.run(Tasks.works, 0));
    setImmediate(() => abort.abort());
    assert.strictEqual(await long, abort.signal.reason);
    assert.deepStrictEqual(
      await Promise.all(short),
      range(0, 50).map(() => 0),
    );
    await runtime.close();
  });
});
