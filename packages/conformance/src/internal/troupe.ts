/**
 * The cases of one group at one size: each has its turn, and between them a runtime may stay open that they share.
 */
import type { Case } from "../Case.ts";
import type { Verdict } from "../Runner.ts";
import { Course } from "./course.ts";
import { failingOnExit } from "./exits.ts";
import type { Judge } from "./judge.ts";
import { within } from "./limit.ts";
import type { Shared } from "./stage.ts";
import type { Tally } from "./tally.ts";
import { type Player, turns } from "./turns.ts";

/** What the groups of a plan have in common. */
export interface Production {
  readonly name: string;
  readonly judge: Judge;
  readonly tally: Tally;
  readonly limitMillis: number;
}

export class Troupe implements Player {
  private readonly group: string;
  private readonly shared: Shared;
  private readonly production: Production;
  // Of a runtime that was closed early, for somebody else's turn; told by `close` as well.
  private readonly leaks: Array<unknown> = [];

  constructor(group: string, shared: Shared, production: Production) {
    this.group = group;
    this.shared = shared;
    this.production = production;
  }

  run(testCase: Case, signal: AbortSignal | undefined): Promise<Verdict> {
    const { judge, name, tally } = this.production;
    const { size } = this.shared;
    const judged = (): Promise<Verdict> => judge.verdictOf(testCase, this.shared, signal);
    return turns.take(this, () =>
      failingOnExit(`"${testCase.id}" ran at size ${size} of ${name}`, () =>
        tally.timed(testCase, size, judged),
      ),
    );
  }

  /** Closes the runtime that they shared; rejects with what it left behind. */
  close(): Promise<void> {
    return turns.take(this, async () => {
      await this.yields();
      const [leak] = this.leaks.splice(0);
      if (leak !== undefined) throw leak;
    });
  }

  async yields(): Promise<void> {
    const { limitMillis, name, tally } = this.production;
    const { size } = this.shared;
    const end = await failingOnExit(`the runtime of "${this.group}" closed at size ${size} of ${name}`, () =>
      within(limitMillis, this.shared.close(), new Course("closing")),
    );
    if (end._tag === "Done") return;
    tally.leaked(this.group, size, end.error);
    this.leaks.push(end.error);
  }
}
