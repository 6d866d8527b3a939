import { execFileSync } from "node:child_process";

import { assert, describe, it } from "@effect/vitest";

import * as Task from "../src/Task.ts";
import { double } from "./tasks.ts";

describe("Task.make", () => {
  it("gives a frozen value that is recognised as a task", () => {
    assert.isTrue(Task.isTask(double));
    assert.isTrue(Object.isFrozen(double));
    for (const other of [undefined, null, 1, {}, () => 1]) assert.isFalse(Task.isTask(other));
  });

  it("refuses a task without a name or a body", () => {
    assert.throws(() => Task.make({ name: "", body: () => 1 }), /needs a name/);
    assert.throws(() => Task.make({ name: 1 as never, body: () => 1 }), /needs a name/);
    assert.throws(() => Task.make({ name: "a", body: 1 as never }), /Task "a" needs a body/);
  });

  it("loads no module of Effect in a program that only defines tasks", () => {
    const script = `
      import { registerHooks } from "node:module";
      const urls = [];
      registerHooks({
        resolve(specifier, context, next) {
          const resolved = next(specifier, context);
          urls.push(resolved.url);
          return resolved;
        },
      });
      const Task = await import(${JSON.stringify(new URL("../src/Task.ts", import.meta.url).href)});
      Task.make({ name: "a", body: (n) => n });
      console.log(JSON.stringify(urls));
    `;
    const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    const urls = JSON.parse(output) as ReadonlyArray<string>;
    assert.isTrue(urls.some((url) => url.endsWith("/Task.ts")));
    assert.deepStrictEqual(
      urls.filter((url) => url.includes("/node_modules/")),
      [],
    );
  });
});
