/**
 * Sends the frames of one call, moves what its body wants moved, and names what cannot be cloned.
 */
import { findOffending } from "@heddle/core/Cloneable";
import { messageOf } from "@heddle/core/Defect";
import type * as Outcome from "@heddle/core/Outcome";
import { Transfers } from "@heddle/core/Transfers";

import { Kind, type Refusal, type WorkerFrame } from "../Frame.ts";
import type { Port } from "./port.ts";

/** A value could not be sent. A body may catch it; one that ends with it ends as refused. */
export class Unsent extends TypeError {
  readonly refusal: Refusal;

  constructor(where: Refusal["where"], path: string, cause: unknown) {
    super(`${path} cannot leave this worker: ${messageOf(cause)}`, { cause });
    this.refusal = { _tag: "NotSerializable", where, detail: path };
  }
}

const valueOf = (frame: WorkerFrame): unknown => {
  if (frame[0] === Kind.nest) return frame[3].input;
  if (frame[0] !== Kind.outcome) return frame[2];
  return payloadOf(frame[2]);
};

const payloadOf = (outcome: Outcome.Outcome): unknown =>
  outcome._tag === "Success" ? outcome.value : outcome._tag === "Failure" ? outcome.error : outcome;

/** What one call sends. */
export class Outbox {
  private readonly port: Port;
  private transfers: Transfers | undefined;
  /** The last thing that could not be sent: an Effect body ends with it as data. */
  lastUnsent: Unsent | undefined;

  constructor(port: Port) {
    this.port = port;
  }

  /** Wants objects moved with the next value that contains them. */
  transfer(objects: ReadonlyArray<unknown>): void {
    this.transfers ??= new Transfers();
    this.transfers.add(objects);
  }

  /** What is wrong when this is the last value: something that was to be moved never was. */
  neverMoved(lastValue: unknown): TypeError | undefined {
    return this.transfers?.missingIn(lastValue);
  }

  /** Sends a frame, or throws {@link Unsent}. */
  send(frame: WorkerFrame, where: Refusal["where"], transfer?: ReadonlyArray<unknown>): void {
    try {
      this.port.post([frame], transfer);
    } catch (cause) {
      const path = findOffending(valueOf(frame), where) ?? where;
      this.lastUnsent = new Unsent(where, path, cause);
      throw this.lastUnsent;
    }
  }

  /** Sends values of the body, with which objects may be moved. */
  sendValue(frame: WorkerFrame): void {
    const { transfers } = this;
    if (transfers === undefined) return this.send(frame, "output");
    const moved = transfers.within(valueOf(frame));
    this.send(frame, "output", [...moved]);
    transfers.taken(moved);
  }
}
