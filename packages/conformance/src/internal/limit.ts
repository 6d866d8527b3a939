/**
 * Bounds what a case takes: it runs on runtimes that may be broken in any way, and must end all the same.
 */
import * as Effect from "effect/Effect";

import type { Course } from "./course.ts";

/** What could not be brought to an end: the case itself, or only the closing of its runtime. */
type Left = "nothing" | "case" | "runtime";

/** How something bounded ended, and what of it was left behind. */
export type End =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Broken"; readonly error: unknown; readonly left: Left };

/** How long what failed or was cut short may take to clean up. */
const longestCleanUpMillis = 5000;

const done: End = { _tag: "Done" };
const broken = (error: unknown, left: Left = "nothing"): End => ({ _tag: "Broken", error, left });

/** Resolves with the reason to cut something short: its time is up, or somebody aborts it. */
class Cut {
  readonly reason: Promise<unknown>;
  private stopWatching: () => void = () => undefined;

  constructor(limitMillis: number, course: Course, signal: AbortSignal | undefined) {
    this.reason = new Promise((resolve) => {
      const onAbort = (): void => resolve(signal?.reason);
      if (signal?.aborted === true) return onAbort();
      const timer = setTimeout(
        () => resolve(new Error(`${course.subject} took longer than ${limitMillis} ms`)),
        limitMillis,
      );
      signal?.addEventListener("abort", onAbort);
      this.stopWatching = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
    });
  }

  stop(): void {
    this.stopWatching();
  }
}

const pause = (millis: number): { readonly over: Promise<"over">; readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<"over">((resolve) => {
    timer = setTimeout(() => resolve("over"), millis);
  });
  return { over, stop: () => clearTimeout(timer) };
};

/** Waits a short time for the end, after an error or a cut. */
const endsSoon = async (ended: Promise<End>, limitMillis: number): Promise<boolean> => {
  const cleanUp = pause(Math.min(limitMillis, longestCleanUpMillis));
  const first = await Promise.race([ended, cleanUp.over]);
  cleanUp.stop();
  return first !== "over";
};

/**
 * Runs an effect for so long at most, and never rejects.
 *
 * When the time is up the effect is interrupted. One that does not even end then is left behind, and told so. After the
 * first error that its course tells there is only a short time left, and whatever comes of that, this error is told.
 */
export const within = async (
  limitMillis: number,
  effect: Effect.Effect<unknown, unknown>,
  course: Course,
  signal?: AbortSignal,
): Promise<End> => {
  const controller = new AbortController();
  const cut = new Cut(limitMillis, course, signal);
  const ended = Effect.runPromise(effect, { signal: controller.signal }).then(
    () => done,
    (error: unknown) => broken(error),
  );
  try {
    const first = await Promise.race([
      ended,
      course.settled.then((error) => ({ _tag: "Settled" as const, error })),
      cut.reason.then((error) => ({ _tag: "Cut" as const, error })),
    ]);
    if (first._tag === "Done" || first._tag === "Broken") return first;
    const wasClosing = first._tag === "Cut" && course.isClosing;
    if (first._tag === "Cut") controller.abort();
    if (await endsSoon(ended, limitMillis)) return broken(first.error);
    controller.abort();
    return broken(first.error, course.isClosing && !wasClosing ? "runtime" : "case");
  } finally {
    cut.stop();
  }
};
