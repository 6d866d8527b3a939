/**
 * The worker's loop: takes frames from its port, runs bodies, and sends their ends.
 *
 * Loads nothing of Effect until a body returns an Effect or a Stream, or a task has a schema.
 *
 * @since 0.1.0
 */
import * as BodyResult from "@heddle/core/BodyResult";
import type { TaskCodec } from "@heddle/core/Codec";
import * as Defect from "@heddle/core/Defect";
import * as Outcome from "@heddle/core/Outcome";
import type * as Task from "@heddle/core/Task";

import { type HostFrame, type HostFrameOf, Kind, version } from "../Frame.ts";
import { type Acceptance, noTicket } from "../Offers.ts";
import { type RunFrame, WorkerCall } from "./call.ts";
import * as CallContext from "./context.ts";
import { announceDeath } from "./death.ts";
import { finish } from "./plainBody.ts";
import type { Port } from "./port.ts";
import * as Registry from "./registry.ts";
import * as Series from "./series.ts";
import * as Unit from "./unit.ts";

type EffectBody = typeof import("./effectBody.ts");

const hasSchema = (task: Task.Any): boolean =>
  task.input !== undefined ||
  task.output !== undefined ||
  task.error !== undefined ||
  task.progress !== undefined;

// It may never come to the end of what waits, which holds the inputs of all that it has passed.
const mostPassed = 256;

class Loop {
  private readonly port: Port;
  private readonly unit: WorkerCall["unit"];
  private current: WorkerCall | undefined;
  // What was given ahead, from `first` on. No method of arrays: a task may have replaced those.
  private waiting: Array<RunFrame> = [];
  private first = 0;
  /** Calls that were cancelled before this worker came to them. */
  private readonly cancelled = new Set<number>();
  private isPumping = false;
  private isClosing = false;
  private effectBody: EffectBody | undefined;
  private told: Unit.Take = () => undefined;

  constructor(port: Port) {
    this.port = port;
    const { lane, pid, threadId } = port;
    this.unit = Object.freeze({ runtime: lane.slice(0, lane.lastIndexOf("/")), lane, pid, threadId });
  }

  /** Whether it has nothing to do until something comes from the host. */
  get isIdle(): boolean {
    return this.current === undefined && !this.isClosing;
  }

  receive(frame: HostFrame): void {
    switch (frame[0]) {
      case Kind.run:
      case Kind.runSeries:
        return this.run(frame);
      case Kind.runAhead:
        return this.runAhead(frame);
      case Kind.cancel:
        return this.cancel(frame[1]);
      case Kind.credit:
        return this.of(frame[1])?.addCredit(frame[2]);
      case Kind.nestEvent:
        return this.of(frame[1])?.nested.event(frame[2], frame[3]);
      case Kind.nestAnswer:
        return this.of(frame[1])?.nested.answer(frame[2], frame[3]);
      case Kind.unit:
        this.told = Unit.become(frame, this.port, () => this.current?.isCancelled === true);
        return;
      case Kind.told:
        return this.told(frame[1]);
      case Kind.measure:
        return this.measure();
      case Kind.close:
        return void this.close();
    }
  }

  // The cancel may be here before its call's turn has come.
  private cancel(number: number): void {
    if (this.current?.number === number) this.current.cancel();
    else if (this.isWaiting(number)) this.cancelled.add(number);
  }

  private isWaiting(number: number): boolean {
    for (let at = this.first; at < this.waiting.length; at++) {
      if (this.waiting[at]?.[1] === number) return true;
    }
    return false;
  }

  private add(frame: RunFrame): void {
    this.waiting[this.waiting.length] = frame;
  }

  private next(): RunFrame | undefined {
    if (this.first === this.waiting.length || this.first === mostPassed) this.forgetPassed();
    return this.waiting[this.first];
  }

  private forgetPassed(): void {
    const { first, waiting } = this;
    this.waiting = [];
    this.first = 0;
    for (let at = first; at < waiting.length; at++) this.waiting[at - first] = waiting[at] as RunFrame;
  }

  private of(number: number): WorkerCall | undefined {
    return this.current?.number === number ? this.current : undefined;
  }

  // Only a worker that has nothing to do is given a call: what still waits was withdrawn.
  private run(frame: RunFrame): void {
    this.first = this.waiting.length;
    this.add(frame);
  }

  private runAhead([, module, task, envelope, calls]: HostFrameOf<"runAhead">): void {
    for (let at = 0; at < calls.length; at += 5) {
      const number = calls[at] as number;
      const id = calls[at + 1] as string;
      const attempt = calls[at + 3] as number;
      const ticket = calls[at + 4] as number;
      this.add([Kind.run, number, id, module, task, "value", calls[at + 2], attempt, envelope, ticket]);
    }
  }

  // A loop, since most bodies have ended when they return: their end comes back here before that.
  pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    while (this.current === undefined) {
      const frame = this.next();
      if (frame === undefined) break;
      const acceptance = this.accept(frame);
      if (acceptance === "later") break;
      this.first++;
      if (acceptance === "mine") this.begin(frame);
    }
    this.isPumping = false;
  }

  private accept([, , , , , , , , , ticket]: RunFrame): Acceptance {
    const { accept } = this.port;
    return ticket === noTicket || accept === undefined ? "mine" : accept(ticket);
  }

  private ended(call: WorkerCall): void {
    if (this.current !== call) return;
    this.current = undefined;
    this.pump();
  }

  private begin(frame: RunFrame): void {
    const call = new WorkerCall(frame, this.unit, this.port, (ended) => this.ended(ended));
    this.current = call;
    if (this.cancelled.size > 0 && this.cancelled.delete(call.number)) call.cancel();
    const [, , , module, name] = frame;
    const task = Registry.loaded(module, name);
    if (task !== undefined && !hasSchema(task)) return this.start(task, call);
    void this.prepare(module, name, call);
  }

  private async prepare(module: string, name: string, call: WorkerCall): Promise<void> {
    try {
      const task = await Registry.find(module, name);
      if (hasSchema(task)) call.codec = await codecOf(task);
      this.start(task, call);
    } catch (thrown) {
      if (thrown instanceof Registry.NotFound) call.refuse(thrown.refusal);
      else call.fail(thrown);
    }
  }

  private start(task: Task.Any, call: WorkerCall): void {
    // It may have been cancelled while its module was loading.
    if (call.isCancelled) return call.end(Outcome.interrupted);
    if (call.isSeries) return Series.run(task, call, (result) => this.gave(result, task, call));
    call.started();
    let input = call.input;
    try {
      if (call.codec !== undefined) input = call.codec.decodeInput(input);
    } catch (thrown) {
      return call.refuse({ _tag: "InvalidInput", where: "input", detail: Defect.messageOf(thrown) });
    }
    try {
      this.gave(BodyResult.of(task, input, CallContext.make(call)), task, call);
    } catch (thrown) {
      // Of the body, or of what it gave: a `then` may throw as well.
      call.fail(thrown);
    }
  }

  private gave(result: unknown, task: Task.Any, call: WorkerCall): void {
    try {
      if (BodyResult.needsEffect(result)) void this.finishEffect(result, task, call);
      else finish(result, call);
    } catch (thrown) {
      // Of the body, or of what it gave: a `then` may throw as well.
      call.fail(thrown);
    }
  }

  private async finishEffect(result: unknown, task: Task.Any, call: WorkerCall): Promise<void> {
    try {
      this.effectBody ??= await import("./effectBody.ts");
      this.effectBody.finish(result, task, call);
    } catch (thrown) {
      call.fail(thrown);
    }
  }

  // A platform that does not tell gives no answer, which no host waits for.
  private measure(): void {
    const bytes = this.port.heapUsedBytes?.();
    if (bytes !== undefined) this.port.post([[Kind.heap, bytes]]);
  }

  private async close(): Promise<void> {
    this.isClosing = true;
    await this.effectBody?.release();
    this.port.close();
  }
}

const codecOf = async (task: Task.Any): Promise<TaskCodec> => {
  const Codec = await import("@heddle/core/Codec");
  return Codec.forTask(task, "structured-clone");
};

/**
 * Serves a port until it is told to close. A worker's entry file calls this and nothing else.
 *
 * **Details**
 *
 * Reports to the pool before it returns. Once told to close, it releases the layers of the tasks that ran, and then
 * closes the port.
 *
 * `modules` are those that a bundler put into the worker's own file: their tasks are found without an import, under the
 * `module` that they name. That is any text which is the same on both sides, since a bundle's `import.meta.url` is not.
 *
 * @category constructors
 * @since 0.1.0
 */
export const serve = (port: Port, modules: ReadonlyArray<object> = []): void => {
  for (const module of modules) Registry.know(module);
  const loop = new Loop(port);
  announceDeath(port);
  port.onFrames((frames) => {
    for (const frame of frames) loop.receive(frame as HostFrame);
    loop.pump();
    return loop.isIdle;
  });
  port.post([[Kind.ready, version, port.pid, port.threadId]]);
};
