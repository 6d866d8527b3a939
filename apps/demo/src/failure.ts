/** How a command ends badly. The messages were shown where they arose. */
import * as Data from "effect/Data";

/** A task failed or an answer was wrong: exit 1. */
export class RunFailed extends Data.TaggedError("RunFailed")<{ readonly message: string }> {}
