// Finds the ```ts blocks of a document: a Markdown file, or a source file with its JSDoc comments.

export interface Block {
  /** The document, relative to the repository. */
  readonly document: string;
  /** The line of the opening fence. */
  readonly line: number;
  readonly code: string;
  /** From a first line such as `// tasks/primes.ts`: later blocks of the document can import this file. */
  readonly path: string | undefined;
  /** `ts no-run: reason` is type-checked only, `ts no-check: reason` is text only. */
  readonly mode: "run" | "no-run" | "no-check";
  /** Why this block is not acceptable as it is. */
  readonly refused: string | undefined;
}

interface Fence {
  readonly line: number;
  readonly info: string;
  readonly code: ReadonlyArray<string>;
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*(.*)$/;

/** All fenced blocks, of any language, without the indentation of their opening fence. */
const fences = (lines: ReadonlyArray<string>): ReadonlyArray<Fence> => {
  const found: Array<Fence> = [];
  let open: { indent: number; marker: string; line: number; info: string; code: Array<string> } | undefined;
  for (const [index, text] of lines.entries()) {
    const [, indent = "", marker = "", info = ""] = FENCE.exec(text) ?? [];
    if (open === undefined) {
      if (marker !== "")
        open = { indent: indent.length, marker, line: index + 1, info: info.trim(), code: [] };
    } else if (marker.startsWith(open.marker) && info === "") {
      found.push(open);
      open = undefined;
    } else open.code.push(text.slice(Math.min(open.indent, text.length - text.trimStart().length)));
  }
  return open === undefined ? found : [...found, open];
};

/** The text of JSDoc comments at their own lines, everything else blank: line numbers stay true. */
const comments = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  let inside = false;
  return lines.map((line) => {
    if (!inside && /^\s*\/\*\*/.test(line)) inside = true;
    if (!inside) return "";
    if (line.includes("*/")) inside = false;
    return line.replace(/^\s*(\/\*\*|\*\/|\*) ?/, "").replace(/\s*\*\/\s*$/, "");
  });
};

const INFO = /^ts(?:\s+(no-run|no-check)(?::\s*(.*))?)?$/;

const toBlock = (document: string, { line, info, code }: Fence): Block => {
  const [matched, mode, reason] = INFO.exec(info) ?? [];
  const path = /^\/\/ ((?:[\w.-]+\/)*[\w.-]+\.ts)(?::.*)?$/.exec(code[0] ?? "")?.[1];
  const refused =
    matched === undefined
      ? `"${info}" is not known: write "ts", "ts no-run: reason" or "ts no-check: reason"`
      : mode !== undefined && (reason ?? "") === ""
        ? `"${info}" needs a reason: "ts ${mode}: reason"`
        : undefined;
  return {
    document,
    line,
    code: `${code.join("\n")}\n`,
    path,
    mode: mode === "no-run" || mode === "no-check" ? mode : "run",
    refused,
  };
};

export const findBlocks = (document: string, text: string): ReadonlyArray<Block> => {
  const lines = text.split(/\r?\n/);
  return fences(document.endsWith(".md") ? lines : comments(lines))
    .filter(({ info }) => /^(ts|typescript)\b/.test(info))
    .map((fence) => toBlock(document, fence));
};
