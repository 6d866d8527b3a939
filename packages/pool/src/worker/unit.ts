/**
 * A worker as a unit of coordination, for code that shares objects with other units.
 */
import * as Coordination from "@heddle/core/Coordination";

import { type HostFrameOf, Kind } from "../Frame.ts";
import type { Port } from "./port.ts";

/** Takes what the program tells this unit. */
export type Take = (told: ReadonlyArray<unknown>) => void;

/** From now on code in this worker finds out which unit it is. */
export const become = (
  [, runtime, number]: HostFrameOf<"unit">,
  port: Port,
  isCancelled: () => boolean,
): Take => {
  let take: Take | undefined;
  Coordination.become({
    runtime,
    number,
    isCancelled,
    ask: (asked) => port.post([[Kind.ask, asked]]),
    onTold: (listener) => {
      take = listener;
    },
  });
  return (told) => take?.(told);
};
