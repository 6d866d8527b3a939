/**
 * What a case needs of the runtime that it is put to: named, so that a report can say why a case did not apply.
 *
 * @since 0.1.0
 */
import type { Capabilities } from "@heddle/core/Capabilities";

interface Definition {
  /** Completes "it needs a runtime …". */
  readonly title: string;
  readonly isMet: (capabilities: Capabilities, size: number) => boolean;
}

/**
 * All needs by name. A need that begins with `no` is for the cases that prove a refusal.
 *
 * @category needs
 * @since 0.1.0
 */
export const definitions = {
  isolation: {
    title: "whose bodies do not share the caller's event loop",
    isMet: ({ isolation }) => isolation !== "none",
  },
  noIsolation: {
    title: "whose bodies share the caller's event loop",
    isMet: ({ isolation }) => isolation === "none",
  },
  processes: {
    title: "whose bodies run in processes of their own",
    isMet: ({ isolation }) => isolation === "process",
  },
  copies: { title: "that copies values", isMet: ({ values }) => values !== "reference" },
  references: {
    title: "that hands over the very object",
    isMet: ({ values }) => values === "reference",
  },
  richValues: {
    title: "whose values need not fit JSON",
    isMet: ({ values }) => values !== "json",
  },
  transfer: { title: "that can move objects", isMet: ({ transfer }) => transfer },
  noTransfer: { title: "that cannot move objects", isMet: ({ transfer }) => !transfer },
  sharedMemory: { title: "with shared memory", isMet: ({ sharedMemory }) => sharedMemory },
  noSharedMemory: { title: "without shared memory", isMet: ({ sharedMemory }) => !sharedMemory },
  forceKill: { title: "that can stop any body by force", isMet: ({ forceKill }) => forceKill },
  noForceKill: { title: "that cannot stop a body by force", isMet: ({ forceKill }) => !forceKill },
  streaming: { title: "whose bodies may give streams", isMet: ({ streaming }) => streaming },
  noStreaming: { title: "whose bodies cannot give streams", isMet: ({ streaming }) => !streaming },
  elastic: { title: "with workers that can be replaced", isMet: ({ elastic }) => elastic },
  noElastic: { title: "without workers that can be replaced", isMet: ({ elastic }) => !elastic },
  durability: { title: "whose jobs outlive the program", isMet: ({ durability }) => durability },
  noDurability: { title: "whose jobs end with the program", isMet: ({ durability }) => !durability },
  coordination: {
    title: "whose tasks share objects",
    isMet: ({ coordination }) => coordination !== "none",
  },
  noCoordination: {
    title: "whose tasks share no objects",
    isMet: ({ coordination }) => coordination === "none",
  },
  blocking: {
    title: "whose bodies may block until another one acts",
    isMet: ({ coordination }) => coordination === "shared",
  },
  noBlocking: {
    title: "whose bodies cannot block until another one acts",
    isMet: ({ coordination }) => coordination !== "shared",
  },
  onePlace: { title: "that runs one body at a time", isMet: (_, size) => size === 1 },
  severalPlaces: { title: "that runs several bodies at a time", isMet: (_, size) => size > 1 },
} as const satisfies Readonly<Record<string, Definition>>;

/**
 * The name of a need.
 *
 * @category needs
 * @since 0.1.0
 */
export type Need = keyof typeof definitions;

/**
 * The needs that a runtime does not meet; none when the case applies to it.
 *
 * @category needs
 * @since 0.1.0
 */
export const unmet = (
  needs: ReadonlyArray<Need>,
  capabilities: Capabilities,
  size: number,
): ReadonlyArray<Need> => needs.filter((need) => !definitions[need].isMet(capabilities, size));
