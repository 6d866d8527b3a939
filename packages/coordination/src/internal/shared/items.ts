/**
 * Values in cells: one item is the cells from its first to its last, and items follow one another by the same links.
 */
import { doubleOf, halvesOf, type Packed } from "./codec.ts";
import { cellWords, nextOf, type Region } from "./region.ts";

const lengthOf = 1;
const orderOf = 2;
/** Only of priority queues. */
export const leftOf = 4;
export const rightOf = 5;
export const rankOf = 6;
const priorityOf = 8;
const plainPayload = 4;
const rankedPayload = 10;
const moreWords = cellWords - 1;

/** What an item has besides its value. */
export interface Mark {
  readonly order: number;
  readonly priority: number;
}

/** Reads and writes items of one object. */
export class Items {
  private readonly region: Region;
  private readonly payload: number;

  constructor(region: Region, isRanked: boolean) {
    this.region = region;
    this.payload = isRanked ? rankedPayload : plainPayload;
  }

  /** How many cells an item of that many words takes. */
  cells(words: number): number {
    const left = words - (cellWords - this.payload);
    return left <= 0 ? 1 : 1 + Math.ceil(left / moreWords);
  }

  order(item: number): number {
    const { words } = this.region;
    return doubleOf(words.read(item + orderOf), words.read(item + orderOf + 1));
  }

  priority(item: number): number {
    const { words } = this.region;
    return doubleOf(words.read(item + priorityOf), words.read(item + priorityOf + 1));
  }

  /** The last cell of an item. */
  last(item: number): number {
    return this.region.skip(item, this.cells(this.region.words.read(item + lengthOf)) - 1);
  }

  /** Writes a value into cells that are linked already. Gives the last one. */
  write(item: number, from: Packed, index: number, mark: Mark): number {
    const { words } = this.region;
    const begin = from.starts[index] as number;
    const end = from.starts[index + 1] as number;
    words.write(item + lengthOf, end - begin);
    this.writeMark(item, mark);
    let cell = item;
    let at = item + this.payload;
    let room = cell + cellWords;
    for (let source = begin; source < end; source++) {
      if (at === room) {
        cell = words.read(cell + nextOf);
        at = cell + 1;
        room = cell + cellWords;
      }
      words.write(at++, from.words[source] as number);
    }
    return cell;
  }

  private writeMark(item: number, mark: Mark): void {
    const { words } = this.region;
    const [low, high] = halvesOf(mark.order);
    words.write(item + orderOf, low);
    words.write(item + orderOf + 1, high);
    if (this.payload === plainPayload) return;
    const [least, most] = halvesOf(mark.priority);
    words.write(item + priorityOf, least);
    words.write(item + priorityOf + 1, most);
  }

  /** Copies a value out. Gives the item's last cell. */
  read(item: number, into: Packed): number {
    const { words } = this.region;
    const length = words.read(item + lengthOf);
    const begin = into.extend(length);
    let cell = item;
    let at = item + this.payload;
    let room = cell + cellWords;
    for (let target = begin; target < begin + length; target++) {
      if (at === room) {
        cell = words.read(cell + nextOf);
        at = cell + 1;
        room = cell + cellWords;
      }
      into.words[target] = words.read(at++);
    }
    return cell;
  }
}
