/** Numbers about numbers. */

const sorted = (values: ReadonlyArray<number>): ReadonlyArray<number> => values.toSorted((a, b) => a - b);

/** The value below which the fraction `q` of them lies (nearest rank); NaN when there is none. */
export const quantile = (values: ReadonlyArray<number>, q: number): number => {
  const ranked = sorted(values);
  const rank = Math.max(1, Math.ceil(q * ranked.length));
  return ranked[rank - 1] ?? Number.NaN;
};

/** The middle one, or the mean of the two in the middle; NaN when there is none. */
export const median = (values: ReadonlyArray<number>): number => {
  const ranked = sorted(values);
  const middle = ranked.length / 2;
  const low = ranked[Math.ceil(middle) - 1];
  const high = ranked[Math.floor(middle)];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
};

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const summaryOf = (values: ReadonlyArray<number>): Summary => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});

/** How far the largest is above the smallest, as a fraction of the smallest. */
export const spread = (values: ReadonlyArray<number>): number => {
  const { max, min } = summaryOf(values);
  return values.length < 2 ? 0 : max / min - 1;
};
