/** The signs of the drawings, for terminals that speak UTF-8 and for those that do not. */

export interface Symbols {
  readonly turn: ReadonlyArray<string>;
  readonly busy: ReadonlyArray<string>;
  readonly idle: string;
  readonly good: string;
  readonly bad: string;
  readonly times: string;
  readonly dot: string;
  readonly bar: string;
  readonly dash: string;
}

const utf8: Symbols = {
  turn: ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
  busy: ["█", "▓", "░"],
  idle: "·",
  good: "✓",
  bad: "✗",
  times: "×",
  dot: "·",
  bar: "█",
  dash: "–",
};

const ascii: Symbols = {
  turn: ["|", "/", "-", "\\"],
  busy: ["#", "=", "+"],
  idle: ".",
  good: "ok",
  bad: "NO",
  times: "x",
  dot: "-",
  bar: "#",
  dash: "-",
};

export const symbolsFor = (unicode: boolean): Symbols => (unicode ? utf8 : ascii);

/** Replaces what the locale cannot show in text that was written elsewhere. */
export const plainText = (unicode: boolean, text: string): string =>
  unicode ? text : text.replaceAll("×", "x").replaceAll("·", "-").replaceAll("…", "...");
