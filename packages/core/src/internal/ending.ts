/**
 * The end of a runtime, for what lives as long as it does.
 */
import type { Adapter } from "../Adapter.ts";
import type { Access } from "../Coordination.ts";

/** Tells once that no job is left. */
export class Ending {
  private listeners: Set<() => void> | undefined = new Set();

  /** Calls back at the end; at once if it has come. */
  readonly onClosed = (listener: () => void): void => {
    if (this.listeners === undefined) listener();
    else this.listeners.add(listener);
  };

  /** It has come. */
  tell(): void {
    const { listeners = [] } = this;
    this.listeners = undefined;
    for (const listener of listeners) listener();
  }
}

/** The coordination of an adapter that declares it, together with the end of its runtime. */
export const accessOf = ({ capabilities, coordination }: Adapter, ending: Ending): Access | undefined => {
  const { coordination: sharing } = capabilities;
  if (sharing === "none" || coordination === undefined) return undefined;
  return {
    id: coordination.id,
    sharing,
    onUnitEnd: (listener) => coordination.onUnitEnd(listener),
    serve: (server) => coordination.serve(server),
    onClosed: ending.onClosed,
  };
};
