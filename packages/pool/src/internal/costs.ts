/**
 * How long the bodies of each task have taken of late, so that only short ones are given to workers ahead.
 */
import type * as Task from "@heddle/core/Task";

/** Nothing is known of a task before it has run that often. */
const fewestSamples = 8;

/** What a message costs whatever is in it. */
const messageMicros = 10;

const weight = 1 / 8;

// What took long once makes its task wait its turn for the next few calls; no longer, since it may just have been the machine.
const fading = 0.8;
const mostMicros = 20_000;

interface Cost {
  samples: number;
  averageMicros: number;
  peakMicros: number;
  sentMicros: number;
}

const unknown = (): Cost => ({ samples: 0, averageMicros: 0, peakMicros: 0, sentMicros: 0 });

/** What is known of all tasks. */
export class Costs {
  private readonly costs = new WeakMap<Task.Any, Cost>();
  // Most calls are of the task that the one before was of.
  private lastTask: Task.Any | undefined;
  private lastCost: Cost = unknown();

  /** How long the next call takes, as the last ones did on average; endless as long as nobody knows. */
  of(task: Task.Any): number {
    const { averageMicros, samples, sentMicros } = this.costOf(task);
    return samples < fewestSamples ? Number.POSITIVE_INFINITY : Math.max(averageMicros, sentMicros);
  }

  /** How long it may take. */
  mostOf(task: Task.Any): number {
    const { peakMicros } = this.costOf(task);
    return Math.max(peakMicros, this.of(task));
  }

  /** A body has taken that long. */
  took(task: Task.Any, tookMicros: number): void {
    const micros = Math.min(tookMicros, mostMicros);
    const cost = this.costOf(task);
    cost.averageMicros =
      cost.samples === 0 ? micros : cost.averageMicros + (micros - cost.averageMicros) * weight;
    cost.peakMicros = Math.max(micros, cost.peakMicros * fading);
    cost.sentMicros *= fading;
    cost.samples++;
  }

  /** To send inputs has taken that long: large ones are not to fill the memory of many calls ahead. */
  sent(task: Task.Any, tookMicros: number, inputs: number): void {
    const cost = this.costOf(task);
    const micros = (tookMicros - messageMicros) / inputs;
    if (micros > cost.sentMicros) cost.sentMicros = micros;
  }

  private costOf(task: Task.Any): Cost {
    if (this.lastTask === task) return this.lastCost;
    let cost = this.costs.get(task);
    if (cost === undefined) {
      cost = unknown();
      this.costs.set(task, cost);
    }
    this.lastTask = task;
    this.lastCost = cost;
    return cost;
  }
}
