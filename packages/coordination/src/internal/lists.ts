/**
 * What is done with blocks, whatever the form.
 */
import * as Blocks from "./blocks.ts";
import { type Item, List } from "./cells.ts";
import type { SharedBytes, SharedList } from "./kinds.ts";

/** The bytes of a block. */
export const view = (handle: SharedBytes): Uint8Array => {
  const { buffer } = Blocks.reach(handle, "SharedBytes");
  return new Uint8Array(buffer, Blocks.headerBytes, handle.byteLength);
};

const lists = new WeakMap<Blocks.Block, List>();

const listOf = (handle: SharedList): List => {
  const block = Blocks.reach(handle, "SharedList");
  let list = lists.get(block);
  if (list === undefined) {
    list = new List(block);
    lists.set(block, list);
  }
  return list;
};

export const get = (handle: SharedList, index: number): Item => listOf(handle).get(index);

export const set = (handle: SharedList, index: number, item: Item): void => listOf(handle).set(index, item);

export const length = (handle: SharedList): number => listOf(handle).length;

export const toArray = (handle: SharedList): ReadonlyArray<Item> => {
  const list = listOf(handle);
  return Array.from({ length: list.length }, (_, index) => list.get(index));
};
