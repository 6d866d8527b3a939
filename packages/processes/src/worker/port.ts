/**
 * The worker's end of the channel that it was started with.
 */
import type { Port } from "@heddle/pool/worker/port";

import { startedWith } from "../internal/startArguments.ts";
import { descriptorPort } from "./descriptorPort.ts";
import { ipcPort } from "./ipcPort.ts";
import { prepareOutput } from "./output.ts";

const { hasOffers, kind, lane } = startedWith(process.argv);

prepareOutput(kind === "ipc" ? "platform" : "synchronous");

// A console there sends Ctrl-C to all its programs, and it is for the host alone.
if (process.platform === "win32") process.on("SIGINT", () => undefined);

export const processPort: Port = kind === "ipc" ? ipcPort(lane) : descriptorPort(lane, hasOffers);
