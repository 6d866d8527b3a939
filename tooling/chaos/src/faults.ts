/** What goes wrong around a runtime besides its calls: its workers are attacked, its host is held up, its size changes. */
import type { PromisedRuntime } from "@heddle/core/Promised";
import type { WorkerStats } from "@heddle/core/Stats";

import type { RuntimeName } from "./kinds.ts";
import type { Watch } from "./leaks.ts";
import type { Ledger } from "./ledger.ts";
import type { Load } from "./load.ts";
import type { Random } from "./random.ts";

interface Fault {
  readonly name: string;
  readonly weight: number;
  readonly on?: RuntimeName;
  readonly act: (faults: Faults) => void;
}

const catalogue: ReadonlyArray<Fault> = [
  { name: "kill", weight: 4, act: (faults) => faults.attack("SIGKILL") },
  { name: "terminate", weight: 2, on: "processes", act: (faults) => faults.attack("SIGTERM") },
  { name: "stop", weight: 2, on: "processes", act: (faults) => faults.stopWorker() },
  { name: "resize", weight: 3, act: (faults) => faults.resize() },
  { name: "recycle", weight: 1, act: (faults) => faults.recycle() },
  { name: "block", weight: 2, act: (faults) => faults.block() },
  { name: "salvo", weight: 1, act: (faults) => faults.salvo() },
  { name: "burst", weight: 5, act: (faults) => faults.burst() },
];

/** A stopped worker goes on after this time, in case nobody had a reason to end it. */
const stoppedMillis = 2000;

/** What they are of, and where they are counted. */
interface Of {
  readonly counts: Record<string, number>;
  readonly name: RuntimeName;
  readonly size: number;
}

export class Faults {
  readonly counts: Record<string, number>;
  private readonly random: Random;
  private readonly name: RuntimeName;
  private readonly size: number;
  private readonly runtime: PromisedRuntime;
  private readonly ledger: Ledger;
  private readonly watch: Watch;
  private readonly load: Load;
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly commands = new Set<string>();
  private isOver = false;

  constructor(
    random: Random,
    { counts, name, size }: Of,
    runtime: PromisedRuntime,
    { ledger, load, watch }: { readonly ledger: Ledger; readonly load: Load; readonly watch: Watch },
  ) {
    this.random = random;
    this.counts = counts;
    this.name = name;
    this.size = size;
    this.runtime = runtime;
    this.ledger = ledger;
    this.load = load;
    this.watch = watch;
  }

  start(): void {
    this.after(this.random.int(100, 1000), () => {
      const { act, name } = this.random.weighted(
        catalogue.filter(({ on }) => on === undefined || on === this.name),
      );
      this.counts[name] = (this.counts[name] ?? 0) + 1;
      act(this);
      this.start();
    });
  }

  /** Nothing new goes wrong from now on. */
  stop(): void {
    this.isOver = true;
  }

  /** Forgets what was still to come, once the runtime is gone. */
  clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  /** `resize` and `recycle` that have not ended. */
  get pending(): ReadonlyArray<string> {
    return [...this.commands];
  }

  attack(signal: "SIGKILL" | "SIGTERM"): void {
    const worker = this.pick();
    if (worker !== undefined && this.send(worker, signal)) this.ledger.attacked(worker);
  }

  /** Stops a worker as a debugger does, and cancels what it runs: it can neither answer nor hear of it. */
  stopWorker(): void {
    const worker = this.pick();
    if (worker === undefined || !this.send(worker, "SIGSTOP")) return;
    for (const call of this.ledger.callsOn(worker)) call.cancel("signal");
    this.after(stoppedMillis, () => this.send(worker, "SIGCONT"));
  }

  resize(): void {
    this.command("resize", this.runtime.resize(this.random.int(1, this.size + 2)));
  }

  recycle(): void {
    this.command("recycle", this.runtime.recycle());
  }

  block(): void {
    const end = performance.now() + this.random.int(50, 200);
    while (performance.now() < end);
  }

  burst(): void {
    this.load.burst(this.random.int(100, 400));
  }

  salvo(): void {
    this.load.salvo(this.random.int(3, 8));
  }

  private pick(): WorkerStats | undefined {
    const { workers } = this.runtime.stats();
    return workers.length === 0 ? undefined : this.random.pick(workers);
  }

  private send({ pid, threadId }: WorkerStats, signal: NodeJS.Signals): boolean {
    if (this.name === "processes") return this.watch.childOf(pid)?.kill(signal) ?? false;
    const thread = this.watch.threadOf(threadId);
    void thread?.terminate();
    return thread !== undefined;
  }

  private command(name: string, done: Promise<void>): void {
    const entry = `${name} ${this.counts[name]}`;
    this.commands.add(entry);
    const end = (): void => void this.commands.delete(entry);
    done.then(end, (thrown: unknown) => {
      end();
      if (!this.isOver) this.ledger.wrong(`${name} failed`, String(thrown));
    });
  }

  private after(millis: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      // A stopped worker has to go on whatever else is over.
      if (!this.isOver || millis === stoppedMillis) act();
    }, millis);
    this.timers.add(timer);
  }
}
