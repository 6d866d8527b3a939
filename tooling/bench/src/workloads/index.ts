/** All workloads, in the order of the measures of done. */
import type { Workload } from "../contract.ts";
import { workloads as calls } from "./calls.ts";
import { workloads as computing } from "./computing.ts";
import { workloads as data } from "./data.ts";
import { workloads as footprint } from "./footprint.ts";

export const workloads: ReadonlyArray<Workload> = [...calls, ...data, ...computing, ...footprint];
