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
}

/** What is known of all tasks. */
export class Costs {
  private readonly costs = new WeakMap<Task.Any, Cost>();
  // Most calls are of the task that the one before was of.
  private lastTask: Task.Any | undefined;
  private lastCost: Cost = { samples: 0, averageMicros: 0, peakMicros: 0 };

  /** How long the next call may take; endless as long as nobody knows. */
  of(task: Task.Any): number {
    const { averageMicros, peakMicros, samples } = this.costOf(task);
    if (samples < fewestSamples) return Number.POSITIVE_INFINITY;
    return Math.max(averageMicros, peakMicros);
  }

  /** A body has taken that long. */
  took(task: Task.Any, tookMicros: number): void {
    const micros = Math.min(tookMicros, mostMicros);
    const cost = this.costOf(task);
    cost.averageMicros =
      cost.samples === 0 ? micros : cost.averageMicros + (micros - cost.averageMicros) * weight;
    cost.peakMicros = Math.max(micros, cost.peakMicros * fading);
    cost.samples++;
  }

  /** To send inputs has taken that long: large ones are not to fill the memory of many calls ahead. */
  sent(task: Task.Any, tookMicros: number, inputs: number): void {
    const cost = this.costOf(task);
    const micros = (tookMicros - messageMicros) / inputs;
    if (micros > cost.peakMicros) cost.peakMicros = micros;
  }

  private costOf(task: Task.Any): Cost {
    if (this.lastTask === task) return this.lastCost;
    let cost = this.costs.get(task);
    if (cost === undefined) {
      cost = { samples: 0, averageMicros: 0, peakMicros: 0 };
      this.costs.set(task, cost);
    }
    this.lastTask = task;
    this.lastCost = cost;
    return cost;
  }
}
