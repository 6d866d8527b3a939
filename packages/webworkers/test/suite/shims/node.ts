/**
 * What else the suite uses of Node, for a page and its workers.
 */
const scope = globalThis as unknown as { readonly close: () => void };

export const tmpdir = (): string => "";
export const join = (...parts: ReadonlyArray<string>): string => parts.filter(Boolean).join("/");
export const dirname = (path: string): string => path.slice(0, path.lastIndexOf("/"));
export const fileURLToPath = (url: URL | string): string => new URL(url).pathname;
export const randomUUID = (): string => crypto.randomUUID();
export const threadId = 0;
export const isMainThread = false;
export const parentPort = null;
export const subscribe = (): void => undefined;
export const unsubscribe = (): void => undefined;
export const registerHooks = (): void => undefined;
export const runInNewContext = (): never => {
  throw new Error("a page has no second realm of its own");
};

export const setImmediate = (action: () => void): void => void setTimeout(action, 0);

// Of what runs after it in Node, nothing could send anything: there it does not run at all.
const exit = (): never => {
  scope.close();
  MessagePort.prototype.postMessage = () => undefined;
  throw new Error("the worker has closed");
};

const stream = {
  write: (_: string, done?: () => void): boolean => {
    done?.();
    return true;
  },
};

export const process = {
  pid: 0,
  env: {},
  cwd: () => "/",
  exit,
  abort: exit,
  kill: () => true,
  // A page does not end while the suite runs in it.
  once: () => undefined,
  removeListener: () => undefined,
  stdout: stream,
  stderr: stream,
};
