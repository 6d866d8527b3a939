/**
 * The last words of a worker whose platform does not tell what it died of.
 */
import * as Defect from "@heddle/core/Defect";

import { Kind } from "../Frame.ts";
import type { Port } from "./port.ts";

const isHandled = (): boolean =>
  process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();

/** Says what nobody caught before the worker dies of it, and changes nothing about that. */
export const announceDeath = (port: Port): void => {
  process.on("uncaughtExceptionMonitor", (error) => {
    // A task's own handler keeps the worker alive.
    if (isHandled()) return;
    try {
      port.post([[Kind.dying, Defect.fromUnknown(error)]]);
    } catch {
      // The host is told of the exit all the same; a second error here would hide the first.
    }
  });
};
