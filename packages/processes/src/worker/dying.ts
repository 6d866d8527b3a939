/**
 * What a child process is about to die of. Node tells a parent how its child ended, but not of what error.
 */
const isHandled = (): boolean =>
  process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();

/** Calls back with an error that nobody caught, and changes nothing about that. */
export const onDying = (listener: (error: unknown) => void): void => {
  process.on("uncaughtExceptionMonitor", (error) => {
    // A task's own handler keeps the worker alive.
    if (!isHandled()) listener(error);
  });
};
