/** Small pieces of text: durations, colours, tables. */

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** Colours text, or leaves it as it is. */
export const paint = (colour: boolean, style: keyof typeof codes, text: string): string =>
  colour ? `\u001B[${codes[style]}m${text}\u001B[0m` : text;

export const seconds = (millis: number, digits = 1): string => `${(millis / 1000).toFixed(digits)} s`;

/** Aligns columns: the first to the left, the others to the right. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
};

/** Cuts a line to a width. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : text.slice(0, width);

/** The middle value. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};
