import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

import { afterEach, assert, describe, it, vi } from "@effect/vitest";

import { type Command, commands, Guard } from "../src/internal/guard.ts";
import { isAlive, millisUntilDead } from "./fixtures/hosts.ts";

const [shell, node] = commands as readonly [Command, Command];
const missing: Command = ["/no/such/shell"];
const started: Array<ReturnType<typeof spawn>> = [];

/** A process that sleeps, and is no child that ends with its parent. */
const sleeper = (): number => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  started.push(child);
  return child.pid!;
};

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** Does to a guard what the end of its host does: its pipe ends. */
const endPipe = (command: Command, lines: string): Promise<unknown> => {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] });
  started.push(child);
  child.stdin.end(lines);
  return once(child, "exit");
};

describe("the guard", () => {
  for (const [name, command] of [
    ["the shell", shell],
    ["Node, where there is no shell", node],
  ] as const) {
    it(`as ${name} kills those that it knows when its pipe ends, and nobody else`, async () => {
      const [first, second, third, fourth] = [sleeper(), sleeper(), sleeper(), sleeper()];
      await endPipe(command, `+${first}\n+${second}\n+${third}\n-${second}\n-999999\n`);
      assert.isBelow(await millisUntilDead([first, third]), 2000);
      assert.isTrue(isAlive(second), "it was taken off the list");
      assert.isTrue(isAlive(fourth), "it was never on it");
    });

    it(`as ${name} kills with a child what the child has started`, async () => {
      const child = spawn("/bin/sh", ["-c", "sleep 60 & echo $!; wait"], {
        stdio: ["ignore", "pipe", "ignore"],
        detached: true,
      });
      started.push(child);
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      const grandchild = Number(String(line));
      assert.isTrue(isAlive(grandchild));
      await endPipe(command, `+${child.pid}\n`);
      assert.isBelow(await millisUntilDead([child.pid!, grandchild]), 2000);
    });

    it(`as ${name} is not ended by what a terminal sends`, async () => {
      const guard = new Guard([command]);
      const pid = sleeper();
      guard.add(pid);
      const guarding = guard.pid!;
      // The list is read by then, and so is what comes before it in the script.
      if (command === node) await vi.waitFor(() => assert.isTrue(isReady(guarding)), { timeout: 5000 });
      else await vi.waitFor(() => assert.isTrue(ignores(guarding)), { timeout: 5000 });
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.kill(guarding, signal);
      assert.isTrue(isAlive(guarding));
      guard.remove(pid);
      assert.isBelow(await millisUntilDead([guarding]), 2000);
    });
  }

  it("takes the next program where one cannot be started", async () => {
    const guard = new Guard([missing, shell]);
    const pid = sleeper();
    guard.add(pid);
    await vi.waitFor(() => assert.isDefined(guard.pid), { timeout: 5000 });
    assert.isTrue(isAlive(guard.pid!));
    guard.remove(pid);
  });

  it("warns once where none can be started, and goes on", async () => {
    const warned = once(process, "warning") as Promise<[Error]>;
    const guard = new Guard([missing]);
    const pid = sleeper();
    guard.add(pid);
    const [warning] = await warned;
    assert.include(warning.message, "no guard could be started");
    guard.remove(pid);
  });

  it("goes when nobody is left to guard", async () => {
    const guard = new Guard([shell]);
    const pid = sleeper();
    guard.add(pid);
    const guarding = guard.pid!;
    guard.remove(pid);
    assert.isUndefined(guard.pid);
    assert.isBelow(await millisUntilDead([guarding]), 2000);
    assert.isTrue(isAlive(pid));
  });
});

const statusOf = (pid: number, field: string): bigint =>
  BigInt(
    `0x${new RegExp(`^${field}:\\s+(\\w+)`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0"}`,
  );

// SIGHUP, SIGINT and SIGTERM. Node itself catches some of them before the script runs.
const all = (1n << 0n) | (1n << 1n) | (1n << 14n);
const ignores = (pid: number): boolean => (statusOf(pid, "SigIgn") & all) === all;
const isReady = (pid: number): boolean => (statusOf(pid, "SigCgt") & all) === all;
