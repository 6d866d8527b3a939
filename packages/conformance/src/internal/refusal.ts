/**
 * How waits end, for cases and for bodies: loads no Effect.
 */

/** The reason that an operation on a shared object is refused for, or what it was aborted with; "done" if it is not. */
export const refusalOf = (operation: Promise<unknown>): Promise<unknown> =>
  operation.then(
    () => "done",
    (thrown: unknown) => (thrown as { readonly reason?: unknown } | null)?.reason ?? thrown,
  );

/** The same of an operation that is over at once. */
export const refusalAtOnce = (operation: () => unknown): unknown => {
  try {
    operation();
    return "done";
  } catch (thrown) {
    return (thrown as { readonly reason?: unknown }).reason ?? thrown;
  }
};
