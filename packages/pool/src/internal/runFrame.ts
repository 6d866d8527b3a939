/**
 * The frames that start calls, with the instant when their time is up.
 */
import * as Envelope from "@heddle/core/Envelope";

import * as Frame from "../Frame.ts";
import { noTicket } from "../Offers.ts";
import type { Call, Request } from "./call.ts";

const isEmpty = ({ annotations, deadlineEpochMillis, trace }: Envelope.Envelope): boolean =>
  annotations === undefined && deadlineEpochMillis === undefined && trace === undefined;

// Most calls carry nothing, and it costs as much to send as all the rest.
const withoutNothing = (envelope: Envelope.Envelope): Envelope.Envelope | undefined =>
  isEmpty(envelope) ? undefined : envelope;

const withDeadline = (request: Request): Envelope.Envelope | undefined =>
  request.timeoutMillis === undefined
    ? withoutNothing(request.envelope)
    : { ...request.envelope, deadlineEpochMillis: Envelope.deadline(request, Date.now()) };

/** The time of a call counts from here: from when it starts, not from when it was submitted. */
export const runFrame = (call: number, request: Request, input: unknown = request.input): Frame.HostFrame => {
  const { attempt, id, inputs, mode, task } = request;
  const module = task.module ?? "";
  const envelope = withDeadline(request);
  return inputs === undefined
    ? [Frame.Kind.run, call, id, module, task.name, mode, input, attempt, envelope, noTicket]
    : [Frame.Kind.runSeries, call, id, module, task.name, mode, inputs, attempt, envelope, noTicket];
};

/** A call that was given ahead, and the ticket of that offer. */
export interface Given {
  readonly call: Call;
  readonly ticket: number;
  /** Its input, or a copy of that. */
  readonly input: unknown;
}

/** The frames for calls that are given ahead: one for all of a task that follow each other, and one for a first that is not offered. */
export const aheadFrames = (given: ReadonlyArray<Given>): ReadonlyArray<Frame.HostFrame> => {
  const frames: Array<Frame.HostFrame> = [];
  let last: Request | undefined;
  let calls: Array<unknown> = [];
  for (const { call, input, ticket } of given) {
    const { request } = call;
    if (ticket === noTicket) {
      frames.push(runFrame(call.number, request, input));
      continue;
    }
    const { attempt, envelope, id, task } = request;
    if (last === undefined || last.task !== task || last.envelope !== envelope) {
      calls = [];
      frames.push([Frame.Kind.runAhead, task.module ?? "", task.name, withoutNothing(envelope), calls]);
    }
    last = request;
    calls.push(call.number, id, input, attempt, ticket);
  }
  return frames;
};
