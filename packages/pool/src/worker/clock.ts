/**
 * The time in a worker. With the first use of `performance` Node loads modules that take 0.15 MiB in each worker; what it
 * has from the start is as fast.
 */
const nanosPerMilli = 1e6;
const millisPerSecond = 1e3;

// A property, since a bundler may replace the name `process`. Taken before any task could replace the clock.
const { process } = globalThis as { readonly process?: Partial<Pick<NodeJS.Process, "hrtime">> };
const hrtime = process?.hrtime;

/** Milliseconds since an arbitrary instant, for measuring. */
export const elapsedMillis: () => number =
  hrtime === undefined
    ? () => performance.now()
    : () => {
        const [seconds, nanos] = hrtime();
        return seconds * millisPerSecond + nanos / nanosPerMilli;
      };
