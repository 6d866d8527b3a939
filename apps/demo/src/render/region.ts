/** A few lines at the bottom of the terminal that are drawn again and again. Never the alternate screen. */

const hideCursor = "\u001B[?25l";
const showCursor = "\u001B[?25h";

export class Region {
  private readonly write: (text: string) => void;
  private drawn: ReadonlyArray<string> = [];
  private hidden = false;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  draw(lines: ReadonlyArray<string>): void {
    if (lines.length === 0) return this.clear();
    if (lines.length === 1 && this.drawn.length <= 1) return this.drawOne(lines[0] ?? "");
    this.clear();
    this.write((this.hidden ? "" : hideCursor) + lines.join("\n"));
    this.hidden = true;
    this.drawn = lines;
  }

  /** Takes the region off the screen, so that other lines can be written in its place. */
  clear(): void {
    const { drawn } = this;
    if (drawn.length === 0) return;
    this.drawn = [];
    if (drawn.length === 1) {
      this.write(`\r${" ".repeat((drawn[0] ?? "").length + 1)}\r`);
      return;
    }
    this.write(`\r\u001B[${drawn.length - 1}A\u001B[0J`);
  }

  close(): void {
    this.clear();
    if (this.hidden) this.write(showCursor);
    this.hidden = false;
  }

  // The carriage return of the book: the next frame over the last one.
  private drawOne(line: string): void {
    const last = this.drawn[0] ?? "";
    if (line === last) return;
    this.write(`\r${line}${" ".repeat(Math.max(0, last.length - line.length))}`);
    this.drawn = [line];
  }
}
