/**
 * What children write to stderr: goes on to this process's stderr, and the last of it is kept for the report of
 * their death.
 *
 * **Back-pressure**
 *
 * While this process's stderr takes no more, a child's pipe is not read, and that child waits in its own write.
 */
import type { Readable } from "node:stream";

const tailBytes = 8 * 1024;

/** `broken`: nobody reads this process's stderr any more. That must not end the program, or the pool. */
let state: "open" | "broken" = "open";
let sources = 0;
const paused = new Set<Readable>();

const breakDown = (): void => {
  state = "broken";
  resumeAll();
};

const resumeAll = (): void => {
  for (const source of paused) source.resume();
  paused.clear();
};

const write = (chunk: Buffer): boolean => {
  if (state === "broken") return true;
  try {
    return (process.stderr.write(chunk) as unknown) !== false;
  } catch {
    // The program's own replacement of `write` threw: it wants none of this.
    breakDown();
    return true;
  }
};

const pause = (source: Readable): void => {
  source.pause();
  if (paused.size === 0) process.stderr.once("drain", resumeAll);
  paused.add(source);
};

// Without a listener, a broken stderr would throw in the middle of the program. Only while there are children.
const attach = (): void => {
  if (sources++ === 0) process.stderr.on("error", breakDown);
};

const detach = (source: Readable): void => {
  paused.delete(source);
  if (--sources === 0) {
    process.stderr.off("error", breakDown);
    state = "open";
  }
};

/** The last that a child wrote to stderr. */
export class StderrTail {
  private bytes = Buffer.alloc(0);
  private readonly source: Readable;
  private isLast = false;

  /** Forwards `source` from now on. */
  constructor(source: Readable) {
    this.source = source;
    attach();
    source.on("data", (chunk: Buffer) => {
      this.keep(chunk);
      if (!write(chunk) && !this.isLast) pause(source);
    });
    source.once("close", () => detach(source));
    // After an error comes "close", and the child's own end tells the rest.
    source.on("error", () => undefined);
  }

  /** The child has exited: what is still in the pipe is little, and is taken whatever happens to it further on. */
  drain(): void {
    this.isLast = true;
    this.source.resume();
  }

  toString(): string {
    // It may begin in the middle of a character.
    let start = 0;
    while (start < 3 && ((this.bytes[start] ?? 0) & 0xc0) === 0x80) start++;
    return this.bytes.toString("utf8", start);
  }

  private keep(chunk: Buffer): void {
    // Copied in both cases, so that a few bytes do not hold a large chunk.
    this.bytes =
      chunk.length >= tailBytes
        ? Buffer.from(chunk.subarray(-tailBytes))
        : Buffer.concat([this.bytes.subarray(-(tailBytes - chunk.length)), chunk]);
  }
}
