/**
 * The host thread: here the runtime lives and the workload runs. It may be blocked; the thread that draws is not.
 *
 * It is started with a plan as its worker data, posts events, and never writes to the terminal.
 */
import { type ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { availableParallelism } from "node:os";
import { parentPort, workerData } from "node:worker_threads";

import * as Effect from "effect/Effect";

import type { BlockReport } from "./adapters.ts";
import { frameMillis, type HostEvent, type Plan, type RunSpec, type SpinnerReport } from "./protocol.ts";
import { demandOf, layerOf, reasonAgainst, workersOf } from "./runtimes.ts";
import * as Workloads from "./workloads/index.ts";
import { explain, Report, round } from "./workloads/report.ts";

const emit = (event: HostEvent): void => parentPort?.postMessage(event);

/** Counts frames and knows the longest time without one. */
class Spinner {
  frames = 0;
  private readonly began = performance.now();
  private last = this.began;
  private longest = 0;

  frame(): number {
    this.note();
    return ++this.frames;
  }

  private note(): void {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.last - frameMillis);
    this.last = now;
  }

  report(wallMs: number): SpinnerReport {
    this.note();
    return {
      frames: this.frames,
      expected: Math.floor(wallMs / frameMillis),
      longestFreezeMs: round(Math.max(0, this.longest)),
    };
  }
}

/** Tells the main thread which child processes there are, so that it can end them if this thread cannot. */
const tellChildren = (): void =>
  subscribe("child_process", (message) => {
    const { process: child } = message as { readonly process: ChildProcess };
    child.once("spawn", () => {
      const { pid } = child;
      if (pid === undefined) return;
      emit({ type: "child.started", pid });
      child.once("exit", () => emit({ type: "child.exited", pid }));
    });
  });

const beatWhile = <A, E, R>(onBeat: () => number, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => setInterval(() => emit({ type: "beat", frames: onBeat() }), frameMillis)),
    () => effect,
    (timer) => Effect.sync(() => clearInterval(timer)),
  );

const noteOf = ({ blockedMillis, suspects }: BlockReport): string => {
  const names = [...new Set(suspects.map(({ task }) => task))].join(" or ");
  return `${names} held the event loop for ${(blockedMillis / 1000).toFixed(1)} s: nothing else could run meanwhile`;
};

const skipped = new Set<string>();

/** Says once that a runtime is left out, though a plan may ask for it with several numbers of workers. */
const skip = ({ runtime, workload }: RunSpec, reason: string): void => {
  const run = `${workload} on ${runtime}`;
  if (!skipped.has(run)) emit({ type: "run.skipped", workload, runtime, reason });
  skipped.add(run);
};

const carryOut = Effect.fnUntraced(function* (spec: RunSpec) {
  const { runtime, workload } = spec;
  const reason = reasonAgainst(runtime, demandOf(spec));
  if (reason !== undefined) return skip(spec, reason);
  const workers = workersOf(spec);
  const program = yield* Effect.promise(() => Workloads.load(spec));
  let worst: BlockReport | undefined;
  const onBlocked = (report: BlockReport): void => {
    if (worst === undefined || report.blockedMillis > worst.blockedMillis) worst = report;
  };
  const count = { ok: 0, failed: 0 };
  const measured = Effect.gen(function* () {
    emit({
      type: "run.start",
      workload,
      runtime,
      workers,
      node: process.versions.node,
      cores: availableParallelism(),
    });
    const spinner = new Spinner();
    const ownSpinner = Workloads.hasOwnSpinner(spec);
    const frame = (text: string): void => {
      spinner.frame();
      emit({ type: "frame", text });
    };
    const began = performance.now();
    const body = runtime === "serial" ? program.serial(spec) : program.program(spec);
    const beats = beatWhile(() => (ownSpinner ? spinner.frames : spinner.frame()), body);
    const exit = yield* Effect.exit(Effect.provideService(beats, Report, { emit, frame, count }));
    const wallMs = round(performance.now() - began);
    if (exit._tag === "Failure") emit({ type: "problem", text: explain(exit.cause) });
    emit({ type: "run.end", workload, runtime, workers, ...count, wallMs, spinner: spinner.report(wallMs) });
  });
  yield* runtime === "serial"
    ? (measured as Effect.Effect<void>)
    : Effect.provide(measured, layerOf(spec, onBlocked));
  if (worst !== undefined) emit({ type: "note", text: noteOf(worst) });
});

tellChildren();
const plan = workerData as Plan;
const everything = Effect.forEach(plan, carryOut, { discard: true }).pipe(
  Effect.catchCause((cause) => Effect.sync(() => emit({ type: "problem", text: explain(cause) }))),
);
await Effect.runPromise(everything);
emit({ type: "done" });
