/** The primes of the book, each number a task, all at once. */
import { sameAs } from "../check.ts";
import type { Probe } from "../contract.ts";
import { startCpu } from "../cpu.ts";
import { numbersOf } from "../primeNumbers.ts";

const warmUps = Array.from({ length: 20 }, (_, i) => String(1_000_003 + 2 * i));

export const probe: Probe = async ({ kind, open, param }) => {
  const pool = await open();
  await Promise.all(warmUps.map((text) => pool.run("isPrime", text)));
  const numbers = numbersOf({ isSmall: param("isSmall"), repeat: param("repeat") });
  const cpu = startCpu(kind);
  const began = performance.now();
  const answers = await Promise.all(numbers.map(([text]) => pool.run("isPrime", text)));
  const seconds = (performance.now() - began) / 1000;
  const cpuMicros = cpu() / numbers.length;
  for (const [i, [, isPrime]] of numbers.entries()) sameAs(isPrime, answers[i]);
  return { figures: { seconds }, cpuMicros };
};
