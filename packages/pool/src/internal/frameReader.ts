/**
 * What a worker sends, of which nothing is trusted: each frame is checked, and goes to whom it is for. A frame is only ever
 * taken for the call that the worker is running.
 */
import * as Frame from "../Frame.ts";
import type { Worker } from "../Worker.ts";
import type { Ending } from "./ending.ts";
import type { Life } from "./life.ts";
import type { Succession } from "./succession.ts";
import type { Member } from "./units.ts";

/** More than any transport reads at once. */
const maxBatchFrames = 1_000_000;

type OfCall = Exclude<Frame.WorkerFrame, Frame.WorkerFrameOf<"ready" | "dying" | "heap" | "ask">>;

export class FrameReader {
  private readonly worker: Worker;
  private readonly life: Life;
  private readonly succession: Succession;
  private readonly ending: Ending;
  private readonly member: Member | undefined;

  constructor(
    worker: Worker,
    life: Life,
    succession: Succession,
    ending: Ending,
    member: Member | undefined,
  ) {
    this.worker = worker;
    this.life = life;
    this.succession = succession;
    this.ending = ending;
    this.member = member;
  }

  /** Takes a batch, as it came. */
  receive(frames: unknown): void {
    if (!Array.isArray(frames)) return this.ending.violate("a batch that is no array");
    if (frames.length > maxBatchFrames) return this.ending.violate(`a batch of ${frames.length} frames`);
    const { worker } = this;
    for (const frame of frames) {
      if (worker.state === "dying" || worker.state === "killed" || worker.state === "exited") return;
      if (Frame.isWorkerFrame(frame)) this.route(frame);
      else this.ending.violate("a frame that cannot be understood");
    }
  }

  private route(frame: Frame.WorkerFrame): void {
    switch (frame[0]) {
      case Frame.Kind.ready:
        return this.ready(frame);
      case Frame.Kind.dying:
        return this.ending.die(frame[1]);
      case Frame.Kind.heap:
        return this.worker.wear.measured(frame[1])
          ? undefined
          : this.ending.violate("an answer to a question that nobody asked");
      case Frame.Kind.ask:
        return this.asked(frame[1]);
    }
    const { succession } = this;
    const { call } = succession;
    if (call === undefined || call.number !== frame[1]) return this.stray(frame);
    switch (frame[0]) {
      case Frame.Kind.outcome:
        return succession.settle(call, { _tag: "Outcome", outcome: frame[2] }, frame[3]);
      case Frame.Kind.refused:
        return succession.settle(call, { _tag: "Refused", refusal: frame[2] });
    }
    const isOfSeries = frame[0] === Frame.Kind.outputs || frame[0] === Frame.Kind.alone;
    if (isOfSeries && call.request.inputs === undefined)
      return this.ending.violate("a frame of a series of a call that is none");
    const wrong = call.onFrame(frame);
    if (wrong !== undefined) return this.ending.violate(wrong);
    if (frame[0] === Frame.Kind.outputs) succession.took(call, frame[2].length, frame[4]);
  }

  private ready([, version, pid, threadId]: Frame.WorkerFrameOf<"ready">): void {
    if (version !== Frame.version)
      return this.ending.violate(`protocol version ${version}, expected ${Frame.version}`);
    if (this.worker.state !== "starting") return this.ending.violate("a second handshake");
    this.life.reported(pid, threadId);
  }

  private asked(asked: ReadonlyArray<unknown>): void {
    if (this.worker.state === "starting") return this.ending.violate("a question before the handshake");
    const wrong = this.member === undefined ? "a question of no unit" : this.member.receive(asked);
    if (wrong !== undefined) this.ending.violate(wrong);
  }

  // It may come of work that a body left behind. A second end can only be forged, and so can anything of a call that never
  // was: whoever guesses at the number of the running call guesses once.
  private stray(frame: OfCall): void {
    const [kind, call] = frame;
    if (!this.succession.wasGiven(call))
      return this.ending.violate("a frame of a call that it was not given");
    const isEnd =
      kind === Frame.Kind.outcome || kind === Frame.Kind.refused || (kind === Frame.Kind.outputs && frame[4]);
    if (isEnd) this.ending.violate("a second end of a call");
  }
}
