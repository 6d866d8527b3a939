/**
 * How a worker ends: in order, by force, or by itself.
 */
import * as Defect from "@heddle/core/Defect";

import { Kind } from "../Frame.ts";
import type { Connection, WorkerExit } from "../Transport.ts";
import type { Worker } from "../Worker.ts";
import * as WorkerState from "../WorkerState.ts";
import type { Life, Makings } from "./life.ts";
import type { KillReason, Owner } from "./owner.ts";
import type { Succession } from "./succession.ts";
import type { Member } from "./units.ts";

/** How long a killed worker may take to end until it is given up. */
const abandonMillis = 5000;

export class Ending {
  private readonly worker: Worker;
  private readonly connection: Connection;
  private readonly owner: Owner;
  private readonly graceMillis: number;
  private readonly life: Life;
  private readonly succession: Succession;
  private readonly member: Member | undefined;
  private dyingOf: { readonly cause: unknown } | undefined;

  constructor(
    { connection, owner, terms, worker }: Makings,
    life: Life,
    succession: Succession,
    member: Member | undefined,
  ) {
    this.worker = worker;
    this.connection = connection;
    this.owner = owner;
    this.graceMillis = terms.graceMillis;
    this.life = life;
    this.succession = succession;
    this.member = member;
  }

  /** Ends an idle worker in order, any other by force; force follows when order takes longer than the grace. */
  close(): void {
    const { life, worker } = this;
    if (worker.state === "closing") return;
    if (WorkerState.next(worker.state, "close") === undefined) return this.kill("closed");
    life.move("close");
    worker.killedFor = "closed";
    life.stopTimers();
    life.keepAlive();
    this.connection.send([[Kind.close]], []);
    life.after(this.graceMillis, () => this.kill("closed"));
  }

  /** Ends it by force. If that does not help, it is given up: told as ended, and no longer waited for. */
  kill(reason: KillReason): void {
    const { life, worker } = this;
    if (WorkerState.next(worker.state, "kill") === undefined) return;
    worker.killedFor ??= reason;
    life.move("kill");
    life.stopTimers();
    const hadMore = this.succession.leaveLane();
    life.keepAlive();
    // V8 and Bun have loops that they cannot interrupt, so a thread may never end. Its call still has to.
    life.after(abandonMillis, () => this.abandon());
    this.connection.kill();
    if (hadMore) this.owner.onChanged();
  }

  /** It broke the protocol. */
  violate(detail: string): void {
    this.worker.violation = detail;
    this.kill("violation");
  }

  /** It says that it dies. What it sends from here on may be half done, and a call must not be given to it. */
  die(cause: Defect.Defect): void {
    const { life } = this;
    try {
      this.dyingOf = { cause: Defect.toUnknown(cause) };
    } catch {
      return this.violate("a cause of death that cannot be read");
    }
    life.move("die");
    life.stopTimers();
    life.keepAlive();
    const hadMore = this.succession.leaveLane();
    life.after(this.graceMillis, () => this.kill("overdue"));
    if (hadMore) this.owner.onChanged();
  }

  /** It has ended. */
  exited(reported: WorkerExit): void {
    const { dyingOf, life, owner, worker } = this;
    // Given up before, it has ended after all.
    if (worker.state === "exited") return;
    const exit =
      reported.cause === undefined && dyingOf !== undefined
        ? { ...reported, cause: dyingOf.cause }
        : reported;
    life.move("exit");
    life.stopTimers();
    this.member?.end();
    owner.onExit(worker, exit);
    this.succession.lose({ _tag: "Lost", exit, violation: worker.violation });
    owner.onChanged();
  }

  private abandon(): void {
    this.connection.unref();
    const cause = new Error(`it did not end within ${abandonMillis} ms of being killed`);
    this.exited({ exitCode: null, signal: null, cause, stderrTail: "", isOutOfMemory: false });
  }
}
