/**
 * Where one case works: files of its own, what the observer was told, and the check at the end.
 */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type * as Events from "@heddle/core/Events";
import type * as Runtime from "@heddle/core/Runtime";
import * as Effect from "effect/Effect";

import type { Env } from "../Case.ts";
import { eventually } from "./expect.ts";
import { Leftovers } from "./leftovers.ts";

const longestWaitMillis = 12_000;

export class Bench {
  readonly directory = mkdtempSync(join(tmpdir(), "heddle-conformance-"));
  readonly events: Array<Events.Event> = [];
  readonly leftovers = new Leftovers();
  private readonly listeners = new Set<(event: Events.Event) => void>();
  private readonly faults: Array<string> = [];
  private readonly whole: Bench | undefined;
  private files = 0;

  /** `whole` is the bench of the runtime that several cases share: it outlives theirs. */
  constructor(whole?: Bench) {
    this.whole = whole;
  }

  readonly path = (name: string): string => join(this.directory, `${++this.files}-${name}`);
  readonly open = (file: string): void => appendFileSync(file, "open\n");
  readonly marks = (file: string): ReadonlyArray<string> =>
    existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];

  readonly observe = (event: Events.Event): void => {
    if (event._tag === "AdapterFaulted") return this.fault(event);
    this.events.push(event);
    for (const listener of this.listeners) listener(event);
  };

  readonly happened = ((fits: (event: Events.Event) => boolean) =>
    Effect.callback<Events.Event>((resume) => {
      const before = this.events.find(fits);
      if (before !== undefined) return resume(Effect.succeed(before));
      const told = this.events;
      const stop = (): void => {
        clearTimeout(timer);
        this.listeners.delete(listener);
      };
      const listener = (event: Events.Event): void => {
        if (!fits(event)) return;
        stop();
        resume(Effect.succeed(event));
      };
      const timer = setTimeout(() => {
        stop();
        const what = told.map(({ _tag, id, task }) => `${_tag} ${id} ${task}`).join(", ");
        resume(Effect.die(new assert.AssertionError({ message: `it did not happen; there was: ${what}` })));
      }, longestWaitMillis);
      this.listeners.add(listener);
      return Effect.sync(stop);
    })) as Env["happened"];

  // The adapter may break its contract long after the case that it did it for.
  private fault(event: Events.Event & { readonly _tag: "AdapterFaulted" }): void {
    this.faults.push(`job ${event.id} (${event.task}, attempt ${event.attempt}): ${event.fault}`);
    this.whole?.fault(event);
  }

  /** Core saw nothing that breaks the contract of an adapter. */
  checkFaults(): void {
    assert.deepEqual(this.faults, [], "the adapter broke its contract");
  }

  /** Each job that started has ended, once. */
  checkEnds(): void {
    this.checkFaults();
    const ended = this.events.filter(({ _tag }) => _tag === "JobEnded").map(({ id }) => id);
    const known = new Set(ended);
    assert.equal(known.size, ended.length, "a job ended more than once");
    for (const { id } of this.events) assert.ok(known.has(id), `job ${id} never ended`);
  }

  /** Nothing that was started is left. */
  readonly checkClosed = (service: Runtime.Service): Effect.Effect<void> =>
    Effect.gen({ self: this }, function* () {
      yield* eventually(
        () => this.leftovers.left().length === 0,
        "closing the runtime leaves nothing behind",
        3000,
      ).pipe(Effect.catchDefect(() => Effect.sync(() => assert.deepEqual(this.leftovers.left(), []))));
      const { queued, running, waiting, workers } = yield* service.stats;
      assert.deepEqual(
        { queued, running, waiting, workers },
        { queued: 0, running: 0, waiting: 0, workers: [] },
      );
    });

  clear(): void {
    this.leftovers.stopWatching();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
