/**
 * Blocks of memory that all units of a runtime share, by handle or by name.
 */
import { thisUnit } from "@heddle/core/Coordination";

import { clientOf } from "./client.ts";
import type { Engine } from "./engine.ts";
import * as Faults from "./faults.ts";
import { brand, type Handle } from "./handle.ts";
import { add, namesId, objectsOn } from "./make.ts";
import * as Mapping from "./mapping.ts";
import { allObjects, type Entry, objectsOf } from "./realm.ts";

/** The kinds that are blocks. */
export type BlockKind = "SharedBytes" | "SharedList";

/** The handle of a block. */
export interface BlockHandle<K extends BlockKind = BlockKind> extends Handle<K> {
  readonly byteLength: number;
  readonly name?: string | undefined;
  readonly mapping?: Mapping.Mapping | undefined;
}

/** A block, as a unit sees it. */
export interface Block {
  readonly buffer: ArrayBufferLike;
  /** What is the block's own: whether it is freed, and who is changing it. */
  readonly words: Int32Array;
  readonly unit: number;
}

/** What comes before the bytes of a block; a multiple of what any view needs. */
export const headerBytes = 64;

const freedWord = 0;
const writerWord = 1;
const isFreed = 1;
const nobody = 0;

// The program is unit 0, and nobody is 0 as well.
const writerOf = (unit: number): number => unit + 1;

class BlockEngine implements Engine {
  readonly block: Block;
  private readonly close: () => void;

  constructor(buffer: ArrayBufferLike, close: () => void) {
    this.block = { buffer, words: new Int32Array(buffer, 0, headerBytes / 4), unit: 0 };
    this.close = close;
  }

  // What it had half written is not to be seen by anybody: see `list`.
  abandon(unit: number): void {
    Atomics.compareExchange(this.block.words, writerWord, writerOf(unit), nobody);
  }

  free(): void {
    if (Atomics.exchange(this.block.words, freedWord, isFreed) !== isFreed) this.close();
  }
}

const nothing = (): void => undefined;

interface Memory {
  readonly buffer: ArrayBufferLike;
  readonly tells: Pick<BlockHandle, "memory" | "mapping">;
  readonly close: () => void;
}

const allocate = (kind: BlockKind, place: Handle["place"], byteLength: number): Memory => {
  if (place === "broker") {
    const { buffer, close, mapping } = Mapping.create(byteLength);
    return { buffer, tells: { mapping }, close };
  }
  try {
    const memory = new SharedArrayBuffer(byteLength);
    return { buffer: memory, tells: { memory }, close: nothing };
  } catch {
    throw Faults.exhausted(kind, `there is no room for ${byteLength} bytes`);
  }
};

/** What is to be made. */
export interface BlockRecipe<K extends BlockKind> {
  readonly kind: K;
  readonly byteLength: number;
  readonly name?: string | undefined;
  /** Writes what is inside at first. */
  readonly fill?: ((block: Block) => void) | undefined;
}

/** Makes a block of zeros. */
export const make = <K extends BlockKind>(
  runtime: object,
  { byteLength, fill, kind, name }: BlockRecipe<K>,
): BlockHandle<K> => {
  const objects = objectsOn(runtime, kind);
  if (name !== undefined && objects.names.has(name)) {
    throw Faults.badInput(kind, `there is a block of the name "${name}" already.`);
  }
  const { id: runtimeId, sharing: place } = objects.access;
  const { buffer, close, tells } = allocate(kind, place, headerBytes + byteLength);
  const engine = new BlockEngine(buffer, close);
  fill?.(engine.block);
  const id = add(objects, { kind, engine });
  const named = name === undefined ? {} : { name };
  const handle = Object.freeze({
    [brand]: kind,
    runtime: runtimeId,
    id,
    place,
    byteLength,
    ...named,
    ...tells,
  }) as BlockHandle<K>;
  if (name !== undefined) objects.names.set(name, handle);
  return handle;
};

/** The blocks of other processes, each mapped once. */
const mapped = new Map<string, Block>();

const mapOnce = ({ byteLength, id, runtime }: BlockHandle, mapping: Mapping.Mapping, unit: number): Block => {
  const key = `${runtime}/${id}`;
  let block = mapped.get(key);
  if (block === undefined) {
    const buffer = Mapping.open(mapping, headerBytes + byteLength);
    block = { buffer, words: new Int32Array(buffer, 0, headerBytes / 4), unit };
    mapped.set(key, block);
  }
  if (isBlockFreed(block)) mapped.delete(key);
  return block;
};

const inUnit = (kind: BlockKind, handle: BlockHandle): Block => {
  const unit = thisUnit();
  const { mapping, memory } = handle;
  if (unit?.runtime !== handle.runtime || handle.place === "memory") {
    throw Faults.unreachable(
      kind,
      "the handle belongs to another runtime. Make it on the runtime whose tasks share it.",
    );
  }
  if (mapping !== undefined) return mapOnce(handle, mapping, unit.number);
  const buffer = memory as SharedArrayBuffer;
  return { buffer, words: new Int32Array(buffer, 0, headerBytes / 4), unit: unit.number };
};

const isBlockFreed = ({ words }: Block): boolean => Atomics.load(words, freedWord) === isFreed;

const inProgram = (kind: BlockKind, entry: Entry | undefined): Block => {
  if (entry === undefined) throw Faults.freed(kind);
  return (entry.engine as BlockEngine).block;
};

const isBlock = (u: unknown, kind: BlockKind): u is BlockHandle =>
  typeof u === "object" && u !== null && (u as Partial<BlockHandle>)[brand] === kind;

const known = new WeakMap<object, Block>();

/** The block that a handle leads to. Throws `Freed` and `Unreachable`. */
export const reach = (handle: BlockHandle, kind: BlockKind): Block => {
  if (!isBlock(handle, kind)) throw Faults.badInput(kind, `it takes what \`${kind}.make\` gave.`);
  let block = known.get(handle);
  if (block === undefined) {
    const objects = objectsOf(handle.runtime);
    block = objects === undefined ? inUnit(kind, handle) : inProgram(kind, objects.entries.get(handle.id));
    known.set(handle, block);
  }
  if (isBlockFreed(block)) throw Faults.freed(kind);
  return block;
};

const findHere = (name: string): object | undefined => {
  for (const { names } of allObjects()) {
    const handle = names.get(name);
    if (handle !== undefined) return handle;
  }
  return undefined;
};

const missing = (kind: BlockKind, name: string): Error =>
  Faults.unreachable(kind, `there is none of the name "${name}".`);

const checked = <K extends BlockKind>(found: unknown, kind: K, name: string): BlockHandle<K> => {
  if (isBlock(found, kind)) return found as BlockHandle<K>;
  throw missing(kind, name);
};

/** The handle of a block with that name: of this worker's runtime, or of any that this program has opened. */
export const find = <K extends BlockKind>(
  kind: K,
  name: string,
): BlockHandle<K> | Promise<BlockHandle<K>> => {
  const unit = thisUnit();
  const here = findHere(name);
  if (here !== undefined || unit === undefined) return checked(here, kind, name);
  return new Promise<unknown>((resolve, reject) => {
    const question = { kind, object: namesId, operation: "find", args: [name] };
    clientOf(unit).ask(question, { done: resolve, failed: reject });
  }).then((found) => checked(found, kind, name));
};

// A write is some hundred instructions. Whoever waits longer waits for somebody dead, whom the program has to hear of.
const patienceMillis = 1000;
const spins = 1000;

/** Changes a block while nobody else does. */
export const change = <A>(kind: BlockKind, { unit, words }: Block, write: () => A): A => {
  const own = writerOf(unit);
  let end = 0;
  for (let tries = 1; Atomics.compareExchange(words, writerWord, nobody, own) !== nobody; tries++) {
    if (tries % spins !== 0) continue;
    if (end === 0) end = performance.now() + patienceMillis;
    else if (performance.now() > end) throw Faults.timedOut(kind, patienceMillis);
  }
  try {
    return write();
  } finally {
    Atomics.store(words, writerWord, nobody);
  }
};
