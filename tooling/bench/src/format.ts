/** Figures as people read them. */

/** Three or four digits that mean something: 1.23, 12.3, 123, 1,234, 1.23M. */
export const figure = (n: number): string => {
  const size = Math.abs(n);
  if (size >= 1e6) return `${(n / 1e6).toFixed(2)}M`;
  if (size >= 100) return Math.round(n).toLocaleString("en-US");
  return n.toFixed(size >= 10 ? 1 : size >= 0.1 || n === 0 ? 2 : 4);
};

export const optional = (n: number | null | undefined, format: (n: number) => string = figure): string =>
  n === null || n === undefined ? "" : format(n);

export const ratio = (n: number | null): string => optional(n, (value) => `${figure(value)}x`);

/** A goal's figure: a ratio, or one in the unit of the workload. */
export const actual = (compare: "ratio" | "difference" | "figure", n: number | null): string => {
  if (n === null) return "-";
  if (compare === "ratio") return ratio(n);
  return compare === "difference" ? `${n < 0 ? "" : "+"}${figure(n)}` : figure(n);
};
