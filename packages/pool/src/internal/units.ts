/**
 * The workers of a pool as units of coordination: their numbers, their ends, and what they ask.
 */
import type { Coordination, Server } from "@heddle/core/Coordination";

import { type HostFrame, Kind } from "../Frame.ts";

/** Of all pools here, so that no two units have the same. */
let lastNumber = 0;

type Send = (frames: ReadonlyArray<HostFrame>) => void;

/** One worker as a unit. */
export interface Member {
  /** Takes what it asks; gives what is wrong with that. */
  readonly receive: (asked: ReadonlyArray<unknown>) => string | undefined;
  /** It has ended. */
  readonly end: () => void;
}

/** The units of one pool. */
export class Units implements Coordination {
  readonly id: string = globalThis.crypto.randomUUID();
  private readonly listeners = new Set<(unit: number) => void>();
  private server: Server | undefined;

  onUnitEnd(listener: (unit: number) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  serve(server: Server): void {
    this.server = server;
  }

  /** A worker has started: it is told which unit it is before anything else. */
  join(send: Send): Member {
    const number = ++lastNumber;
    let hasEnded = false;
    send([[Kind.unit, this.id, number]]);
    const tell = (told: ReadonlyArray<unknown>): void => {
      if (!hasEnded) send([[Kind.told, told]]);
    };
    return {
      receive: (asked) =>
        this.server === undefined ? "a question that nobody answers" : this.server(number, asked, tell),
      end: () => {
        if (hasEnded) return;
        hasEnded = true;
        for (const listener of this.listeners) listener(number);
      },
    };
  }
}
