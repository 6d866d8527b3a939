/**
 * What goes wrong in a body is told faithfully, and what goes wrong before it is a `RuntimeError`.
 */
import assert from "node:assert/strict";

import * as Task from "@heddle/core/Task";
import * as Effect from "effect/Effect";

import type { Case } from "../Case.ts";
import * as Effects from "../fixtures/tasks/effects.ts";
import * as Plain from "../fixtures/tasks/plain.ts";
import * as Thrown from "../fixtures/tasks/thrown.ts";
import { defectOf, failureOf, reasonOf, rejectionOf } from "../internal/expect.ts";

const fixture = (file: string): string => {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`../fixtures/tasks/${file}.${extension}`, import.meta.url).href;
};

const typed = (
  id: string,
  title: string,
  task: Task.Task<string, number, number, Effects.Refused>,
): Case => ({
  id: `errors/typed-${id}`,
  title: `${title} is a typed failure, as the class of its schema`,
  guarantees: ["E1"],
  run: Effect.fnUntraced(function* ({ runtime }) {
    const error = yield* failureOf(runtime.run(task, -2));
    assert.ok(error instanceof Effects.Refused, String(error));
    assert.equal(error.n, -2);
    assert.deepEqual(error.at, Effects.at);
    assert.equal(yield* runtime.run(Plain.double, 1), 2);
  }),
});

const bothWays = (
  id: string,
  title: string,
  kind: string,
  check: (defect: unknown) => void,
  needs?: Case["needs"],
): ReadonlyArray<Case> =>
  [Thrown.throws, Thrown.rejects].map((task) => ({
    id: `errors/${task === Thrown.throws ? "thrown" : "rejected"}-${id}`,
    title: `${task === Thrown.throws ? "throwing" : "rejecting with"} ${title}`,
    guarantees: ["E2"],
    needs,
    run: Effect.fnUntraced(function* ({ runtime }) {
      check(yield* defectOf(runtime.run(task, kind)));
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  }));

export const errors: ReadonlyArray<Case> = [
  typed("effect", "a failure of an Effect body", Effects.refuse),
  typed("throw", "a thrown value that the error schema describes", Effects.throwRefused),
  typed("reject", "a rejection that the error schema describes", Effects.rejectRefused),
  {
    id: "errors/undescribed",
    title: "a thrown value that the error schema does not describe is a defect",
    guarantees: ["E1", "E2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      assert.ok((yield* defectOf(runtime.run(Effects.throwRefused, 1))) instanceof RangeError);
    }),
  },
  {
    id: "errors/die",
    title: "a defect of an Effect body stays a defect",
    guarantees: ["E2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const defect = yield* defectOf(runtime.run(Effects.dies, 0));
      assert.ok(defect instanceof RangeError);
      assert.equal((defect as { readonly code?: unknown }).code, "E_DIED");
    }),
  },
  ...bothWays(
    "error",
    "an error keeps class, code, own fields, cause and remote stack",
    "range",
    (defect) => {
      assert.ok(defect instanceof RangeError);
      const { code, rows } = defect as unknown as Record<"code" | "rows", unknown>;
      assert.equal(defect.message, "out of range");
      assert.equal(code, "E_RANGE");
      assert.deepEqual(rows, new Map([["a", 1n]]));
      assert.ok(defect.cause instanceof TypeError);
      assert.equal(defect.cause.message, "the cause");
      assert.match(defect.stack ?? "", /fixtures\/tasks\/thrown/);
    },
    ["richValues"],
  ),
  ...bothWays(
    "own-class",
    "an error of a class of its own keeps its name and fields",
    "own",
    (defect) => {
      assert.ok(defect instanceof Error);
      const { code, limit } = defect as unknown as Record<"code" | "limit", unknown>;
      assert.deepEqual(
        { name: defect.name, message: defect.message, code, limit },
        { name: "QuotaError", message: "too much", code: "E_QUOTA", limit: 10n },
      );
    },
    ["richValues"],
  ),
  ...bothWays("aggregate", "an AggregateError keeps its errors", "aggregate", (defect) => {
    assert.ok(defect instanceof AggregateError);
    const [first, second, third] = defect.errors as ReadonlyArray<unknown>;
    assert.ok(first instanceof SyntaxError);
    assert.ok(second instanceof URIError);
    assert.equal(third, "third");
  }),
  ...bothWays("undefined", "undefined is a defect of undefined", "nothing", (defect) =>
    assert.equal(defect, undefined),
  ),
  ...bothWays("text", "text is a defect of that text", "text", (defect) => assert.equal(defect, "just text")),
  ...bothWays("null", "null is a defect of null", "null", (defect) => assert.equal(defect, null)),
  ...bothWays("chain", "an error keeps the whole chain of its causes", "chain", (defect) => {
    assert.ok(defect instanceof Error && defect.cause instanceof TypeError);
    const root = defect.cause.cause;
    assert.ok(root instanceof Error);
    assert.deepEqual([defect.cause.message, root.message], ["middle", "root"]);
    assert.equal((root as { readonly code?: unknown }).code, 7);
  }),
  ...bothWays("frozen", "a frozen error is told as any other", "frozen", (defect) => {
    assert.ok(defect instanceof TypeError);
    const { code } = defect as { readonly code?: unknown };
    assert.deepEqual([defect.message, code], ["frozen", "E_FROZEN"]);
  }),
  ...bothWays("realm", "an error of another realm keeps its name, message and code", "realm", (defect) => {
    const { code, message, name } = defect as Record<"code" | "message" | "name", unknown>;
    assert.deepEqual([name, message, code], ["RangeError", "of another realm", "E_REALM"]);
  }),
  ...bothWays("getter", "an error with a getter that throws is told without it", "getter", (defect) => {
    assert.ok(defect instanceof Error);
    const { code } = defect as { readonly code?: unknown };
    assert.deepEqual([defect.message, code], ["has a getter", "E_GETTER"]);
  }),
  {
    id: "errors/submit-site",
    title: "in promises the stack of what a body threw goes on with that of its caller",
    guarantees: ["E3"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ promised }) {
      // Not every engine names an arrow function in a stack.
      async function asksForIt(): Promise<void> {
        await promised.run(Thrown.throws, "range");
      }
      const error = yield* rejectionOf(asksForIt());
      assert.ok(error instanceof RangeError);
      const [remote, local] = (error.stack ?? "").split("--- submitted from ---");
      assert.match(remote ?? "", /^RangeError: out of range\n[^]*fixtures\/tasks\/thrown/);
      assert.match(local ?? "", /asksForIt/);
    }),
  },
  {
    id: "errors/refusal-submit-site",
    title: "in promises a refusal is told with the stack of its caller",
    guarantees: ["E3", "E6"],
    needs: ["copies"],
    run: Effect.fnUntraced(function* ({ promised }) {
      async function asksForIt(): Promise<void> {
        await promised.run(Plain.double, 1, { priority: 99 });
      }
      const error = yield* rejectionOf(asksForIt());
      assert.ok(error instanceof Error);
      assert.match(error.message, /HEDDLE_INVALID_OPTIONS/);
      assert.match(error.stack ?? "", /submitted from ---[^]*asksForIt/);
    }),
  },
  {
    id: "errors/uncloneable-field",
    title: "an error with a field that cannot cross is still told",
    guarantees: ["E2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const defect = yield* defectOf(runtime.run(Thrown.throws, "uncloneable"));
      assert.ok(defect instanceof Error);
      assert.equal(defect.message, "holds a function");
      assert.equal((defect as { readonly code?: unknown }).code, "E_F");
    }),
  },
  {
    id: "errors/shared-field",
    title: "an error with a field that only some channels take is told on all",
    guarantees: ["E2"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const defect = yield* defectOf(runtime.run(Thrown.throws, "shared"));
      assert.ok(defect instanceof Error);
      assert.equal(defect.message, "holds shared memory");
    }),
  },
  {
    id: "errors/missing-module",
    title: "a module that does not exist is ModuleFailed, and the runtime goes on",
    guarantees: ["E4"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const module = fixture("missing");
      const lost = Task.make({ name: "lost/task", module, body: (n: number) => n });
      const reason = yield* reasonOf(runtime.run(lost, 1), "ModuleFailed");
      assert.equal(reason.module, module);
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "errors/module-throws",
    title: "a module that throws on load is ModuleFailed with its message, and the runtime goes on",
    guarantees: ["E4"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const broken = Task.make({
        name: "broken/task",
        module: fixture("throwsOnLoad"),
        body: (n: number) => n,
      });
      const reason = yield* reasonOf(runtime.run(broken, 1), "ModuleFailed");
      assert.match(reason.detail, /this module throws on load/);
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "errors/task-not-exported",
    title: "a module without the task is TaskNotFound that names what it exports, and the runtime goes on",
    guarantees: ["E4"],
    needs: ["isolation"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const none = Task.make({ name: "none/task", module: fixture("noTasks"), body: (n: number) => n });
      assert.match((yield* reasonOf(runtime.run(none, 1), "TaskNotFound")).detail, /exports no task/);
      const other = Task.make({ name: "plain/other", module: fixture("plain"), body: (n: number) => n });
      assert.match((yield* reasonOf(runtime.run(other, 1), "TaskNotFound")).detail, /"plain\/double"/);
      assert.equal(yield* runtime.run(Plain.double, 1), 2);
    }),
  },
  {
    id: "errors/not-a-task",
    title: "passing the result of a call instead of a task is TaskNotFound",
    guarantees: ["E5"],
    run: Effect.fnUntraced(function* ({ events, runtime }) {
      for (const mistake of [42, undefined, null, Promise.resolve(1), Plain.double.body]) {
        const reason = yield* reasonOf(runtime.run(mistake as never, 0 as never), "TaskNotFound");
        assert.match(reason.detail, /pass the task itself/);
      }
      assert.deepEqual(events, []);
    }),
  },
  {
    id: "errors/submit-not-a-task",
    title: "submitting something that is no task fails its handle with TaskNotFound",
    guarantees: ["E5"],
    run: Effect.fnUntraced(function* ({ runtime }) {
      const handle = yield* runtime.submit(undefined as never, 0 as never);
      yield* reasonOf(handle.await, "TaskNotFound");
    }),
  },
];
