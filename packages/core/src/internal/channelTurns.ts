/**
 * Turns of the event loop where there is no `setImmediate`: a channel that sends messages to itself.
 */

/** Gives a function that calls back in a turn of its own, in order, and returns how to take that back. */
export const channelTurns = (): ((action: () => void) => () => void) => {
  const { port1, port2 } = new MessageChannel();
  const waiting = new Map<unknown, () => void>();
  let last = 0;
  // One message is one turn, and calls one action: what an action throws must not keep the next from its turn.
  port1.addEventListener("message", (event) => {
    const { data } = event as Event & { readonly data?: unknown };
    const action = waiting.get(data);
    waiting.delete(data);
    action?.();
  });
  port1.start();
  return (action) => {
    const turn = ++last;
    waiting.set(turn, action);
    port2.postMessage(turn);
    return () => void waiting.delete(turn);
  };
};
