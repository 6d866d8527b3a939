/**
 * Answers in shared memory: what the host reads is what the thread wrote, in its order with the messages.
 */
import { assert, describe, it } from "@effect/vitest";
import { success } from "@heddle/core/Outcome";
import { Kind, type WorkerFrame } from "@heddle/pool/Frame";
import * as fc from "fast-check";

import { answerBytes, AnswerReader, AnswerWriter } from "../src/internal/answers.ts";

const ends = () => {
  const block = new SharedArrayBuffer(8 + answerBytes);
  return { writer: new AnswerWriter(block, 8), reader: new AnswerReader(block, 8) };
};

const answer = (call: number, value: unknown, micros?: number): WorkerFrame => [
  Kind.outcome,
  call,
  success(value),
  micros,
];

const simple = [undefined, null, true, false, 0, -0, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53];

describe("answers of a thread", () => {
  it.each(simple)("carry %s", (value) => {
    const { reader, writer } = ends();
    const frame = answer(2 ** 53 - 1, value, 7);
    assert.isTrue(writer.write(frame));
    assert.deepStrictEqual(reader.take(), [frame]);
    assert.deepStrictEqual(reader.take(), []);
  });

  it.each([0, 1, 2 ** 31, 2 ** 33])("tell that a body took %s µs, be it hours", (micros) => {
    const { reader, writer } = ends();
    writer.write(answer(1, true, micros));
    assert.deepStrictEqual(reader.take(), [answer(1, true, micros)]);
  });

  it.each(["text", 1n, {}, [], Symbol.iterator, () => 1])("leave %s to a message", (value) => {
    const { reader, writer } = ends();
    assert.isFalse(writer.write(answer(1, value)));
    assert.deepStrictEqual(reader.take(), []);
  });

  it("leave to a message what did not end well", () => {
    const { writer } = ends();
    assert.isFalse(writer.write([Kind.outcome, 1, { _tag: "Interrupted" }]));
    assert.isFalse(writer.write([Kind.outcome, 1, { _tag: "Failure", error: 1 }]));
    assert.isFalse(writer.write([Kind.refused, 1, { _tag: "InvalidInput", where: "input", detail: "" }]));
  });

  it("wait for the messages that were sent before them, and no other", () => {
    const { reader, writer } = ends();
    writer.write(answer(1, 1));
    writer.sentMessage();
    writer.write(answer(2, 2));
    assert.deepStrictEqual(reader.take(), [answer(1, 1)]);
    assert.deepStrictEqual(reader.take(), []);
    reader.tookMessage();
    assert.deepStrictEqual(reader.take(), [answer(2, 2)]);
  });

  it("ring once until the host looks", () => {
    const { reader, writer } = ends();
    assert.deepStrictEqual([writer.mustRing(), writer.mustRing()], [true, false]);
    reader.take();
    assert.isFalse(writer.mustRing(), "it looks by itself");
    reader.listen();
    assert.isTrue(writer.mustRing());
    reader.listen();
    reader.mute();
    assert.isFalse(writer.mustRing());
  });

  it("come in the order in which they were written, whatever goes by message, and are never overwritten", () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant("answer" as const) },
      { weight: 1, arbitrary: fc.constant("message" as const) },
      { weight: 1, arbitrary: fc.constant("look" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 900, size: "max" }), (steps) => {
        const { reader, writer } = ends();
        const port: Array<number> = [];
        const seen: Array<number> = [];
        const look = (): void => {
          for (const [, call] of reader.take()) seen.push(call as number);
        };
        const readAll = (): void => {
          look();
          for (const call of port.splice(0)) {
            look();
            reader.tookMessage();
            seen.push(call);
          }
          look();
        };
        let call = 0;
        for (const what of steps) {
          if (what === "look") readAll();
          else if (what === "message" || !writer.write(answer(++call, call))) {
            if (what === "message") call++;
            port.push(call);
            writer.sentMessage();
          }
        }
        readAll();
        assert.deepStrictEqual(
          seen,
          Array.from({ length: call }, (_, index) => index + 1),
        );
      }),
      { numRuns: 300 },
    );
  });
});
