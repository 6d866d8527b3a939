/**
 * What a runtime brings for objects that its tasks share (`@heddle/coordination`): who its units are, when one of them ends,
 * and, where no memory is shared, how a unit asks the program.
 *
 * A unit is one incarnation of a worker, by its number; the program is unit 0. Loads no Effect, since workers load it.
 *
 * @since 0.1.0
 */

/**
 * Where shared objects are.
 *
 * **Details**
 *
 * - `memory`: in the program, whose bodies run in it.
 * - `shared`: in memory that all units share.
 * - `broker`: in the program, which units ask.
 *
 * @category models
 * @since 0.1.0
 */
export type Sharing = "memory" | "shared" | "broker";

/**
 * What an adapter offers.
 *
 * @category models
 * @since 0.1.0
 */
export interface Coordination {
  /** Tells this runtime from all others, in the program and in its units. */
  readonly id: string;
  /**
   * Calls back once for each unit that has ended, when nothing of it runs any more and before the end of its call is told.
   * Gives what stops that.
   */
  readonly onUnitEnd: (listener: (unit: number) => void) => () => void;
  /** Says who answers what units ask. */
  readonly serve: (server: Server) => void;
}

/**
 * Answers units.
 *
 * **Errors**
 *
 * Gives what is wrong with what was asked, which is never trusted: that unit is then ended.
 *
 * @category models
 * @since 0.1.0
 */
export type Server = (unit: number, asked: ReadonlyArray<unknown>, tell: Tell) => string | undefined;

/**
 * Sends something to a unit; nothing once it has ended. Throws, without having sent anything, what cannot be cloned.
 *
 * **Ordering**
 *
 * What is told arrives in order.
 *
 * @category models
 * @since 0.1.0
 */
export type Tell = (told: ReadonlyArray<unknown>) => void;

/**
 * The unit that this code runs in, if a worker runs it.
 *
 * @category models
 * @since 0.1.0
 */
export interface ThisUnit {
  /** The `id` of its runtime's {@link Coordination}. */
  readonly runtime: string;
  readonly number: number;
  /** Whether the job that it runs is cancelled; a body that blocks has to ask. */
  readonly isCancelled: () => boolean;
  /** Asks the program. Throws, without having sent anything, what cannot be cloned. */
  readonly ask: Tell;
  /** Says who takes what the program tells. */
  readonly onTold: (listener: (told: ReadonlyArray<unknown>) => void) => void;
}

/**
 * A runtime's coordination, as those see it who make objects on it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Access extends Coordination {
  /** As the capabilities of the runtime declare it. */
  readonly sharing: Sharing;
  /** Calls back when the runtime has closed: no job is left. At once if it has already. */
  readonly onClosed: (listener: () => void) => void;
}

const slot = Symbol.for("heddle/unit");

type Global = { [slot]?: ThisUnit };

/**
 * The unit that this code runs in; nothing in the program itself.
 *
 * @category getters
 * @since 0.1.0
 */
export const thisUnit = (): ThisUnit | undefined => (globalThis as Global)[slot];

/**
 * Says which unit this is. A worker does so when it is told, before it runs anything.
 *
 * @category constructors
 * @since 0.1.0
 */
export const become = (unit: ThisUnit): void => {
  Object.defineProperty(globalThis, slot, { value: Object.freeze(unit), configurable: true });
};

/**
 * The coordination of a runtime whose bodies run in the program itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const inMemory = (): Coordination => ({
  id: globalThis.crypto.randomUUID(),
  onUnitEnd: () => () => undefined,
  serve: () => undefined,
});

const accesses = new WeakMap<object, Access>();

/**
 * The coordination of a runtime: of its service, or of its promise form. Nothing where it brings none, and within a body.
 *
 * @category getters
 * @since 0.1.0
 */
export const of = (runtime: object): Access | undefined => accesses.get(runtime);

/**
 * Says what the coordination of a runtime is, for those who make one in a way of their own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const register = (runtime: object, access: Access | undefined): void => {
  if (access !== undefined) accesses.set(runtime, access);
};
