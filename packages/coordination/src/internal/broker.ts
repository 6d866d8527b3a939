/**
 * Answers units that ask for operations on objects in the program. What a unit asks is never trusted.
 *
 * A question is `[id, object, operation, arguments]`, and `[id]` withdraws it. Its one answer is `[id, 0, value]`, or
 * `[id, 1, reason, message]`: with the reason `Cancelled` when it was withdrawn in time.
 */
import type { Server, Tell } from "@heddle/core/Coordination";

import { CoordinationError, type Reason } from "../CoordinationError.ts";
import type { Pending } from "./engine.ts";
import * as Faults from "./faults.ts";
import { accepts, type Operation, operationOf } from "./operations.ts";
import type { Entry, Objects } from "./realm.ts";

/** What an answer to a question begins with. */
export const Answer = { value: 0, error: 1 } as const;

const isId = (u: unknown): u is number => Number.isSafeInteger(u) && (u as number) >= 0;

type Methods = Readonly<Record<string, (...args: ReadonlyArray<unknown>) => unknown>>;

/** The conversation with one unit. */
class Conversation {
  private readonly unit: number;
  private readonly objects: Objects;
  private readonly tell: Tell;
  private readonly pending = new Map<number, Pending>();
  private answers: Array<ReadonlyArray<unknown>> = [];
  private state: "quiet" | "listening" | "flushing" = "quiet";

  constructor(unit: number, objects: Objects, tell: Tell) {
    this.unit = unit;
    this.objects = objects;
    this.tell = tell;
  }

  /** Takes questions; gives what is wrong with them. */
  receive(asked: ReadonlyArray<unknown>): string | undefined {
    const before = this.state;
    this.state = "listening";
    let wrong: string | undefined;
    for (const question of asked) wrong ??= this.take(question);
    this.state = before;
    if (before === "quiet") this.flush();
    return wrong;
  }

  private take(question: unknown): string | undefined {
    if (!Array.isArray(question) || !isId(question[0])) return "a question that cannot be understood";
    const [id, object, name, args] = question as [number, unknown, unknown, unknown];
    if (question.length === 1) return this.withdraw(id);
    if (question.length !== 4 || !isId(object)) return "a question that cannot be understood";
    if (this.pending.has(id)) return "a question with the number of another";
    const entry = this.objects.entries.get(object);
    if (entry === undefined) return this.unknown(id, object);
    const operation = operationOf(entry.kind, name);
    if (operation === undefined || !accepts(operation, args)) return "a question that means nothing";
    this.perform(id, entry, operation, name as string, args);
    return undefined;
  }

  private unknown(id: number, object: number): undefined {
    const error =
      object <= this.objects.lastId
        ? Faults.freed("object")
        : Faults.unreachable("object", "its runtime knows nothing of it.");
    this.fail(id, error);
  }

  // Too late: its answer is under way.
  private withdraw(id: number): undefined {
    const pending = this.pending.get(id);
    if (pending === undefined || !pending.cancel()) return;
    this.pending.delete(id);
    this.answer([id, Answer.error, "Cancelled" satisfies Reason, ": withdrawn"]);
  }

  private perform(
    id: number,
    { engine }: Entry,
    { knowsUnit, waits }: Operation,
    name: string,
    args: ReadonlyArray<unknown>,
  ): void {
    const methods = engine as unknown as Methods;
    const all = knowsUnit ? [this.unit, ...args] : args;
    try {
      if (waits) this.wait(id, (settle) => methods[name]!(...all, settle) as Pending);
      else this.succeed(id, methods[name]!(...all));
    } catch (thrown) {
      this.fail(id, thrown);
    }
  }

  private wait(id: number, start: (settle: object) => Pending): void {
    let state: "waiting" | "over" = "waiting";
    const over = (): void => {
      state = "over";
      this.pending.delete(id);
    };
    const pending = start({
      done: (value: unknown) => {
        over();
        this.succeed(id, value);
      },
      failed: (error: unknown) => {
        over();
        this.fail(id, error);
      },
    });
    if (state === "waiting") this.pending.set(id, pending);
  }

  private succeed(id: number, value: unknown): void {
    this.answer(value === undefined ? [id, Answer.value] : [id, Answer.value, value]);
  }

  private fail(id: number, thrown: unknown): void {
    if (!(thrown instanceof CoordinationError)) throw thrown;
    this.answer([id, Answer.error, thrown.reason, thrown.message]);
  }

  private answer(answer: ReadonlyArray<unknown>): void {
    this.answers.push(answer);
    if (this.state !== "quiet") return;
    this.state = "flushing";
    queueMicrotask(() => {
      this.state = "quiet";
      this.flush();
    });
  }

  private flush(): void {
    const { answers } = this;
    if (answers.length === 0) return;
    this.answers = [];
    try {
      this.tell(answers);
    } catch {
      for (const answer of answers) this.tellAlone(answer);
    }
  }

  // A value of the program's own that this unit's channel cannot carry.
  private tellAlone(answer: ReadonlyArray<unknown>): void {
    try {
      this.tell([answer]);
    } catch (cause) {
      this.tell([
        [answer[0], Answer.error, "BadInput" satisfies Reason, `: a value cannot cross: ${String(cause)}`],
      ]);
    }
  }
}

/** Serves the objects of a runtime to its units. */
export const serve = (objects: Objects): void => {
  const conversations = new Map<number, Conversation>();
  const server: Server = (unit, asked, tell) => {
    let conversation = conversations.get(unit);
    if (conversation === undefined) {
      conversation = new Conversation(unit, objects, tell);
      conversations.set(unit, conversation);
    }
    return conversation.receive(asked);
  };
  objects.access.serve(server);
  objects.access.onUnitEnd((unit) => void conversations.delete(unit));
};
