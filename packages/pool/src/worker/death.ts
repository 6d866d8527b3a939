/**
 * The last words of a worker whose platform does not tell what it died of.
 */
import * as Defect from "@heddle/core/Defect";

import { Kind } from "../Frame.ts";
import type { Port } from "./port.ts";

/** Says what nobody caught before the worker dies of it, and changes nothing about that. */
export const announceDeath = (port: Port): void =>
  port.onDying?.((error) => {
    try {
      port.post([[Kind.dying, Defect.fromUnknown(error)]]);
    } catch {
      // The host is told of the exit all the same; a second error here would hide the first.
    }
  });
