/**
 * Performs an operation wherever its object is.
 */
import type { CoordinationError } from "../CoordinationError.ts";
import type { Kind, Pending, Settle } from "./engine.ts";
import type { Handle } from "./handle.ts";
import { type Operation, operationOf } from "./operations.ts";
import { reach } from "./reach.ts";

type Methods = Readonly<Record<string, (...args: ReadonlyArray<unknown>) => unknown>>;

/** An operation with its arguments. */
export interface Action<K extends Kind = Kind> {
  readonly handle: Handle<K>;
  readonly kind: K;
  readonly name: string;
  readonly args: ReadonlyArray<unknown>;
}

/** What stands for it. */
export const action = <K extends Kind>(
  handle: Handle<K>,
  kind: K,
  name: string,
  args: ReadonlyArray<unknown> = [],
): Action<K> => ({ handle, kind, name, args });

/** Starts a wait. Throws, or tells `settle`, what goes wrong. */
export const start = ({ args, handle, kind, name }: Action, settle: Settle<any>): Pending => {
  const { client, engine, unit } = reach(handle, kind);
  const { knowsUnit } = operationOf(kind, name) as Operation;
  if (client !== undefined) return client.ask({ kind, object: handle.id, operation: name, args }, settle);
  const methods = engine as unknown as Methods;
  return (knowsUnit ? methods[name]!(unit, ...args, settle) : methods[name]!(...args, settle)) as Pending;
};

/** Performs at once, or asks the program to. */
export const perform = ({ args, handle, kind, name }: Action): unknown => {
  const { client, engine, unit } = reach(handle, kind);
  const { knowsUnit } = operationOf(kind, name) as Operation;
  if (client !== undefined) {
    return new Promise((resolve, reject: (error: CoordinationError) => void) => {
      client.ask({ kind, object: handle.id, operation: name, args }, { done: resolve, failed: reject });
    });
  }
  const methods = engine as unknown as Methods;
  return knowsUnit ? methods[name]!(unit, ...args) : methods[name]!(...args);
};
