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
    return (await import(href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new NotFound({ _tag: "ModuleFailed", where: "input", detail: textOf(cause) });
  }
};

/** The task if its module was loaded before. */
export const loaded = (href: string, name: string): Task.Any | undefined => found.get(href)?.get(name);

/** Imports the task's module and looks for the task among its exports. */
export const find = async (href: string, name: string): Promise<Task.Any> => {
  const exports = await load(href);
  const tasks = Object.values(exports).filter(Task.isTask);
  found.set(href, new Map(tasks.map((task) => [task.name, task])));
  const task = loaded(href, name);
  if (task !== undefined) return task;
  const names = tasks.map((other) => `"${other.name}"`).join(", ") || "no task at all";
  const detail = `module ${href} exports no task named "${name}"; it exports ${names}. Export the task from its module.`;
  throw new NotFound({ _tag: "TaskNotFound", where: "input", detail });
};
