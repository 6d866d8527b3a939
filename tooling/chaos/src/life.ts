/** One life of a runtime: opened, loaded and harmed for a while, closed in one of three ways, and looked over. */
import type { PromisedRuntime } from "@heddle/core/Promised";

import { Faults } from "./faults.ts";
import type { Watch } from "./leaks.ts";
import { Load, type Source } from "./load.ts";
import { type Opening, quarantineAfterOf, type Subject } from "./opening.ts";
import type { Random } from "./random.ts";
import { until, untilStill } from "./until.ts";

/** How many calls are in flight for each worker when there is no burst. */
const callsPerWorker = 4;
const lateCalls = 5;
/** How long what was stopped may take until nothing of it is seen any more. */
const leftMillis = 5000;

/** What a run needs for all of its lives. */
export interface Scene {
  readonly subject: Subject;
  readonly source: Source;
  readonly watch: Watch;
  /** How long a call may take to settle once everything was stopped; after that it is lost. */
  readonly settleMillis: number;
  readonly faultCounts: Record<string, number>;
  readonly leaks: { readonly workers: Array<string>; readonly handles: Array<string> };
}

const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

export class Life {
  private readonly scene: Scene;
  private readonly opening: Opening;
  private readonly runtime: PromisedRuntime;
  private readonly load: Load;
  private readonly faults: Faults;
  private isClosed = false;

  private constructor(scene: Scene, opening: Opening, runtime: PromisedRuntime, random: Random) {
    const { faultCounts, source, subject, watch } = scene;
    const { size } = opening.options;
    this.scene = scene;
    this.opening = opening;
    this.runtime = runtime;
    this.load = new Load(source, runtime, opening, callsPerWorker * size);
    const setting = { ledger: source.ledger, load: this.load, watch };
    this.faults = new Faults(random, { counts: faultCounts, name: subject.name, size }, runtime, setting);
  }

  /** False when something is stuck, so that a next life would tell nothing new. */
  static async live(scene: Scene, opening: Opening, random: Random, millis: number): Promise<boolean> {
    const { options } = opening;
    const mayBeFull = options.whenFull === "reject";
    scene.source.ledger.beginRuntime({ quarantineAfter: quarantineAfterOf(options), mayBeFull });
    const life = new Life(scene, opening, await scene.subject.open(options), random);
    life.load.start();
    life.faults.start();
    await sleep(millis);
    const isOver = await life.close();
    await life.lookForLeaks();
    return isOver;
  }

  private async close(): Promise<boolean> {
    const { settleMillis, source } = this.scene;
    const { ledger } = source;
    const { ending } = this.opening;
    this.faults.stop();
    this.load.stop(ending === "abrupt" ? "closing" : "draining");
    void this.closed();
    this.load.submitLate(lateCalls);
    const { closeTimeout } = this.opening.options;
    const patience = settleMillis + (ending === "abrupt" ? closeTimeout : 0);
    const isOver = (): boolean => this.isClosed && ledger.open.size === 0 && this.faults.pending.length === 0;
    const isDone = await untilStill(isOver, () => ledger.open.size, patience);
    this.faults.clear();
    ledger.readJournal();
    if (!isDone) this.tellStuck();
    else this.checkStats();
    return isDone;
  }

  private async closed(): Promise<void> {
    const { ending } = this.opening;
    try {
      if (ending === "drain") await this.runtime.drain();
      // Twice, because that has to be fine.
      await Promise.all([this.runtime.close(), this.runtime.close()]);
    } catch (thrown) {
      this.scene.source.ledger.wrong(`${ending} failed`, String(thrown));
    }
    this.isClosed = true;
  }

  private get stats(): string {
    return `stats: ${JSON.stringify(this.runtime.stats())}; opened with ${JSON.stringify(this.opening)}`;
  }

  private tellStuck(): void {
    const { ledger } = this.scene.source;
    ledger.lose(this.stats);
    if (!this.isClosed) ledger.wrong(`${this.opening.ending} did not end`, this.stats);
    for (const command of this.faults.pending) ledger.wrong(`${command} did not end`, this.stats);
  }

  private checkStats(): void {
    const { queued, running, waiting, workers } = this.runtime.stats();
    if (queued + running + waiting + workers.length > 0)
      this.scene.source.ledger.wrong("a closed runtime is not at rest", this.stats);
  }

  private async lookForLeaks(): Promise<void> {
    const { leaks, watch } = this.scene;
    const isClean = (): boolean => {
      const { handles, workers } = watch.left();
      return handles.length + workers.length === 0;
    };
    await until(isClean, leftMillis);
    const { handles, workers } = watch.left();
    leaks.workers.push(...workers);
    leaks.handles.push(...handles);
    watch.settleDescriptors();
  }
}
