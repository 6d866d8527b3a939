/**
 * What every runtime must do, as data: cases that anything with a `Runtime` layer can be put through.
 *
 * @since 0.1.0
 */
import type { Capabilities } from "@heddle/core/Capabilities";
import type * as Events from "@heddle/core/Events";
import type * as Runtime from "@heddle/core/Runtime";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";

import { cancellation } from "./suites/cancellation.ts";
import { errors } from "./suites/errors.ts";
import { isolation } from "./suites/isolation.ts";
import { lifecycle } from "./suites/lifecycle.ts";
import { ordering } from "./suites/ordering.ts";
import { progress } from "./suites/progress.ts";
import { results } from "./suites/results.ts";
import { streaming } from "./suites/streaming.ts";
import { values } from "./suites/values.ts";

/**
 * What a case is given: a runtime of its own, which is closed after it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Env {
  readonly runtime: Runtime.Service;
  /** How many bodies may run at a time. */
  readonly size: number;
  /** Closes the runtime before the case ends; closing twice is fine. */
  readonly close: Effect.Effect<void>;
  /** A new path in a directory of this case, where bodies leave marks or look for a signal to go on. */
  readonly path: (name: string) => string;
  /** The marks that were left in a file so far. */
  readonly marks: (file: string) => ReadonlyArray<string>;
  /** Makes a file, for bodies that wait for it. */
  readonly open: (file: string) => void;
  /** What the observer was told so far. */
  readonly events: ReadonlyArray<Events.Event>;
}

/**
 * One thing that a runtime must do.
 *
 * **Details**
 *
 * A case whose `needs` are not met by a runtime's capabilities does not apply to it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Case {
  readonly id: string;
  readonly title: string;
  readonly needs?: ((capabilities: Capabilities, size: number) => boolean) | undefined;
  readonly run: (env: Env) => Effect.Effect<void, unknown, Scope.Scope>;
}

/**
 * Cases that belong together.
 *
 * @category models
 * @since 0.1.0
 */
export type Suite = ReadonlyArray<Case>;

/**
 * All suites by name.
 *
 * @category suites
 * @since 0.1.0
 */
export const suites: Readonly<Record<string, Suite>> = {
  results,
  values,
  errors,
  cancellation,
  streaming,
  progress,
  ordering,
  lifecycle,
  isolation,
};
