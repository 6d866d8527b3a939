import { assert, describe, it } from "vitest";

import { judge } from "../src/calibration.ts";
import type { Contender, Goal, Role, Workload } from "../src/contract.ts";
import { type Series, workloadReport } from "../src/report.ts";

const contender = (id: string, role: Role): Contender => ({
  id,
  title: id.toUpperCase(),
  kind: "threads",
  role,
  file: id,
  open: () => Promise.reject(new Error("not here")),
});

const series = (id: string, role: Role, ...samples: ReadonlyArray<number>): Series => ({
  contender: contender(id, role),
  samples,
  cpuMicros: samples.map((value) => value / 10),
});

const goal = (rest: Partial<Goal>): Goal => ({
  subject: "heddle",
  against: "bestPeer",
  compare: "ratio",
  bound: "atLeast",
  limit: 4,
  ...rest,
});

const workload = (better: Workload["better"], goals: ReadonlyArray<Goal> = []): Workload => ({
  id: "w",
  title: "W",
  unit: "µs",
  better,
  probe: "p",
  figure: "f",
  size: 2,
  params: {},
  smokeParams: {},
  contenders: [],
  smoke: [],
  rounds: 3,
  goals,
});

const all = [
  series("heddle", "heddle", 300, 100, 200),
  series("slow", "peer", 40),
  series("fast", "peer", 50),
  series("limit", "raw", 400),
  series("reference", "reference", 9000),
];

const reportFor = (
  better: Workload["better"],
  goals: ReadonlyArray<Goal> = [],
  given: ReadonlyArray<Series> = all,
) => workloadReport(workload(better, goals), given, judge([]));

const verdicts = (better: Workload["better"], ...goals: ReadonlyArray<Partial<Goal>>) =>
  reportFor(better, goals.map(goal)).goals.map(({ actual, verdict }) => [actual, verdict]);

describe("ratios", () => {
  it("are taken with the median, against the best peer and the raw limit", () => {
    const { bestPeer, bestRaw, contenders } = reportFor("higher");
    assert.deepStrictEqual([bestPeer, bestRaw], ["fast", "limit"]);
    const [heddle, slow] = contenders;
    assert.deepInclude(heddle, { median: 200, min: 100, max: 300, cpuMicrosPerTask: 20 });
    assert.deepInclude(heddle, { ratioToBestPeer: 4, ratioToRaw: 0.5 });
    assert.deepInclude(slow, { ratioToBestPeer: 0.8, ratioToRaw: 0.1 });
  });

  it("take the lowest peer for the best where lower is better", () => {
    const { bestPeer, contenders } = reportFor("lower");
    assert.strictEqual(bestPeer, "slow");
    assert.strictEqual(contenders[0]?.ratioToBestPeer, 5);
  });

  it("count neither a reference nor Heddle itself among the peers", () => {
    const { bestPeer, contenders } = reportFor(
      "higher",
      [],
      all.filter(({ contender: { role } }) => role !== "peer"),
    );
    assert.isNull(bestPeer);
    assert.isNull(contenders[0]?.ratioToBestPeer);
  });

  it("leave out a contender that failed in any round, and say why", () => {
    const broken: Series = { ...series("fast", "peer", 50), failure: "exit code 1: WrongAnswer" };
    const { bestPeer, contenders } = reportFor("higher", [], [
      all[0],
      all[1],
      broken,
    ] as ReadonlyArray<Series>);
    assert.strictEqual(bestPeer, "slow");
    assert.deepInclude(contenders[2], {
      status: "failed",
      reason: "exit code 1: WrongAnswer",
      ratioToBestPeer: null,
    });
  });
});

describe("goals", () => {
  it("that ask for at least so much are met from there on", () => {
    assert.deepStrictEqual(verdicts("higher", { limit: 4 }, { limit: 4.01 }), [
      [4, "met"],
      [4, "missed"],
    ]);
  });

  it("that ask for at most so much are met up to there", () => {
    assert.deepStrictEqual(
      verdicts("lower", { bound: "atMost", limit: 5 }, { bound: "atMost", limit: 1.15 }),
      [
        [5, "met"],
        [5, "missed"],
      ],
    );
  });

  it("compare with the best of those that they name", () => {
    const against = ["slow", "fast"];
    assert.deepStrictEqual(verdicts("higher", { against }), [[4, "met"]]);
    assert.deepStrictEqual(verdicts("lower", { against }), [[5, "met"]]);
  });

  it("may be about a difference, or about the figure alone", () => {
    assert.deepStrictEqual(
      verdicts(
        "lower",
        { compare: "difference", against: "bestRaw", bound: "atMost", limit: -200 },
        { compare: "difference", against: "bestRaw", bound: "atMost", limit: -201 },
        { compare: "figure", against: "nothing", bound: "atMost", limit: 199 },
      ),
      [
        [-200, "met"],
        [-200, "missed"],
        [200, "missed"],
      ],
    );
  });

  it("are not met because something is missing", () => {
    assert.deepStrictEqual(
      verdicts("lower", { subject: "nobody", bound: "atMost" }, { against: ["nobody"], bound: "atMost" }),
      [
        [null, "not measured"],
        [null, "not measured"],
      ],
    );
  });

  it("say what they ask for", () => {
    const texts = reportFor("higher", [
      goal({}),
      goal({ against: ["slow", "fast"], bound: "atMost", limit: 1 / 1.85 }),
      goal({ compare: "figure", against: "nothing", bound: "atMost", limit: 1500 }),
      goal({ compare: "difference", against: "bestRaw", bound: "atMost", limit: 1.5 }),
    ]).goals.map(({ text }) => text);
    assert.deepStrictEqual(texts, [
      "heddle ≥ 4x the best peer",
      "heddle ≤ 0.541x the best of slow, fast",
      "heddle ≤ 1,500 µs",
      "heddle ≤ the raw limit + 1.5 µs",
    ]);
  });
});
