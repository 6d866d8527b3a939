/**
 * Histories of operations by several units, and whether one object that does one at a time could have given them.
 */

/** One operation of one unit: when it began and when it was over, by a clock that all units share. */
export interface Operation {
  readonly name: string;
  readonly args: ReadonlyArray<number>;
  readonly result: unknown;
  readonly begun: number;
  readonly over: number;
}

/** An object that does one at a time. Its state is plain data. */
export interface Model<S> {
  readonly initial: S;
  /** The state after it, or nothing where the result is impossible. */
  readonly apply: (state: S, operation: Operation) => S | undefined;
}

/**
 * Looks for an order in which all could have happened one at a time, each between its begin and its end (Wing and Gong). What it has
 * seen in vain it does not try again.
 */
export const isLinearizable = <S>(model: Model<S>, operations: ReadonlyArray<Operation>): boolean => {
  const inVain = new Set<string>();
  const search = (done: bigint, state: S): boolean => {
    if (done === (1n << BigInt(operations.length)) - 1n) return true;
    const key = `${done}/${JSON.stringify(state)}`;
    if (inVain.has(key)) return false;
    const open = operations
      .map((operation, at) => ({ operation, at }))
      .filter(({ at }) => (done & (1n << BigInt(at))) === 0n);
    const firstOver = Math.min(...open.map(({ operation }) => operation.over));
    for (const { at, operation } of open) {
      if (operation.begun > firstOver) continue;
      const next = model.apply(state, operation);
      if (next !== undefined && search(done | (1n << BigInt(at)), next)) return true;
    }
    inVain.add(key);
    return false;
  };
  return search(0n, model.initial);
};
