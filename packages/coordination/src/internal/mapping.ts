/**
 * Memory that processes share: a file without a name, mapped by all of them through the optional package `koffi`.
 *
 * The program keeps the file open; its workers open it by way of the program's descriptor. So there is nothing to remove,
 * however anybody ends. Linux only.
 */
import * as Faults from "./faults.ts";

type Fs = typeof import("node:fs");

/** Where a block is, for the workers of a program. Plain data. */
export interface Mapping {
  readonly pid: number;
  readonly descriptor: number;
  readonly inode: number;
}

interface Koffi {
  readonly load: (library: string) => {
    readonly func: (prototype: string) => (...args: Array<unknown>) => unknown;
  };
  readonly view: (pointer: unknown, byteLength: number) => ArrayBuffer;
  readonly address: (pointer: unknown) => bigint;
}

interface Memory {
  readonly map: (descriptor: number, byteLength: number) => ArrayBuffer;
}

const kind = "SharedBytes";
const directory = "/dev/shm";
const protection = 1 | 2; // PROT_READ | PROT_WRITE
const isShared = 1; // MAP_SHARED
const failed = 0xffff_ffff_ffff_ffffn; // MAP_FAILED
// Without O_DIRECTORY, whose bit is not the same on all processors.
const temporary = 0o20000000;

const fs = (): Fs => process.getBuiltinModule("node:fs");

const loadKoffi = (): Koffi => {
  try {
    return process.getBuiltinModule("node:module").createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    const error = Faults.unsupported(
      kind,
      "processes share no memory by themselves. Install the package `koffi` beside this one, or use a `Queue` or threads.",
    );
    error.cause = cause;
    throw error;
  }
};

// A buffer that nobody can reach any more is unmapped.
const bindMemory = ({ address, load, view }: Koffi): Memory => {
  const libc = load("libc.so.6");
  const mmap = libc.func(
    "void *mmap(void *at, size_t length, int protection, int flags, int fd, int64_t offset)",
  );
  const munmap = libc.func("int munmap(void *at, size_t length)");
  const unreachable = new FinalizationRegistry<readonly [unknown, number]>(
    (mapped) => void munmap(...mapped),
  );
  return {
    map: (descriptor, byteLength) => {
      const pointer = mmap(null, byteLength, protection, isShared, descriptor, 0);
      if (pointer === null || BigInt.asUintN(64, address(pointer)) === failed) {
        throw Faults.exhausted(kind, `${byteLength} bytes cannot be mapped`);
      }
      const buffer = view(pointer, byteLength);
      unreachable.register(buffer, [pointer, byteLength]);
      return buffer;
    },
  };
};

let memory: Memory | undefined;

const theMemory = (): Memory => {
  if ((globalThis.process as Partial<NodeJS.Process> | undefined)?.platform !== "linux") {
    throw Faults.unsupported(kind, "processes can share memory on Linux only. Use a `Queue`, or threads.");
  }
  return (memory ??= bindMemory(loadKoffi()));
};

/** A new block of zeros; the file is open until `close`. */
export const create = (
  byteLength: number,
): { readonly buffer: ArrayBuffer; readonly mapping: Mapping; readonly close: () => void } => {
  const { map } = theMemory();
  const { closeSync, constants, fstatSync, ftruncateSync, openSync } = fs();
  const descriptor = openSync(directory, temporary | constants.O_DIRECTORY | constants.O_RDWR, 0o600);
  try {
    ftruncateSync(descriptor, byteLength);
    const buffer = map(descriptor, byteLength);
    const mapping = { pid: process.pid, descriptor, inode: fstatSync(descriptor).ino };
    return { buffer, mapping, close: () => closeSync(descriptor) };
  } catch (thrown) {
    closeSync(descriptor);
    throw thrown;
  }
};

/** The block of another process. Throws `Freed` when it is no more. */
export const open = ({ descriptor, inode, pid }: Mapping, byteLength: number): ArrayBuffer => {
  const { map } = theMemory();
  const { closeSync, fstatSync, openSync, statSync } = fs();
  const path = `/proc/${pid}/fd/${descriptor}`;
  let own: number | undefined;
  try {
    // The number may be that of another file by now, which is not to be opened.
    if (statSync(path).ino === inode) own = openSync(path, "r+");
  } catch {
    throw Faults.freed(kind);
  }
  if (own === undefined) throw Faults.freed(kind);
  try {
    if (fstatSync(own).ino !== inode) throw Faults.freed(kind);
    return map(own, byteLength);
  } finally {
    closeSync(own);
  }
};
