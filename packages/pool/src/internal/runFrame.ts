/**
 * The frame that starts a call, with the instant when its time is up.
 */
import type { Envelope } from "@heddle/core/Envelope";

import * as Frame from "../Frame.ts";
import type { Request } from "../Pool.ts";

const withDeadline = (envelope: Envelope, timeoutMillis: number | undefined): Envelope => {
  if (timeoutMillis === undefined || timeoutMillis === Number.POSITIVE_INFINITY) return envelope;
  const inherited = envelope.deadlineEpochMillis ?? Number.POSITIVE_INFINITY;
  return { ...envelope, deadlineEpochMillis: Math.min(inherited, Date.now() + timeoutMillis) };
};

/** The time of a call counts from here: from when it starts, not from when it was submitted. */
export const runFrame = (call: number, request: Request): Frame.HostFrame => {
  const { attempt, envelope, input, jobId, mode, module, task, timeoutMillis } = request;
  const { run } = Frame.Kind;
  return [run, call, jobId, module, task, mode, input, attempt, withDeadline(envelope, timeoutMillis)];
};
