/** Where events become visible: a live region on a terminal, plain lines elsewhere, or JSON. */
import type { HostEvent, RunSkipped } from "../protocol.ts";
import { Board } from "./board.ts";
import * as Json from "./json.ts";
import { Region } from "./region.ts";
import { plainText, symbolsFor } from "./symbols.ts";
import { detect, type Terminal } from "./terminal.ts";
import { seconds } from "./text.ts";

export interface Screen {
  readonly terminal: Terminal;
  readonly event: (event: HostEvent) => void;
  /** A line of the final word. */
  readonly print: (line: string) => void;
  readonly close: () => void;
}

const out = (text: string): void => void process.stdout.write(text);
const err = (text: string): void => void process.stderr.write(text);

const skippedSentence = ({ reason, runtime, workload }: RunSkipped): string =>
  `${workload} on ${runtime} was left out: ${reason}`;

/** Prints JSON to stdout, and only what went wrong to stderr. */
const json = (terminal: Terminal): Screen => ({
  terminal,
  event: (event) => {
    if (event.type === "problem") return err(`demo: ${event.text}\n`);
    const line = Json.lineOf(event);
    if (line !== undefined) out(line);
  },
  print: () => undefined,
  close: () => undefined,
});

const redrawMillis = 90;
const watchMillis = 200;

/** One line per event, no control characters. */
const plain = (terminal: Terminal): Screen => {
  const board = new Board(symbolsFor(terminal.unicode));
  const began = performance.now();
  const text = (line: string): string => `${plainText(terminal.unicode, line)}\n`;
  const told = (line: string): void =>
    err(text(`[${((performance.now() - began) / 1000).toFixed(2)}s] ${line}`));
  let blocked = false;
  const watch = setInterval(() => {
    const millis = board.blockedMillis(performance.now());
    if (millis !== undefined && !blocked)
      told(`${board.title()}: event loop BLOCKED for ${seconds(millis)} so far`);
    blocked = millis !== undefined;
  }, watchMillis);
  return {
    terminal,
    event: (event) => {
      board.apply(event, performance.now());
      if (event.type === "line") out(text(event.text));
      else if (event.type === "problem") err(text(`demo: ${event.text}`));
      else if (event.type === "note") told(event.text);
      else if (event.type === "run.skipped") out(text(skippedSentence(event)));
      else if (event.type === "run.start") told(`${board.title()}: started`);
    },
    print: (line) => out(text(line)),
    close: () => clearInterval(watch),
  };
};

/** Lines above, a live region below them. */
const live = (terminal: Terminal): Screen => {
  const board = new Board(symbolsFor(terminal.unicode));
  const region = new Region(err);
  let lines: ReadonlyArray<string> = [];
  const draw = (): void => {
    lines = board.lines(performance.now(), terminal.columns());
    region.draw(lines);
  };
  const timer = setInterval(draw, redrawMillis);
  const above = (write: (text: string) => void, line: string): void => {
    region.clear();
    write(`${plainText(terminal.unicode, line)}\n`);
    region.draw(lines);
  };
  const wipe = (): void => {
    lines = [];
    region.close();
  };
  return {
    terminal,
    event: (event) => {
      board.apply(event, performance.now());
      if (event.type === "line") above(out, event.text);
      else if (event.type === "problem") above(err, `demo: ${event.text}`);
      else if (event.type === "note") above(err, `  ${event.text}`);
      else if (event.type === "run.skipped") above(out, skippedSentence(event));
      else if (event.type === "run.end" || event.type === "wipe") wipe();
    },
    print: (line) => above(out, line),
    close: () => {
      clearInterval(timer);
      wipe();
    },
  };
};

/** The screen for this terminal. */
export const open = (asJson: boolean): Screen => {
  const terminal = detect();
  if (asJson) return json(terminal);
  return terminal.animates ? live(terminal) : plain(terminal);
};
