/**
 * What one unit does with one object, written once against the promise form. The other forms are brought to that shape, so
 * that the same lines are run in each.
 */
import * as EffectForm from "@heddle/coordination";
import * as Blocking from "@heddle/coordination/blocking";
import * as Promised from "@heddle/coordination/promised";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";

export type Api = typeof Promised;
export type Form = "promise" | "effect" | "blocking";

type Namespace = Readonly<Record<string, unknown>>;
type Call = (...args: ReadonlyArray<any>) => any;

const each = (namespace: Namespace, wrap: (call: Call, name: string) => Call): Namespace =>
  Object.fromEntries(
    Object.entries(namespace).map(([name, value]) => [
      name,
      typeof value === "function" ? wrap(value as Call, name) : value,
    ]),
  );

const mapped = (modules: object, wrap: (call: Call, name: string) => Call): Api =>
  Object.fromEntries(
    Object.entries(modules).map(([kind, namespace]) => [kind, each(namespace as Namespace, wrap)]),
  ) as unknown as Api;

const toMillis = (option: any): any =>
  option !== null && typeof option === "object" && "timeoutMillis" in option
    ? { ...option, timeout: option.timeoutMillis }
    : option;

const plain = (result: unknown): unknown =>
  Option.isOption(result) ? Option.getOrUndefined(Option.map(result, (value) => ({ value }))) : result;

const asEffects: Api = mapped(EffectForm, (call, name) => (...args) => {
  const given = args.map(toMillis);
  if (name.startsWith("with")) {
    const use = given.findIndex((arg) => typeof arg === "function");
    const body = given[use] as Call;
    given[use] = (held: unknown) => Effect.promise(async () => body(held));
  }
  return Effect.runPromise(Effect.map(call(...given) as Effect.Effect<unknown, unknown>, plain));
});

const asBlocking: Api = mapped(
  Blocking,
  (call) =>
    async (...args) =>
      call(...args),
);

export const apis: Readonly<Record<Form, Api>> = {
  promise: Promised,
  effect: asEffects,
  blocking: asBlocking,
};

/** The reason of what a promise is rejected with. */
export const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ value }),
    (thrown: unknown) => (thrown as { readonly reason?: unknown }).reason ?? String(thrown),
  );

type Scenario = (api: Api, handle: any) => Promise<unknown>;

/** One unit, one object; nothing here waits for anybody else. */
export const scenarios = {
  Lock: async ({ Lock }, lock) => {
    const held = await Lock.acquire(lock);
    const second = await Lock.tryAcquire(lock);
    const isHeld = await Lock.isHeld(lock);
    await Lock.release(lock, held);
    const twice = await reasonOf(Lock.release(lock, held));
    const within = await Lock.withLock(lock, () => 42);
    const tried = await Lock.tryAcquire(lock);
    if (tried !== undefined) await Lock.release(lock, tried);
    return [held.abandoned, second, isHeld, twice, within, tried?.abandoned, await Lock.isHeld(lock)];
  },
  Semaphore: async ({ Semaphore }, semaphore) => {
    const two = await Semaphore.acquire(semaphore, 2);
    const left = await Semaphore.available(semaphore);
    const tooMany = await Semaphore.tryAcquire(semaphore, 2);
    const one = await Semaphore.tryAcquire(semaphore);
    await Semaphore.release(semaphore, two);
    const wrong = await reasonOf(Semaphore.release(semaphore, two));
    const senseless = await reasonOf(Semaphore.acquire(semaphore, 4));
    if (one !== undefined) await Semaphore.release(semaphore, one);
    const within = await Semaphore.withPermits(semaphore, 3, () => "all");
    return [left, tooMany, one?.abandoned, wrong, senseless, within, await Semaphore.available(semaphore)];
  },
  Latch: async ({ Latch }, latch) => {
    const before = await Latch.count(latch);
    await Latch.countDown(latch);
    const middle = await Latch.count(latch);
    await Latch.countDown(latch, 5);
    await Latch.wait(latch);
    return [before, middle, await Latch.count(latch)];
  },
  Event: async ({ Event }, event) => {
    const before = await Event.isSet(event);
    await Event.set(event);
    await Event.wait(event);
    const during = [await Event.isSet(event), await Event.isSetWithin(event, 1000)];
    await Event.clear(event);
    return [before, during, await Event.isSet(event)];
  },
  Barrier: async ({ Barrier }, barrier) => {
    const first = [await Barrier.parties(barrier), await Barrier.wait(barrier), await Barrier.wait(barrier)];
    await Barrier.breakUp(barrier);
    const broken = [await Barrier.isBroken(barrier), await reasonOf(Barrier.wait(barrier))];
    await Barrier.reset(barrier);
    return [first, broken, await Barrier.isBroken(barrier), await Barrier.waiting(barrier)];
  },
  Queue: async ({ Queue }, queue) => {
    const values = [1, "two", null, undefined, true, -0, Number.NaN, 10n, { a: [1, { b: "c" }] }];
    await Queue.offerAll(queue, values);
    await Queue.offer(queue, new Map([["k", new Date(5)]]));
    const count = await Queue.size(queue);
    const full = await Queue.tryOffer(queue, "one too many");
    const first = [await Queue.take(queue), await Queue.poll(queue)];
    const rest = await Queue.takeAll(queue);
    const none = [await Queue.poll(queue), await Queue.pollAll(queue)];
    await Queue.offerAll(queue, ["last", "very last"]);
    await Queue.end(queue);
    const late = await reasonOf(Queue.offer(queue, "late"));
    const seen: Array<unknown> = [];
    await Queue.forEach(queue, (value) => {
      seen.push(value);
      return EffectOrNot;
    });
    const over = [
      await reasonOf(Queue.take(queue)),
      await reasonOf(Queue.poll(queue)),
      await Queue.isEnded(queue),
    ];
    return [count, full, first, rest, none, late, seen, over];
  },
  Counter: async ({ Counter }, counter) => [
    await Counter.add(counter),
    await Counter.add(counter, 41),
    await Counter.set(counter, -7),
    await Counter.compareAndSet(counter, 0, 1),
    await Counter.compareAndSet(counter, -7, Number.MAX_SAFE_INTEGER),
    await reasonOf(Counter.add(counter, 1)),
    await reasonOf(Counter.add(counter, 0.5)),
  ],
  SharedBytes: async ({ SharedBytes }, bytes) => {
    const view = await SharedBytes.view(bytes);
    view.set([1, 2, 255], 5);
    const words = new Int32Array(view.buffer, view.byteOffset, 4);
    Atomics.add(words, 0, 7);
    return [view.length, Array.from((await SharedBytes.view(bytes)).subarray(0, 9))];
  },
  SharedList: async ({ SharedList }, list) => {
    const before = await SharedList.toArray(list);
    await SharedList.set(list, 0, "\0 exactly \0\0");
    await SharedList.set(list, 1, -(2n ** 63n));
    await SharedList.set(list, 2, Number.MIN_VALUE);
    await SharedList.set(list, 3, "\ud800 alone");
    await SharedList.set(list, 4, new Uint8Array([0, 9, 0]));
    const wrong = [
      await reasonOf(SharedList.set(list, 5, "x".repeat(65))),
      await reasonOf(SharedList.set(list, 6, null)),
      await reasonOf(SharedList.set(list, 0, 2n ** 63n)),
      await reasonOf(SharedList.set(list, 0, {} as never)),
    ];
    return [before, await SharedList.toArray(list), wrong, await SharedList.length(list)];
  },
} satisfies Record<string, Scenario>;

export type Kind = keyof typeof scenarios;

// What an Effect form wants of a function, and the others do not mind.
const EffectOrNot: any = Effect.void;

const abandoned = false;

/** What each of them has to give. */
export const expected: Readonly<Record<Kind, unknown>> = {
  Lock: [abandoned, undefined, true, "NotOwner", 42, abandoned, false],
  Semaphore: [1, undefined, abandoned, "NotOwner", "BadInput", "all", 3],
  Latch: [3, 2, 0],
  Event: [false, [true, true], false],
  Barrier: [[1, 0, 0], [true, "Broken"], false, 0],
  Queue: [
    10,
    false,
    [1, { value: "two" }],
    [null, undefined, true, -0, Number.NaN, 10n, { a: [1, { b: "c" }] }, new Map([["k", new Date(5)]])],
    [undefined, []],
    "Ended",
    ["last", "very last"],
    ["Ended", "Ended", true],
  ],
  Counter: [1, 42, 42, false, true, "BadInput", "BadInput"],
  SharedBytes: [64, [7, 0, 0, 0, 0, 1, 2, 255, 0]],
  SharedList: [
    [null, true, 1.5, "text", 5n, ""],
    ["\0 exactly \0\0", -(2n ** 63n), Number.MIN_VALUE, "\ud800 alone", new Uint8Array([0, 9, 0]), ""],
    ["Exhausted", "BadInput", "BadInput", "BadInput"],
    6,
  ],
};

/** Makes what the scenario of a kind is played with. */
export const makers: Readonly<Record<Kind, (runtime: object) => Promise<object>>> = {
  Lock: (runtime) => Promised.Lock.make(runtime),
  Semaphore: (runtime) => Promised.Semaphore.make(runtime, { permits: 3 }),
  Latch: (runtime) => Promised.Latch.make(runtime, { count: 3 }),
  Event: (runtime) => Promised.Event.make(runtime),
  Barrier: (runtime) => Promised.Barrier.make(runtime, { parties: 1 }),
  Queue: (runtime) => Promised.Queue.make(runtime, { capacity: 10 }),
  Counter: (runtime) => Promised.Counter.make(runtime),
  SharedBytes: (runtime) => Promised.SharedBytes.make(runtime, { byteLength: 64 }),
  SharedList: (runtime) => Promised.SharedList.make(runtime, [null, true, 1.5, "text", 5n, ""]),
};
