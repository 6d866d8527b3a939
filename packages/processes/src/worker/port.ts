/**
 * The worker's end of the channel that it was started with.
 */
import type { Port } from "@heddle/pool/worker/port";

import { descriptorPort } from "./descriptorPort.ts";
import { ipcPort } from "./ipcPort.ts";
import { makeOutputSynchronous } from "./output.ts";

const [, , lane = "processes/0", kind] = process.argv;

if (kind !== "ipc") makeOutputSynchronous();

export const processPort: Port = kind === "ipc" ? ipcPort(lane) : descriptorPort(lane);
