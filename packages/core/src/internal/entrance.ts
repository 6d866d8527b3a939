/**
 * Lets calls in while there is room: as many as can run at once and `maxQueue` more. Others wait here, first come first
 * served, or are refused.
 */

export interface Room {
  /** How many bodies can run at once; `Infinity` where there is no limit. */
  places: number;
  readonly maxQueue: number;
  readonly whenFull: "wait" | "reject";
}

export interface Visitor {
  readonly admit: () => void;
}

export class Entrance {
  readonly room: Room;
  private readonly waiting = new Set<Visitor>();
  private inside = 0;

  constructor(room: Room) {
    this.room = room;
  }

  get waitingCount(): number {
    return this.waiting.size;
  }

  /** Admits the visitor now or later; false when it is refused. */
  enter(visitor: Visitor): boolean {
    if (this.hasRoom() && this.waiting.size === 0) {
      this.inside++;
      visitor.admit();
      return true;
    }
    if (this.room.whenFull === "reject") return false;
    this.waiting.add(visitor);
    return true;
  }

  /** A visitor that was admitted has left. */
  leave(): void {
    this.inside--;
    this.fill();
  }

  /** A visitor does not wait any more. */
  giveUp(visitor: Visitor): void {
    this.waiting.delete(visitor);
  }

  resize(places: number): void {
    this.room.places = places;
    this.fill();
  }

  private hasRoom(): boolean {
    return this.inside < this.room.places + this.room.maxQueue;
  }

  private fill(): void {
    for (const visitor of this.waiting) {
      if (!this.hasRoom()) return;
      this.waiting.delete(visitor);
      this.inside++;
      visitor.admit();
    }
  }
}
