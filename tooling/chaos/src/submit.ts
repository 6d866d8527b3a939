/**
 * Makes a call on a runtime as a user would, and looks at everything that comes of it on the way.
 *
 * Gives back the value in the form of an answer; what came in a wrong order, twice or for somebody else is a complaint.
 */
import type { Handle, PromisedRuntime, RunOptions } from "@heddle/core/Promised";

import type { Call } from "./call.ts";
import type { Way } from "./kinds.ts";
import { answerTo, type Answer, type Base } from "./tasks/evidence.ts";

export const endedEarly = "ended early";

type Of<T extends Way["_tag"]> = Extract<Way, { readonly _tag: T }>;

const optionsOf = ({ controller, draft, fate }: Call): RunOptions => ({
  signal: controller.signal,
  ...(fate.timeoutMillis === undefined ? {} : { timeout: fate.timeoutMillis }),
  ...(fate.queueTimeoutMillis === undefined ? {} : { queueTimeout: fate.queueTimeoutMillis }),
  ...(fate.priority === undefined ? {} : { priority: fate.priority }),
  ...(draft.retry === undefined ? {} : { retry: draft.retry }),
});

const byteAt = (salt: number, index: number): number => (salt + index * 31) & 255;

/** Some places of a big buffer, since to look at all of them is a load of its own. */
const samples = (length: number): ReadonlyArray<number> =>
  Array.from({ length: 64 }, (_, n) => Math.floor(((length - 1) * n) / 63));

const runBig = async (runtime: PromisedRuntime, { task }: Of<"run">, call: Call, input: Base) => {
  const { isMoved, mebibytes } = call.draft.extra as {
    readonly isMoved: boolean;
    readonly mebibytes: number;
  };
  const bytes = new Uint8Array(mebibytes * 2 ** 20);
  for (const index of samples(bytes.length)) bytes[index] = byteAt(call.salt, index);
  const { length } = bytes;
  const isTransferred = isMoved && runtime.capabilities.transfer;
  const options = { ...optionsOf(call), ...(isTransferred ? { transfer: [bytes.buffer] } : {}) };
  const given = (await runtime.run(task, { ...input, bytes }, options)) as Answer & {
    readonly bytes: Uint8Array;
  };
  if (given.bytes.length !== length) call.complaints.push(`${given.bytes.length} bytes instead of ${length}`);
  if (samples(length).some((index) => given.bytes[index] !== byteAt(call.salt, index)))
    call.complaints.push("bytes of somebody else");
  return { id: given.id, sum: given.sum };
};

const run = (runtime: PromisedRuntime, way: Of<"run">, call: Call, input: Base): Promise<unknown> => {
  const given =
    way.isBig === true ? runBig(runtime, way, call, input) : runtime.run(way.task, input, optionsOf(call));
  call.underWay();
  return given;
};

const watchProgress = async (handle: Handle<unknown, unknown>, call: Call): Promise<void> => {
  let last = -1;
  for await (const value of handle.progress) {
    const { id, n } = value as { readonly id: number; readonly n: number };
    if (id !== call.firstId) call.complaints.push(`progress of call ${id}`);
    else if (n <= last) call.complaints.push(`progress ${n} after ${last}`);
    last = n;
  }
};

const submit = async (runtime: PromisedRuntime, { task }: Of<"submit">, call: Call, input: Base) => {
  const handle = runtime.submit(task, input, optionsOf(call));
  const watched = watchProgress(handle, call);
  handle.accepted.catch(() => undefined);
  call.underWay(handle.cancel);
  try {
    return await handle.result;
  } finally {
    await watched;
    if (handle.status() !== "ended") call.complaints.push(`its status is ${handle.status()} after its end`);
  }
};

const stream = async (
  runtime: PromisedRuntime,
  { stopAfter, task }: Of<"stream">,
  call: Call,
  input: Base,
) => {
  const { count } = call.draft.extra as { readonly count: number };
  const chunks = runtime.stream(task, input, optionsOf(call));
  call.underWay();
  let seen = 0;
  for await (const { id, n } of chunks as AsyncIterable<{ readonly id: number; readonly n: number }>) {
    if (id !== call.firstId) call.complaints.push(`an element of call ${id}`);
    else if (n !== seen) call.complaints.push(n < seen ? `element ${n} twice` : `element ${n}, not ${seen}`);
    if (++seen === stopAfter) return endedEarly;
  }
  if (seen !== count) call.complaints.push(`${seen} elements of ${count}`);
  return answerTo(input);
};

const map = async (
  runtime: PromisedRuntime,
  { inputs, ordered, task }: Of<"map">,
  call: Call,
  input: Base,
) => {
  const all = Array.from({ length: inputs }, (_, n) => ({ ...input, id: input.id + n }));
  const { signal, transfer: _, ...options } = optionsOf(call);
  const given = runtime.map(task, all, { ...options, signal, ordered });
  call.underWay();
  const seen = new Set<number>();
  for await (const { id, sum } of given as AsyncIterable<Answer>) {
    const expected = ordered ? input.id + seen.size : id;
    if (id < input.id || id >= input.id + inputs || sum !== answerTo({ ...input, id }).sum)
      call.complaints.push(`a value of call ${id}`);
    else if (seen.has(id)) call.complaints.push(`the value of input ${id - input.id} twice`);
    else if (id !== expected) call.complaints.push(`value ${id - input.id}, not ${expected - input.id}`);
    seen.add(id);
  }
  if (seen.size !== inputs) call.complaints.push(`${seen.size} values of ${inputs}`);
  return answerTo(input);
};

/** Makes the call; settles as the call does. */
export const submitTo = (runtime: PromisedRuntime, call: Call, journal: string): Promise<unknown> => {
  const { extra, way } = call.draft;
  const input = { ...extra, id: call.firstId, salt: call.salt, journal };
  switch (way._tag) {
    case "run":
      return run(runtime, way, call, input);
    case "submit":
      return submit(runtime, way, call, input);
    case "stream":
      return stream(runtime, way, call, input);
    case "map":
      return map(runtime, way, call, input);
  }
};
