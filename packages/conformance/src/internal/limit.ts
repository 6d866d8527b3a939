/**
 * Bounds what a case takes: it runs on runtimes that may be broken in any way, and must end all the same.
 */
import * as Effect from "effect/Effect";

/** How something bounded ended; `isOpen` when it could not even be brought to an end. */
export type End =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Broken"; readonly error: unknown; readonly isOpen: boolean };

/** How long what was cut short may take to clean up. */
const longestCleanUpMillis = 5000;

const done: End = { _tag: "Done" };
const broken = (error: unknown, isOpen = false): End => ({ _tag: "Broken", error, isOpen });

/** Resolves with the reason to cut something short: its time is up, or somebody aborts it. */
class Cut {
  readonly reason: Promise<unknown>;
  private stopWatching: () => void = () => undefined;

  constructor(limitMillis: number, signal: AbortSignal | undefined) {
    this.reason = new Promise((resolve) => {
      const onAbort = (): void => resolve(signal?.reason);
      if (signal?.aborted === true) return onAbort();
      const timer = setTimeout(
        () => resolve(new Error(`it took longer than ${limitMillis} ms`)),
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

/**
 * Runs an effect for so long at most, and never rejects.
 *
 * When the time is up the effect is interrupted. One that does not even end then is left behind, and told as open.
 */
export const within = async (
  limitMillis: number,
  effect: Effect.Effect<unknown, unknown>,
  signal?: AbortSignal,
): Promise<End> => {
  const controller = new AbortController();
  const cut = new Cut(limitMillis, signal);
  const ended = Effect.runPromise(effect, { signal: controller.signal }).then(
    () => done,
    (error: unknown) => broken(error),
  );
  try {
    const first = await Promise.race([ended, cut.reason.then((error) => ({ _tag: "Cut" as const, error }))]);
    if (first._tag !== "Cut") return first;
    controller.abort();
    const cleanUp = pause(Math.min(limitMillis, longestCleanUpMillis));
    const second = await Promise.race([ended, cleanUp.over]);
    cleanUp.stop();
    return broken(first.error, second === "over");
  } finally {
    cut.stop();
  }
};
