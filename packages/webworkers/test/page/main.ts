/**
 * A page that looks for primes in its workers while its own loop turns a spinner.
 */
import * as WebWorkers from "../../src/WebWorkers.ts";
import { cancelled, ends } from "../fixtures/ends.ts";
import * as Tasks from "../fixtures/tasks.ts";

const worker = () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });

const book = `2 142702110479723 299593572317531 3333333333333301 3333333333333333 3333335652092209 4444444444444423
  4444444444444444 4444444488888889 5555553133149889 5555555555555503 5555555555555555 6666666666666666
  6666666666666719 6666667141414921 7777777536340681 7777777777777753 7777777777777777 9999999999999917
  9999999999999999`;
const numbers = book.split(/\s+/).map(BigInt);

const spinner = document.querySelector("#spinner")!;
const state = document.querySelector("#state")!;
const bar = document.querySelector("progress")!;
const table = document.querySelector("table")!;
const cancel = document.querySelector<HTMLButtonElement>("#cancel")!;

/** What the page saw of its own loop. */
const loop = { frames: 0, longestGapMillis: 0, last: performance.now() };

const turn = (now: number): void => {
  loop.longestGapMillis = Math.max(loop.longestGapMillis, now - loop.last);
  loop.last = now;
  spinner.textContent = String("|/-\\"[Math.floor(loop.frames++ / 6) % 4]);
  requestAnimationFrame(turn);
};
requestAnimationFrame(turn);

const show = (n: bigint, answer: boolean): void => {
  const row = table.insertRow();
  row.insertCell().textContent = String(n);
  row.insertCell().textContent = answer ? "prime" : "";
  bar.value++;
};

/** The primes of the book, and what the page's loop did meanwhile. */
const primes = async (size: number, signal?: AbortSignal) => {
  await using runtime = await WebWorkers.open({ size, worker });
  bar.value = 0;
  table.replaceChildren();
  state.textContent = `${size} at work`;
  const began = performance.now();
  Object.assign(loop, { frames: 0, longestGapMillis: 0, last: began });
  const found = await Promise.all(
    numbers.map(async (n) => {
      const isPrime = await runtime.run(Tasks.isPrime, n, { signal });
      show(n, isPrime);
      return [String(n), isPrime] as const;
    }),
  );
  const millis = performance.now() - began;
  state.textContent = `done in ${(millis / 1000).toFixed(1)} s, ${loop.frames} frames`;
  return { found, millis, workers: runtime.stats().workers.length, ...loop };
};

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-workers]")) {
  button.addEventListener("click", () => {
    const controller = new AbortController();
    cancel.disabled = false;
    cancel.addEventListener("click", () => controller.abort(), { once: true });
    primes(Number(button.dataset["workers"]), controller.signal)
      .catch((error: Error) => void (state.textContent = error.name))
      .finally(() => (cancel.disabled = true));
  });
}

const options = { size: 1, grace: 200, worker };
const patient = { quarantineAfter: 100, restarts: { max: 100, within: 1000 } };

/** Cancels a body that holds its worker, and runs another. */
const cancels = async (kind: "spins" | "polls") => {
  await using runtime = await WebWorkers.open(options);
  const end = await cancelled(runtime.submit(kind === "spins" ? Tasks.spins : Tasks.polls, 0));
  return { end, next: await runtime.run(Tasks.doubles, 21) };
};

const shares = async () => {
  await using runtime = await WebWorkers.open(options);
  const { sharedMemory } = runtime.capabilities;
  const cell = typeof SharedArrayBuffer === "function" ? new SharedArrayBuffer(4) : undefined;
  if (cell !== undefined) await runtime.run(Tasks.addsOne, new Int32Array(cell));
  return { sharedMemory, answer: cell && new Int32Array(cell)[0] };
};

const howWorkersEnd = async () => {
  await using runtime = await WebWorkers.open({ ...options, ...patient });
  return await ends(runtime);
};

/** What a page is told that was bundled without a worker file, or was not served as it should be. */
const refusal = async (): Promise<string> => {
  try {
    await using runtime = await WebWorkers.open({ size: 1 });
    return String(await runtime.run(Tasks.doubles, 1));
  } catch (error) {
    return (error as Error).message;
  }
};

const page = { primes, cancels, shares, howWorkersEnd, refusal };

declare global {
  var page: Page;
}

/** What a test calls in this page. */
export type Page = typeof page;

globalThis.page = page;
