/** The state behind the live region: what is known from events, and how it looks at this moment. */
import type { HostEvent, RunStart } from "../protocol.ts";
import type { Symbols } from "./symbols.ts";
import { cut, seconds } from "./text.ts";

interface Lane {
  readonly samples: Array<number>;
  /** What runs here, oldest first: one job at a time on a worker, several on a shared loop. */
  readonly running: Array<{ readonly number: number; readonly input: unknown }>;
}

const blockedAfterMillis = 350;
const narrow = 60;
const maxSamples = 200;

const isSpinning = (run: RunStart): boolean => run.workload === "spinner" || run.workload === "nap";

export class Board {
  private readonly symbols: Symbols;
  private run: RunStart | undefined;
  private lanes = new Map<string, Lane>();
  private frame = "";
  private frames = 0;
  private started = 0;
  private ended = 0;
  private runBegan = 0;
  private lastBeat = 0;

  constructor(symbols: Symbols) {
    this.symbols = symbols;
  }

  apply(event: HostEvent, now: number): void {
    switch (event.type) {
      case "run.start":
        this.begin(event, now);
        break;
      case "run.end":
        this.run = undefined;
        break;
      case "task.start":
        this.started++;
        this.lane(event.lane).running.push({ number: this.started, input: event.input });
        break;
      case "task.end":
        this.ended++;
        if (event.lane !== null) this.stop(this.lane(event.lane), event.input);
        break;
      case "beat":
        this.lastBeat = now;
        this.frames = event.frames;
        break;
      case "frame":
        this.lastBeat = now;
        this.frame = event.text;
        this.frames++;
        break;
      case "wipe":
        this.frame = "";
        break;
      default:
    }
  }

  /** For how long the host's loop has not turned, if that is worth telling. */
  blockedMillis(now: number): number | undefined {
    const silence = now - this.lastBeat;
    return this.run !== undefined && silence > blockedAfterMillis ? silence : undefined;
  }

  /** What is running, in a few words. */
  title(): string {
    const { run, symbols } = this;
    return run === undefined
      ? ""
      : `${run.workload} ${symbols.dot} ${run.runtime} ${symbols.times} ${run.workers}`;
  }

  lines(now: number, width: number): ReadonlyArray<string> {
    if (this.run === undefined) return [];
    if (isSpinning(this.run)) return this.spinnerLine(now, width);
    this.sample();
    const drawn = [this.headLine(now), ...(width < narrow ? [] : this.laneLines(width)), this.loopLine(now)];
    return drawn.map((line) => cut(line, width - 1));
  }

  private begin(event: RunStart, now: number): void {
    this.run = event;
    this.lanes = new Map();
    this.frame = "";
    this.frames = this.started = this.ended = 0;
    this.runBegan = this.lastBeat = now;
  }

  private lane(name: string): Lane {
    let lane = this.lanes.get(name);
    if (lane === undefined) this.lanes.set(name, (lane = { samples: [], running: [] }));
    return lane;
  }

  private stop({ running }: Lane, input: unknown): void {
    const index = running.findIndex((job) => job.input === input);
    if (index >= 0) running.splice(index, 1);
  }

  private sample(): void {
    for (const { running, samples } of this.lanes.values()) {
      samples.push(running.at(-1)?.number ?? 0);
      if (samples.length > maxSamples) samples.shift();
    }
  }

  private spinnerLine(now: number, width: number): ReadonlyArray<string> {
    const blocked = this.blockedMillis(now);
    if (blocked !== undefined)
      return [cut(`event loop BLOCKED for ${seconds(blocked)}, ${this.stuck()}`, width - 1)];
    return this.frame === "" ? [] : [this.frame];
  }

  private headLine(now: number): string {
    const { turn } = this.symbols;
    const sign = this.blockedMillis(now) === undefined ? (turn[this.frames % turn.length] ?? "") : "!";
    return ` ${sign} ${this.title()}   ${this.ended} done   ${seconds(now - this.runBegan)}`;
  }

  private laneLines(width: number): ReadonlyArray<string> {
    const room = Math.min(40, width - 30);
    return [...this.lanes].toSorted(byName).map(([name, { running, samples }]) => {
      const drawn = samples.slice(-room).map((id) => this.sign(id));
      return `   ${name.padEnd(12)} ${drawn.join("").padEnd(room)} ${running.length > 1 ? `${running.length} jobs` : numbers(running)}`;
    });
  }

  private sign(task: number): string {
    const { busy, idle } = this.symbols;
    return task === 0 ? idle : (busy[task % busy.length] ?? idle);
  }

  private loopLine(now: number): string {
    const blocked = this.blockedMillis(now);
    const age = Math.round(now - this.lastBeat);
    return blocked === undefined
      ? `   ${"event loop".padEnd(12)} ok, ${age} ms since last beat`
      : `   ${"event loop".padEnd(12)} BLOCKED for ${seconds(blocked)}, ${this.stuck()}`;
  }

  private stuck(): string {
    return `spinner stuck at frame ${this.frames}`;
  }
}

const numbers = (running: Lane["running"]): string => running.map(({ number }) => `#${number}`).join(" ");

const byName = ([a]: readonly [string, Lane], [b]: readonly [string, Lane]): number =>
  a.localeCompare(b, "en", { numeric: true });
