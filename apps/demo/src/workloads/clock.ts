/** Waiting that ends early when it is cancelled: the done-event as a clock. */
export const waitFor = (done: AbortSignal, millis: number): Promise<boolean> => {
  if (done.aborted) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      done.removeEventListener("abort", finish);
      resolve(done.aborted);
    };
    const timer = setTimeout(finish, Math.max(0, millis));
    done.addEventListener("abort", finish);
  });
};
