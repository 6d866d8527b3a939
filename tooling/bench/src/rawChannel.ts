/** A worker without a library: something to post to and to hear from. */
import { fork, type Serializable, type SerializationType } from "node:child_process";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface Channel {
  readonly post: (message: unknown, transfer?: ReadonlyArray<ArrayBuffer>) => void;
  readonly onMessage: (listener: (message: unknown) => void) => void;
  readonly close: () => Promise<void>;
}

// Nothing is told apart here: without a library the death of a worker is the death of the program.
const die = (error: Error): never => {
  throw error;
};

export const thread = (file: string): Channel => {
  const worker = new Worker(file);
  worker.on("error", (error) => die(error as Error));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as Array<ArrayBuffer> | undefined),
    onMessage: (listener) => void worker.on("message", listener),
    close: async () => void (await worker.terminate()),
  };
};

export const childProcess = (file: string, serialization: SerializationType): Channel => {
  const child = fork(file, { serialization });
  child.on("error", die);
  return {
    post: (message) => void child.send(message as Serializable),
    onMessage: (listener) => void child.on("message", listener),
    close: async () => {
      const exit = once(child, "exit");
      child.disconnect();
      await exit;
    },
  };
};
