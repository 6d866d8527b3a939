/**
 * Finds tasks in a worker: imports a task's module once and remembers what it exports.
 */
import { messageOf } from "@heddle/core/Defect";
import * as Task from "@heddle/core/Task";

import type { Refusal } from "../Frame.ts";

/** A task that could not be found, as the refusal to send. */
export class NotFound {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    this.refusal = refusal;
  }
}

// A map in a map, since either name may contain anything.
const found = new Map<string, Map<string, Task.Any>>();

const textOf = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${messageOf(cause)}` : messageOf(cause);

const load = async (href: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    // Only the platform knows the module: a bundler must leave it alone.
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ href)) as Readonly<
      Record<string, unknown>
    >;
  } catch (cause) {
    throw new NotFound({ _tag: "ModuleFailed", where: "input", detail: textOf(cause) });
  }
};

/** The task if its module was loaded before. */
export const loaded = (href: string, name: string): Task.Any | undefined => found.get(href)?.get(name);

/** Makes the tasks known that a module exports, under the `module` that each names, as if it had been imported for them. */
export const know = (exports: object): void => {
  for (const task of Object.values(exports).filter(Task.isTask)) {
    if (task.module === undefined) continue;
    const known = found.get(task.module) ?? new Map<string, Task.Any>();
    found.set(task.module, known.set(task.name, task));
  }
};

/** Imports the task's module, unless the task is known, and looks for the task among its exports. */
export const find = async (href: string, name: string): Promise<Task.Any> => {
  const known = loaded(href, name);
  if (known !== undefined) return known;
  const exports = await load(href);
  const tasks = Object.values(exports).filter(Task.isTask);
  found.set(href, new Map(tasks.map((task) => [task.name, task])));
  const task = loaded(href, name);
  if (task !== undefined) return task;
  const names = tasks.map((other) => `"${other.name}"`).join(", ") || "no task at all";
  const detail = `module ${href} exports no task named "${name}"; it exports ${names}. Export the task from its module.`;
  throw new NotFound({ _tag: "TaskNotFound", where: "input", detail });
};
