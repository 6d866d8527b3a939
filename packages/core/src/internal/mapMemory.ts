/**
 * Shared memory for inputs that are numbers: a message then tells only where they are, and new memory costs more than to write
 * them.
 */
import { type Items, mostItems } from "../Items.ts";

/** Fewer than that are copied sooner. */
const fewestItems = 1024;

export class MapMemory {
  private readonly blocks: Array<SharedArrayBuffer> = [];

  /** Room for so many numbers. */
  take(items: number): Float64Array | undefined {
    if (items < fewestItems) return undefined;
    const block = this.blocks.pop() ?? new SharedArrayBuffer(mostItems * Float64Array.BYTES_PER_ELEMENT);
    return new Float64Array(block, 0, items);
  }

  /** Nobody uses these any more. */
  giveBack(items: Items): void {
    if (ArrayBuffer.isView(items) && !(items.buffer instanceof ArrayBuffer)) this.blocks.push(items.buffer);
  }
}
