/** Where a peer finds the module with the bodies; benchmarks run as JavaScript (see `stage.ts`). */
import { fileURLToPath } from "node:url";

export const workerFile = (name: string): string =>
  fileURLToPath(new URL(`./workers/${name}.js`, import.meta.url));
