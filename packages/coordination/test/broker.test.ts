/**
 * The broker against units that lie, and against units that end: its objects are the program's.
 */
import * as Coordination from "@heddle/core/Coordination";
import * as Promised from "@heddle/core/Promised";
import * as TestRuntime from "@heddle/core/testing/TestRuntime";
import { describe, expect, it } from "vitest";

import { type Handle } from "../src/internal/handle.ts";
import { CoordinationError, Lock, Queue, Semaphore } from "../src/promised.ts";

/** A runtime whose units are played by the test. */
class Played {
  readonly told: Array<ReadonlyArray<unknown>> = [];
  private server: Coordination.Server | undefined;
  private readonly listeners = new Set<(unit: number) => void>();
  private close: () => void = () => undefined;

  constructor() {
    Coordination.register(this, {
      id: globalThis.crypto.randomUUID(),
      sharing: "broker",
      onUnitEnd: (listener) => {
        this.listeners.add(listener);
        return () => void this.listeners.delete(listener);
      },
      serve: (server) => {
        this.server = server;
      },
      onClosed: (listener) => {
        this.close = listener;
      },
    });
  }

  /** What a unit asks, and what is wrong with it. */
  ask(unit: number, ...asked: ReadonlyArray<unknown>): string | undefined {
    return this.server?.(unit, asked, (told) => void this.told.push(...(told as Array<Array<unknown>>)));
  }

  end(unit: number): void {
    for (const listener of this.listeners) listener(unit);
  }

  shut(): void {
    this.close();
  }
}

const idOf = (handle: object): number => (handle as Handle).id;

describe("the broker", () => {
  it("refuses what no honest unit asks", async () => {
    const played = new Played();
    const lock = idOf(await Lock.make(played));
    const queue = idOf(await Queue.make(played));
    const lies: ReadonlyArray<unknown> = [
      undefined,
      null,
      7,
      "acquire",
      {},
      [],
      [-1],
      [0.5, lock, "acquire", []],
      [1, "x", "acquire", []],
      [1, lock, "acquire"],
      [1, lock, "acquire", [], 5],
      [1, lock, "acquireBlocking", []],
      [1, lock, "free", []],
      [1, lock, "abandon", [0]],
      [1, lock, "constructor", []],
      [1, lock, "__proto__", []],
      [1, lock, ["acquire"], []],
      [1, lock, "release", []],
      [1, lock, "release", ["1"]],
      [1, lock, "giveBack", [{ token: 1 }]],
      [1, queue, "offer", [5, 0]],
      [1, queue, "offer", [[5], 0.5]],
      [1, queue, "take", [0]],
      [1, queue, "giveBack", [{ values: [1], priorities: [] }]],
    ];
    expect(lies.filter((lie) => played.ask(1, lie) === undefined)).toEqual([]);
    expect(played.told).toEqual([]);
  });

  it("does not take a number that is in use", async () => {
    const played = new Played();
    const lock = await Lock.make(played);
    await Lock.acquire(lock);
    expect(played.ask(1, [1, idOf(lock), "acquire", []])).toBeUndefined();
    expect(played.ask(1, [1, idOf(lock), "isHeld", []])).toBeTypeOf("string");
  });

  it("answers what it cannot find: freed if it was there, else unreachable", async () => {
    const played = new Played();
    const lock = await Lock.make(played);
    await Lock.free(lock);
    expect(played.ask(1, [1, idOf(lock), "acquire", []], [2, idOf(lock) + 1, "acquire", []])).toBeUndefined();
    expect(played.told.map(([id, isError, reason]) => [id, isError, reason])).toEqual([
      [1, 1, "Freed"],
      [2, 1, "Unreachable"],
    ]);
  });

  it("knows owners by the unit that asks, whatever it says", async () => {
    const played = new Played();
    const lock = idOf(await Lock.make(played));
    played.ask(1, [1, lock, "acquire", []]);
    const [[, , held]] = played.told as unknown as [[number, number, { token: number }]];
    played.ask(2, [1, lock, "release", [held.token]]);
    expect(played.told.at(-1)?.slice(0, 3)).toEqual([1, 1, "NotOwner"]);
    played.ask(1, [2, lock, "release", [held.token]]);
    expect(played.told.at(-1)).toEqual([2, 0]);
  });

  it("withdraws in time, or answers with what was granted", async () => {
    const played = new Played();
    const lock = await Lock.make(played);
    const held = await Lock.acquire(lock);
    played.ask(1, [1, idOf(lock), "acquire", []], [1]);
    expect(played.told.at(-1)?.slice(0, 3)).toEqual([1, 1, "Cancelled"]);
    played.ask(1, [2, idOf(lock), "acquire", []]);
    await Lock.release(lock, held);
    played.ask(1, [2]);
    await expect.poll(() => played.told.at(-1)?.slice(0, 2)).toEqual([2, 0]);
    expect(await Lock.tryAcquire(lock)).toBeUndefined();
  });

  it("gives on what units held that end, and forgets what they waited for", async () => {
    const played = new Played();
    const lock = await Lock.make(played);
    const semaphore = await Semaphore.make(played, { permits: 2 });
    played.ask(1, [1, idOf(lock), "acquire", []], [2, idOf(semaphore), "acquire", [2]]);
    played.ask(2, [1, idOf(lock), "acquire", []]);
    const waits = Lock.acquire(lock);
    played.end(2);
    played.end(1);
    expect(await waits).toMatchObject({ abandoned: true });
    expect(await Semaphore.acquire(semaphore, 2)).toMatchObject({ abandoned: true });
  });

  it("takes no value of the program that could not leave it", async () => {
    const played = new Played();
    const queue = await Queue.make<unknown>(played);
    const mine = { list: [1] };
    await Queue.offer(queue, mine);
    mine.list.push(2);
    expect(await Queue.take(queue)).toEqual({ list: [1] });
    for (const value of [() => undefined, new SharedArrayBuffer(8), Symbol("s")]) {
      await expect(Queue.offer(queue, value)).rejects.toMatchObject({ reason: "BadInput" });
    }
  });

  it("ends everything when its runtime closes", async () => {
    const played = new Played();
    const lock = await Lock.make(played);
    await Lock.acquire(lock);
    const waits = Lock.acquire(lock);
    played.ask(1, [1, idOf(lock), "acquire", []]);
    played.shut();
    await expect(waits).rejects.toBeInstanceOf(CoordinationError.CoordinationError);
    await expect.poll(() => played.told.at(-1)?.slice(0, 3)).toEqual([1, 1, "Freed"]);
    await expect(Lock.make(played)).rejects.toMatchObject({ reason: "Freed" });
  });
});

describe("a runtime in the program", () => {
  it("has objects in memory until it closes", async () => {
    const runtime = await Promised.open(TestRuntime.layer());
    const lock = await Lock.make(runtime);
    const held = await Lock.acquire(lock);
    const controller = new AbortController();
    const aborted = Lock.acquire(lock, { signal: controller.signal });
    controller.abort("enough");
    await expect(aborted).rejects.toBe("enough");
    await Lock.release(lock, held);
    await runtime.close();
    await expect(Lock.acquire(lock)).rejects.toMatchObject({ reason: "Freed" });
  });

  it("does not know what nobody brought it", async () => {
    await expect(Lock.make({})).rejects.toMatchObject({ reason: "Unsupported" });
  });
});
