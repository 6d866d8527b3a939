/**
 * The book of all calls: which are open, how they ended, and whether that, and what ran for them, is right.
 *
 * A call that ended leaves nothing here but counts and a few bytes per id, so that growth of the heap is the runtime's.
 */
import { Call, type Closing, drawFate, type Fate, type Place } from "./call.ts";
import { IdTable } from "./idTable.ts";
import { type Entry, Journal } from "./journal.ts";
import type { Draft } from "./kinds.ts";
import type { Random } from "./random.ts";
import { type Circumstances, type Ending, endingOf, isAllowed, type Settlement } from "./verdict.ts";

interface Attack extends Place {
  readonly epochMillis: number;
  /** The id whose body did it; nothing when the run itself did. */
  readonly by?: number;
}

/** What a verdict depends on besides the calls: how the runtime was opened. */
export interface Rules {
  readonly quarantineAfter: number;
  readonly mayBeFull: boolean;
}

/** How long a worker that was attacked may still be taken for alive, and given calls. */
const noticeMillis = 3000;
/** Of each sort; the counts tell of the rest. */
const maxProblemsOfSort = 2;

export interface Counts {
  submitted: number;
  bodies: number;
  lost: number;
  duplicated: number;
  wrong: number;
  ranTwice: number;
}

const isOf = (place: Place, { lane, pid, threadId }: Place): boolean =>
  place.lane === lane && place.pid === pid && place.threadId === threadId;

const isDuplicate = (complaint: string): boolean => complaint.endsWith(" twice");

export class Ledger implements Circumstances {
  readonly journal = new Journal();
  readonly open = new Set<Call>();
  readonly endings: Record<string, number> = {};
  readonly problems: Array<string> = [];
  /** How many problems there are of each sort. */
  readonly sorts: Record<string, number> = {};
  readonly counts: Counts = { submitted: 0, bodies: 0, lost: 0, duplicated: 0, wrong: 0, ranTwice: 0 };
  private readonly byId = new Map<number, Call>();
  private readonly ids = new IdTable();
  private nextId = 1;
  private attacks: Array<Attack> = [];
  private readonly deaths = new Map<string, number>();
  private rules: Rules = { quarantineAfter: Number.POSITIVE_INFINITY, mayBeFull: false };

  /** What happened to the workers of one runtime means nothing to the next. */
  beginRuntime(rules: Rules): void {
    this.attacks = [];
    this.deaths.clear();
    this.rules = rules;
  }

  /** Takes a call into the book. */
  enter(draft: Draft, random: Random, closing: Closing, fate: Fate = drawFate(random, draft)): Call {
    const call = new Call(this.nextId, draft, fate, random.int(0, 2 ** 30), closing);
    this.nextId += draft.ids;
    this.counts.submitted++;
    this.open.add(call);
    for (let n = 0; n < draft.ids; n++) this.byId.set(call.firstId + n, call);
    return call;
  }

  /** Takes it out again, and judges how it ended. */
  settle(call: Call, settlement: Settlement): void {
    const now = Date.now();
    call.end();
    this.open.delete(call);
    const ending = endingOf(call, settlement);
    if (ending.name !== "success") this.readJournal();
    this.endings[ending.name] = (this.endings[ending.name] ?? 0) + 1;
    if (/WorkerLost|OutOfMemory/.test(ending.name)) this.countDeath(call);
    this.judge(call, ending);
    for (let n = 0; n < call.draft.ids; n++) {
      this.byId.delete(call.firstId + n);
      this.ids.end(call.firstId + n, now, call.draft.retry !== undefined);
    }
  }

  /** The workers there will die, or may. */
  attacked(place: Place): void {
    this.attacks.push({ ...place, epochMillis: Date.now() });
  }

  /** Calls whose bodies ran there, as far as is known. */
  callsOn(place: Place): ReadonlyArray<Call> {
    this.readJournal();
    return [...this.open].filter(({ places }) => places.some((own) => isOf(own, place)));
  }

  /** Takes in what bodies have written. */
  readJournal(): void {
    for (const entry of this.journal.read()) this.take(entry);
  }

  /** Counts calls that never end. */
  lose(state: string): void {
    for (const call of this.open) {
      this.counts.lost++;
      this.problem(`lost "${call.draft.kind}"`, `${call.toString()}\n    ${state}`);
    }
    this.open.clear();
  }

  /** Tells of something that is wrong with the runtime and with no call of its own. */
  wrong(sort: string, text: string): void {
    this.counts.wrong++;
    this.problem(sort, text);
  }

  /** How much of the memory of this process is the book's own, outside of the heap. */
  get ownBytes(): number {
    return this.ids.bytes;
  }

  readonly wasAttacked = (lane: string, call: Call): boolean => {
    const now = Date.now();
    const onLane = call.places.filter((place) => place.lane === lane);
    return this.attacks.some((attack) => {
      if (attack.by === call.firstId) return false;
      if (onLane.length > 0) return onLane.some((place) => isOf(place, attack));
      return attack.lane === lane && attack.epochMillis >= now - noticeMillis;
    });
  };

  get mayBeFull(): boolean {
    return this.rules.mayBeFull;
  }

  // The call that fills the measure and those that are refused for it settle in the same turn, in any order.
  readonly mayBeQuarantined = ({ draft }: Call): boolean => {
    const { quarantineAfter } = this.rules;
    if (quarantineAfter === Number.POSITIVE_INFINITY) return false;
    return draft.isLethal === true || (this.deaths.get(draft.way.task.name) ?? 0) >= quarantineAfter - 1;
  };

  private problem(sort: string, text: string): void {
    const count = (this.sorts[sort] ?? 0) + 1;
    this.sorts[sort] = count;
    if (count <= maxProblemsOfSort) this.problems.push(`${sort}: ${text}`);
  }

  private countDeath({ draft }: Call): void {
    const { name } = draft.way.task;
    this.deaths.set(name, (this.deaths.get(name) ?? 0) + 1);
  }

  private judge(call: Call, ending: Ending): void {
    const isFine = ending.detail === undefined && isAllowed(call, ending, this);
    if (isFine && call.complaints.length === 0) return;
    const complaints = [...call.complaints, ...(isFine ? [] : [`ended with ${ending.name}`])];
    if (complaints.every(isDuplicate)) this.counts.duplicated++;
    else this.counts.wrong++;
    const { detail = "", lane = "no worker" } = ending;
    const text = `${complaints.join("; ")} ${detail} (tells of ${lane}): ${call.toString()}`;
    this.problem(`"${call.draft.kind}" ${complaints[0]?.replaceAll(/\d+/g, "#")}`, text);
  }

  private take(entry: Entry): void {
    const { attempt, epochMillis, id, lane, mark, pid, threadId } = entry;
    const call = this.byId.get(id);
    if (mark === "armed") {
      this.attacks.push({ lane, pid, threadId, epochMillis, by: id });
      return;
    }
    if (mark === "alive") {
      if (this.ids.hadEnded(id, epochMillis)) this.wrong("still ran after its end", `id ${id} on ${lane}`);
      return;
    }
    this.counts.bodies++;
    call?.places.push({ lane, pid, threadId });
    const isRetried = call === undefined ? this.ids.isRetried(id) : call.draft.retry !== undefined;
    const where = `on ${lane}, attempt ${attempt}`;
    if (!this.ids.runs(id, attempt) || (attempt > 1 && !isRetried)) {
      this.counts.ranTwice++;
      this.problem("ran twice", `id ${id} ${where}: ${call?.toString() ?? "of a call that has ended"}`);
    } else if (this.ids.hadEnded(id, epochMillis)) {
      this.wrong("ran after its end", `id ${id} ${where}`);
    }
  }
}
