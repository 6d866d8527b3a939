/**
 * One call of the run: what it is, what was done to it, and where its bodies ran.
 */
import type { Draft } from "./kinds.ts";
import type { Random } from "./random.ts";

/** When the load itself cancels a call, and by which means. */
export interface Cancel {
  readonly by: "signal" | "handle";
  /** At once, after a turn, after some time, or when it has ended already. */
  readonly after: "submit" | "turn" | "end" | number;
}

/** What the load decides about a call besides its kind. */
export interface Fate {
  readonly cancel: Cancel | undefined;
  readonly timeoutMillis: number | undefined;
  readonly queueTimeoutMillis: number | undefined;
  readonly priority: number | undefined;
}

/** A worker that bodies of the call ran on. */
export interface Place {
  readonly lane: string;
  readonly pid: number;
  readonly threadId: number;
}

/** What its runtime does while the call is under way; it never goes back. */
export type Closing = "open" | "draining" | "closing";

const drawCancel = (random: Random, isHandled: boolean): Cancel => {
  const after = random.weighted([
    { weight: 2, after: "submit" },
    { weight: 2, after: "turn" },
    { weight: 3, after: "end" },
    { weight: 8, after: random.int(0, 60) },
  ] as const).after;
  return { by: isHandled && random.chance(0.5) ? "handle" : "signal", after };
};

/** Draws what happens to a call. One that would never end is always stopped somehow. */
export const drawFate = (random: Random, { isEndless, way }: Draft): Fate => {
  const isHandled = way._tag === "submit";
  let cancel = random.chance(0.12) ? drawCancel(random, isHandled) : undefined;
  let timeoutMillis = random.chance(0.06) ? random.int(1, 150) : undefined;
  if (isEndless === true) {
    const isCancelled = random.chance(0.5);
    timeoutMillis = random.int(20, 300);
    cancel = isCancelled ? { by: isHandled ? "handle" : "signal", after: random.int(0, 300) } : undefined;
  }
  return {
    cancel,
    timeoutMillis,
    queueTimeoutMillis: random.chance(0.04) ? random.int(1, 400) : undefined,
    priority: random.chance(0.15) ? random.int(-10, 10) : undefined,
  };
};

export class Call {
  readonly firstId: number;
  readonly salt: number;
  readonly draft: Draft;
  readonly fate: Fate;
  readonly begunEpochMillis = Date.now();
  readonly controller = new AbortController();
  readonly cancelReason = new Error("cancelled by the chaos run");
  readonly places: Array<Place> = [];
  /** What is wrong with what came before its end: its chunks, its progress. */
  readonly complaints: Array<string> = [];
  readonly history: Array<string> = [];
  closing: Closing;
  isEnded = false;
  private readonly cancelledBy = new Set<Cancel["by"]>();
  private timer: NodeJS.Timeout | undefined;
  private cancelHandle: (() => Promise<void>) | undefined;

  constructor(firstId: number, draft: Draft, fate: Fate, salt: number, closing: Closing) {
    this.firstId = firstId;
    this.draft = draft;
    this.fate = fate;
    this.salt = salt;
    this.closing = closing;
    if (closing !== "open") this.note(`submitted while the runtime was ${closing}`);
  }

  note(what: string): void {
    this.history.push(`+${Date.now() - this.begunEpochMillis} ms: ${what}`);
  }

  isCancelledBy(by: Cancel["by"]): boolean {
    return this.cancelledBy.has(by);
  }

  get isCancelled(): boolean {
    return this.cancelledBy.size > 0;
  }

  setClosing(closing: Closing): void {
    this.closing = closing;
    this.note(`its runtime is ${closing}`);
  }

  /** Gives the call's handle, if it was made with one, and lets its fate take its course. */
  underWay(cancelHandle?: () => Promise<void>): void {
    this.cancelHandle = cancelHandle;
    const { cancel } = this.fate;
    if (cancel === undefined || cancel.after === "end") return;
    if (cancel.after === "submit") this.cancel(cancel.by);
    else this.timer = setTimeout(() => this.cancel(cancel.by), cancel.after === "turn" ? 0 : cancel.after);
  }

  cancel(by: Cancel["by"]): void {
    if (this.isEnded) return;
    this.cancelledBy.add(by);
    this.note(`cancelled by its ${by}`);
    this.stop(by);
  }

  /** Marks the end; cancels once more where that is its fate, which must not do anything. */
  end(): void {
    this.isEnded = true;
    clearTimeout(this.timer);
    if (this.fate.cancel?.after === "end") this.stop(this.fate.cancel.by);
  }

  toString(): string {
    const { draft, fate, firstId, history, places } = this;
    const ran = places.map(({ lane, pid, threadId }) => `${lane} (pid ${pid}, thread ${threadId})`);
    const what = `call ${firstId} "${draft.kind}" by ${draft.way._tag} ${JSON.stringify(fate)}`;
    return [what, `ran on: ${ran.join(", ") || "nothing"}`, ...history].join("\n    ");
  }

  private stop(by: Cancel["by"]): void {
    if (by === "signal") this.controller.abort(this.cancelReason);
    else void this.cancelHandle?.();
  }
}
