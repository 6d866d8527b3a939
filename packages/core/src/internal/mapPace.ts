/**
 * How many inputs of a map go together: as many as take about a millisecond, as far as one knows.
 *
 * The first ones of a task go one by one, since nobody knows how long they take. Then their number at most doubles from one series to
 * the next, and falls to what the inputs take now. A later map of the same task begins where the one before has ended.
 */

import { mostItems } from "../Items.ts";

const targetMicros = 1000;

/** One input that takes longer, as seen from here, goes alone: its way there and back is in it. */
const shortMicros = 250;

/** How many ended before anything is made of it. */
const fewestSamples = 16;

const weight = 1 / 8;

/**
 * A series that stopped before its end and before its time has met a job that goes alone, as some inputs do: so many of these in a
 * row are enough.
 */
const mostStops = 3;

export class Pace {
  /** How many go together now. */
  size: number;
  private readonly most: number;
  private samples = 0;
  private averageMicros = 0;
  private lastMicrosEach = 0;
  private stops = 0;

  /** `most` of them at most, and as many as `first` from the beginning. */
  constructor(most: number, first: number) {
    this.most = Math.max(1, Math.min(most, mostItems));
    this.size = Math.max(1, Math.min(first, this.most));
  }

  /** One that went alone has ended. */
  tookOne(micros: number): void {
    if (this.size > 1 || this.most === 1 || Number.isNaN(micros)) return;
    this.samples++;
    this.averageMicros += (micros - this.averageMicros) * Math.max(weight, 1 / this.samples);
    if (this.samples >= fewestSamples && this.averageMicros < shortMicros) this.setSize(2);
  }

  /** A series has ended or stopped, after so many inputs of those that it was given. */
  tookSeries(inputs: number, given: number, micros: number): void {
    if (inputs < given && micros < targetMicros) return this.stopped(inputs);
    this.stops = 0;
    const microsEach = micros / inputs;
    // The machine may just have done something else; a series that takes too long stops by itself.
    const ideal = Math.floor(
      targetMicros / Math.max(0.001, Math.min(microsEach, this.lastMicrosEach || microsEach)),
    );
    this.lastMicrosEach = microsEach;
    this.setSize(ideal < this.size ? ideal : Math.max(this.size, Math.min(ideal, 2 * given)));
  }

  /** An input came that has to go alone. */
  metAlone(): void {
    if (this.size > 1) this.stopped(this.size);
  }

  /** A series met a job that takes longer, after so many inputs. */
  stopped(inputs: number): void {
    this.setSize(inputs);
    if (++this.stops < mostStops) return;
    this.setSize(1);
    this.samples = Number.NEGATIVE_INFINITY;
  }

  private setSize(size: number): void {
    this.size = Math.max(1, Math.min(size, this.most));
    if (this.size > 1) return;
    this.samples = 0;
    this.averageMicros = 0;
    this.lastMicrosEach = 0;
  }
}
