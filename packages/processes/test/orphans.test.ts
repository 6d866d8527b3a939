import { once } from "node:events";

import { afterEach, assert, describe, it } from "@effect/vitest";

import { firstLine, type Host, isAlive, millisUntilDead, startHost } from "./fixtures/hosts.ts";

interface Family {
  readonly guard: number;
  readonly pids: ReadonlyArray<number>;
}

const limitMillis = 500;
const started: Array<Host> = [];
let families: Array<Family> = [];

const start = async (mode: string): Promise<{ readonly host: Host; readonly family: Family }> => {
  const host = startHost("orphanHost", mode);
  started.push(host);
  const family = JSON.parse(await firstLine(host)) as Family;
  families.push(family);
  assert.lengthOf(family.pids, 2);
  assert.isTrue(family.pids.every(isAlive), "the children live while their host does");
  return { host, family };
};

const die = async (host: Host, signal: NodeJS.Signals): Promise<void> => {
  const exited = once(host, "exit");
  host.kill(signal);
  await exited;
};

// What a failed test left.
afterEach(() => {
  for (const host of started.splice(0)) host.kill("SIGKILL");
  for (const { guard, pids } of families.splice(0)) {
    for (const pid of [...pids, guard]) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
});

describe("no orphans", () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    it(`no child that computes outlives a host that ${signal} ends, five times of five`, async () => {
      const times: Array<number> = [];
      for (let run = 0; run < 5; run++) {
        const { family, host } = await start("busy");
        await die(host, signal);
        times.push(Math.round(await millisUntilDead(family.pids)));
      }
      console.log(`${signal}: children dead after ${times.join(", ")} ms`);
      assert.isTrue(
        times.every((millis) => millis < limitMillis),
        `${times.join(", ")} ms`,
      );
    }, 60_000);
  }

  for (const mode of ["idle", "starting"]) {
    it(`no child outlives a host that is killed while they are ${mode}`, async () => {
      const { family, host } = await start(mode);
      await die(host, "SIGKILL");
      assert.isBelow(await millisUntilDead(family.pids), limitMillis);
    });
  }

  it("the guard ends with the host", async () => {
    const { family, host } = await start("busy");
    assert.isTrue(isAlive(family.guard));
    await die(host, "SIGKILL");
    assert.isBelow(await millisUntilDead([family.guard]), limitMillis);
  });

  it("a guard that is killed is replaced, and the new one knows the children", async () => {
    const { family, host } = await start("idle");
    process.kill(family.guard, "SIGKILL");
    await millisUntilDead([family.guard]);
    const next = JSON.parse(await firstLine(host)) as Family;
    families.push(next);
    assert.notStrictEqual(next.guard, family.guard);
    assert.deepStrictEqual(next.pids, family.pids);
    for (const pid of family.pids) process.kill(pid, "SIGSTOP");
    await die(host, "SIGKILL");
    assert.isBelow(await millisUntilDead(family.pids), limitMillis);
  });
});
