/**
 * Programs of their own: `node src/programs.ts NAME PLACE`. They tell how they ended by what they print, and whether they end at all.
 */
import { Event, Lock } from "@heddle/coordination/promised";

import { all } from "./places.ts";
import { acquireFor } from "./tasks.ts";

const [, , name, placeName] = process.argv;
const place = all.find((one) => one.name === placeName) ?? all[0]!;

const programs: Readonly<Record<string, () => Promise<void>>> = {
  /** Nothing but the wait keeps it alive until the timer fires. */
  waiting: async () => {
    const runtime = await place.open(1);
    const event = await Event.make(runtime);
    setTimeout(() => void Event.set(event), 300).unref();
    await Event.wait(event);
    console.log("it was set");
    await runtime.close();
  },
  /** Waits that are over, and objects that are left. */
  finished: async () => {
    const runtime = await place.open(1);
    const lock = await Lock.make(runtime);
    await Lock.acquire(lock);
    await Lock.acquire(lock, { timeoutMillis: 5 }).catch(() => undefined);
    await runtime.run(acquireFor, { lock, timeoutMillis: 5 });
    console.log("done");
  },
};

await programs[name ?? ""]?.();
