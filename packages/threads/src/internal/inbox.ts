/**
 * The host's end of what one thread sends: messages, and answers in memory that both share.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";

import type { Listener } from "@heddle/pool/Transport";

import { AnswerReader, bell } from "./answers.ts";
import * as Shared from "./Shared.ts";

// Taken before a test could put a clock of its own in their place, with which nothing would ever be read.
const { clearTimeout, setTimeout } = globalThis;

/** What comes from one thread, in the order in which the thread sent it. */
export class Inbox {
  private readonly port: MessagePort;
  private readonly listener: Listener;
  private readonly answers: AnswerReader;
  private readonly isPrompt: boolean;
  private look: NodeJS.Timeout | undefined;

  constructor(port: MessagePort, shared: SharedArrayBuffer, isPrompt: boolean, listener: Listener) {
    this.port = port;
    this.isPrompt = isPrompt;
    this.listener = listener;
    this.answers = new AnswerReader(shared, Shared.answersAt);
  }

  /** Delivers a message, and the answers that were written before it. */
  deliver(message: unknown): void {
    if (message === bell) return this.deliverAnswers();
    this.deliverAnswers();
    this.answers.tookMessage();
    this.listener.onFrames(message);
  }

  /** The same for what else has come. An event per message costs several times as much. Throws when one cannot be read. */
  deliverMore(mostMessages: number): void {
    for (let left = mostMessages; left > 0; left--) {
      const next: { readonly message: unknown } | undefined = receiveMessageOnPort(this.port);
      if (next === undefined) break;
      this.deliver(next.message);
    }
    this.deliverAnswers();
  }

  /** A message came that cannot be read. */
  skip(): void {
    this.deliverAnswers();
    this.answers.tookMessage();
  }

  /**
   * Where the thread has a lot to do it need not tell of each end: one looks after a while. To be told costs the host as much as
   * a short body takes.
   */
  beQuiet(): boolean {
    const millis = this.isPrompt ? 0 : (this.listener.quietMillis?.() ?? 0);
    if (millis === 0) return false;
    this.answers.mute();
    this.look ??= setTimeout(() => this.looked(), millis).unref();
    return true;
  }

  /** Delivers what is left, of which some may not be readable: gives the reasons. A thread may end before it was read; it counts. */
  end(): ReadonlyArray<unknown> {
    const causes: Array<unknown> = [];
    for (let isRead = false; !isRead;) {
      try {
        this.deliverMore(Number.POSITIVE_INFINITY);
        isRead = true;
      } catch (unreadable) {
        causes.push(unreadable);
        this.skip();
      }
    }
    clearTimeout(this.look);
    return causes;
  }

  private looked(): void {
    this.look = undefined;
    this.deliverWritten();
    if (!this.beQuiet()) this.deliverAnswers();
  }

  private deliverAnswers(): void {
    this.answers.listen();
    this.deliverWritten();
    this.beQuiet();
  }

  private deliverWritten(): void {
    const frames = this.answers.take();
    if (frames.length > 0) this.listener.onFrames(frames);
  }
}
