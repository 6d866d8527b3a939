import { assert, describe, it } from "@effect/vitest";
import * as Defect from "@heddle/core/Defect";
import * as Task from "@heddle/core/Task";
import * as Schema from "effect/Schema";

import { Kind } from "../../src/Frame.ts";
import * as Nested from "./fixtures/nested.ts";
import { Host } from "./harness.ts";

const ask = async (host: Host): Promise<void> => {
  host.send([Kind.measure]);
  await host.end(host.call(Nested.double, 1));
};

const module = "no module that could be imported";
const bundled = {
  plain: Task.make({ name: "plain", module, body: (n: number) => n + 1 }),
  checked: Task.make({ name: "checked", module, input: Schema.NumberFromString, body: (n) => n + 2 }),
  other: Task.make({ name: "other", module: "another module", body: (n: number) => n + 3 }),
  apart: Task.make({ name: "apart", body: (n: number) => n + 4 }),
  noTask: 1,
};

describe("a module that was bundled with the worker", () => {
  it("is not imported: its tasks are found under the module that they name", async () => {
    const host = new Host({}, [bundled]);
    assert.deepStrictEqual(await host.end(host.call(bundled.plain, 1)), { _tag: "Success", value: 2 });
    assert.deepStrictEqual(await host.end(host.call(bundled.checked, "1")), { _tag: "Success", value: 3 });
    assert.deepStrictEqual(await host.end(host.call(bundled.other, 1)), { _tag: "Success", value: 4 });
  });

  it("hides no task of another module", async () => {
    const host = new Host({}, [bundled]);
    for (const unknown of [
      { module, name: "other" },
      { module: "another module", name: "plain" },
    ]) {
      assert.propertyVal(await host.end(host.call(unknown, 1)), "_tag", "ModuleFailed");
    }
    const { module: imported } = Nested.double;
    assert.propertyVal(
      await host.end(host.call({ module: imported, name: "plain" }, 1)),
      "_tag",
      "TaskNotFound",
    );
  });
});

describe("a worker", () => {
  it("tells its heap when it is asked, as its platform knows it", async () => {
    const host = new Host({ heapUsedBytes: () => 5_000_000 });
    await ask(host);
    assert.deepStrictEqual(host.of(Kind.heap), [[Kind.heap, 5_000_000]]);
  });

  it("gives no answer where its platform does not know it", async () => {
    const host = new Host();
    await ask(host);
    assert.deepStrictEqual(host.of(Kind.heap), []);
  });

  it("tells what it dies of where it hears of that", () => {
    let die: (error: unknown) => void = () => assert.fail("nobody listens");
    const host = new Host({ onDying: (listener) => void (die = listener) });
    const error = Object.assign(new TypeError("nobody caught it"), { code: 7 });
    die(error);
    assert.deepStrictEqual(host.of(Kind.dying), [[Kind.dying, Defect.fromUnknown(error)]]);
  });

  it("dies in silence of what cannot even be told", () => {
    let die: (error: unknown) => void = () => assert.fail("nobody listens");
    const host = new Host({ onDying: (listener) => void (die = listener) });
    host.isBroken = true;
    die(1);
    assert.deepStrictEqual(host.of(Kind.dying), []);
  });
});
