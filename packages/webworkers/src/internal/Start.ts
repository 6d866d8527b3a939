/**
 * What passes between the two ends of a worker besides batches of frames.
 *
 * The worker says first that it listens, by the name of a lock that it holds until its end: what is sent to it earlier may be
 * lost while its modules load. It is answered with `Start`. Its last word, on the port, is its exit code, if it has one.
 */
export interface Start {
  readonly life: string;
  readonly lane: string;
  readonly threadId: number;
  readonly port: InstanceType<typeof MessageChannel>["port2"];
  /** The number of the call that is cancelled, where memory can be shared. */
  readonly flag: SharedArrayBuffer | undefined;
}

/** What is read of the events of all platforms. */
export type Told = Event & Partial<Record<"code" | "data" | "error" | "message" | "reason", unknown>>;

/** Hears events of a target. */
export const hear = (target: EventTarget, type: string, listener: (event: Told) => void): void =>
  target.addEventListener(type, listener);

/** The lock's name, which nobody else can guess. */
export const newLife = (): string => `heddle/${crypto.randomUUID()}`;

export const isLife = (u: unknown): u is string => typeof u === "string" && u.startsWith("heddle/");

/** Bun has none, nor has a page that was served without encryption. */
export const locks = globalThis.navigator?.locks as Navigator["locks"] | undefined;
