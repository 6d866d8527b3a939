/** All contenders, in the order of the tables. None of these files loads its library before it opens a pool. */
import type { Contender } from "../contract.ts";
import { contenders as effectRpc } from "./effectRpc.ts";
import { contenders as fibers } from "./fibers.ts";
import { contenders as heddle } from "./heddle.ts";
import { contenders as heddleEffect } from "./heddleEffect.ts";
import { contenders as inline } from "./inline.ts";
import { contenders as jestWorker } from "./jestWorker.ts";
import { contenders as piscina } from "./piscina.ts";
import { contenders as poolifier } from "./poolifier.ts";
import { contenders as python } from "./python.ts";
import { contenders as raw } from "./raw.ts";
import { contenders as rawBatched } from "./rawBatched.ts";
import { contenders as tinypool } from "./tinypool.ts";
import { contenders as workerpool } from "./workerpool.ts";

export const contenders: ReadonlyArray<Contender> = [
  heddle,
  heddleEffect,
  fibers,
  piscina,
  tinypool,
  workerpool,
  poolifier,
  jestWorker,
  effectRpc,
  python,
  inline,
  raw,
  rawBatched,
].flat();

const byId = new Map(contenders.map((contender) => [contender.id, contender]));

/** The contender with this id, which exists. */
export const contenderOf = (id: string): Contender => {
  const contender = byId.get(id);
  if (contender === undefined) throw new Error(`there is no contender "${id}"`);
  return contender;
};
