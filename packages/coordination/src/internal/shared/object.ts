/**
 * What objects have whose waiters stand in a line: the door, the memory, the end of it, and the death of units.
 */
import { CoordinationError, type Reason } from "../../CoordinationError.ts";
import type { Engine } from "../engine.ts";
import { Door } from "./door.ts";
import { newsOf, noNews } from "./line.ts";
import { doorAt, freedAt, type Layout, Region } from "./region.ts";
import type { Place } from "./waiting.ts";
import type { Words } from "./words.ts";

const isFreed = 1;

/** The memory of an object, and who uses it. */
export interface Opened {
  readonly words: Words;
  readonly unit: number;
}

/** An object in shared memory, as one unit sees it. */
export abstract class SharedObject implements Engine, Place {
  abstract readonly kind: string;
  readonly region: Region;
  readonly door: Door;

  constructor(opened: Opened, layout: Layout) {
    this.region = new Region(opened.words, layout);
    this.door = new Door(this.region, opened.unit);
  }

  /** Inside, after a death: what that unit waited for and held goes to others. All that was half done is done. */
  protected abstract bury(unit: number): void;

  /** Inside: all waits fail with `Freed`. */
  protected abstract dismiss(): void;

  /** Inside: slots of those who were served, and may not have been told. */
  protected abstract servedSlots(): ReadonlyArray<number>;

  /** Inside: the news for one of them. */
  protected abstract newsFor(slot: number): number;

  abandon(unit: number): void {
    this.door.takeOver(unit, () => {
      this.tellAgain();
      this.bury(unit);
    });
  }

  free(): void {
    const { words } = this.region;
    words.store(freedAt, isFreed);
    // Those who wait for the door find it open and the object freed.
    words.notify(doorAt);
    this.door.soon(() => this.dismiss());
  }

  protected error(reason: Reason, detail: string): CoordinationError {
    return new CoordinationError(this.kind, reason, detail);
  }

  protected refuseFreed(): void {
    if (this.region.words.load(freedAt) === isFreed) {
      throw this.error("Freed", "it was freed, or its runtime was closed; make another one");
    }
  }

  // The dead unit may have served somebody and died before it stored the news, or before it could wake them.
  private tellAgain(): void {
    for (const slot of this.servedSlots()) {
      const { words } = this.region;
      const news = words.load(slot + newsOf);
      if (news === noNews) this.door.tell(slot + newsOf, this.newsFor(slot));
      else this.door.wake(slot + newsOf);
    }
  }
}
