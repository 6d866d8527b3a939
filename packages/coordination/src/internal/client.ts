/**
 * A unit's side of the broker: asks the program, and hears the answers.
 */
import type { ThisUnit } from "@heddle/core/Coordination";

import { CoordinationError, type Reason } from "../CoordinationError.ts";
import { Answer } from "./broker.ts";
import type { Pending, Settle } from "./engine.ts";
import * as Faults from "./faults.ts";

/** What is asked. */
export interface Question {
  readonly kind: string;
  readonly object: number;
  readonly operation: string;
  readonly args: ReadonlyArray<unknown>;
}

interface Asked {
  readonly question: Question;
  readonly settle: Settle<unknown>;
}

type Message = readonly [id: number, ...rest: ReadonlyArray<unknown>];

/** The one client of this unit. */
export class Client {
  private readonly unit: ThisUnit;
  private readonly asked = new Map<number, Asked>();
  private outbox: Array<Message> = [];
  private lastId = 0;

  constructor(unit: ThisUnit) {
    this.unit = unit;
    unit.onTold((told) => {
      for (const answer of told) this.hear(answer as Message);
    });
  }

  /**
   * Asks; what is asked in one turn travels together. What is withdrawn is over when the answer tells: with `Cancelled`, or with what
   * had been granted before.
   */
  ask(question: Question, settle: Settle<unknown>): Pending {
    const id = ++this.lastId;
    this.asked.set(id, { question, settle });
    this.send([id, question.object, question.operation, question.args]);
    return {
      cancel: () => {
        if (this.asked.has(id)) this.send([id]);
        return false;
      },
    };
  }

  private send(message: Message): void {
    if (this.outbox.push(message) === 1) queueMicrotask(() => this.flush());
  }

  private flush(): void {
    const messages = this.outbox;
    this.outbox = [];
    try {
      this.unit.ask(messages);
    } catch {
      for (const message of messages) this.sendAlone(message);
    }
  }

  private sendAlone(message: Message): void {
    try {
      this.unit.ask([message]);
    } catch (cause) {
      const [id] = message;
      const asked = this.asked.get(id);
      this.asked.delete(id);
      const detail = `a value cannot cross to the program: ${String(cause)}`;
      asked?.settle.failed(Faults.badInput(asked.question.kind, detail));
    }
  }

  private hear([id, outcome, value, message]: Message): void {
    const asked = this.asked.get(id);
    if (asked === undefined) return;
    this.asked.delete(id);
    const { question, settle } = asked;
    if (outcome === Answer.value) settle.done(value);
    else settle.failed(errorOf(question.kind, value as Reason, message as string));
  }
}

// The program's sentence begins with the kind already.
const errorOf = (kind: string, reason: Reason, message: string): CoordinationError =>
  new CoordinationError(kind, reason, message.slice(message.indexOf(": ") + 2));

const slot = Symbol.for("heddle/coordination/client");

type Realm = { [slot]?: Client };

/** The client of this unit, one for all copies of this package. */
export const clientOf = (unit: ThisUnit): Client => ((globalThis as Realm)[slot] ??= new Client(unit));
