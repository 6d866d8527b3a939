/**
 * What went wrong, in words for people.
 */
import * as Defect from "@heddle/core/Defect";
import * as Platform from "@heddle/core/Platform";

import type { Case } from "../Case.ts";

/** Of an error its message; of any other object, and of an error without a message, all that can be shown. Never throws. */
export const wordsFor = (thrown: unknown): string => {
  const message = Defect.messageOf(thrown);
  if (typeof thrown !== "object" || thrown === null) return message;
  if (message !== "" && Defect.fromUnknown(thrown)._tag === "Error") return message;
  try {
    return Platform.inspect(thrown);
  } catch {
    // It throws when it is looked at.
    return message;
  }
};

/** The sentences that a case proves, to end a line with. */
export const suffixOf = (guarantees: ReadonlyArray<string>): string =>
  guarantees.length === 0 ? "" : ` [${guarantees.join(", ")}]`;

/** The error for a test runner: the very one, for what the runner shows of it, with the guarantees in its message. */
export const withGuarantees = (error: unknown, { guarantees }: Case): unknown => {
  const words = wordsFor(error);
  const suffix = suffixOf(guarantees);
  // A case that is run again may fail with the same error.
  if (words.endsWith(suffix) && error instanceof Error) return error;
  if (error instanceof Error && Reflect.set(error, "message", `${words}${suffix}`)) return error;
  return new Error(`${words}${suffix}`, { cause: error });
};
