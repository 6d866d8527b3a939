/**
 * What a worker is told on its command line.
 */
import type { ChannelType } from "./channel.ts";

const withOffers = "offers";

/** The arguments after the entry file. */
export const startArguments = (
  lane: string,
  kind: ChannelType["kind"],
  offers: object | undefined,
): ReadonlyArray<string> => (offers === undefined ? [lane, kind] : [lane, kind, withOffers]);

/** The same, understood by the worker. */
export const startedWith = ([, , lane = "processes/0", kind, offers]: ReadonlyArray<string>): {
  readonly lane: string;
  readonly kind: string | undefined;
  readonly hasOffers: boolean;
} => ({ lane, kind, hasOffers: offers === withOffers });
