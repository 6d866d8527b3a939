/**
 * The frame that starts a call, with the instant when its time is up.
 */
import * as Envelope from "@heddle/core/Envelope";

import * as Frame from "../Frame.ts";
import type { Request } from "./call.ts";

const withDeadline = (request: Request): Envelope.Envelope =>
  request.timeoutMillis === undefined
    ? request.envelope
    : { ...request.envelope, deadlineEpochMillis: Envelope.deadline(request, Date.now()) };

/** The time of a call counts from here: from when it starts, not from when it was submitted. */
export const runFrame = (call: number, request: Request): Frame.HostFrame => {
  const { attempt, id, input, mode, task } = request;
  return [
    Frame.Kind.run,
    call,
    id,
    task.module ?? "",
    task.name,
    mode,
    input,
    attempt,
    withDeadline(request),
  ];
};
