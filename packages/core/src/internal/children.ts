/**
 * The calls that a body made and that have not ended: they end with it.
 */
export interface Child {
  readonly cancel: () => void;
}

export class Children {
  private readonly active = new Set<Child>();
  private onStopped: (() => void) | undefined;

  get isEmpty(): boolean {
    return this.active.size === 0;
  }

  add(child: Child): void {
    this.active.add(child);
  }

  ended(child: Child): void {
    this.active.delete(child);
    if (this.isEmpty) this.onStopped?.();
  }

  /** Asks all of them to end. */
  cancel(): void {
    for (const child of this.active) child.cancel();
  }

  /** Asks all of them to end, and calls back when they have. */
  stop(onStopped: () => void): void {
    if (this.isEmpty) return onStopped();
    this.onStopped = onStopped;
    this.cancel();
  }
}
