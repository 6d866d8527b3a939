/**
 * Adapters that are wrong on purpose: the suite has to catch each of them.
 */
import { cancellation } from "./cancellation.ts";
import { capabilities } from "./capabilities.ts";
import { coordination } from "./coordination.ts";
import { emissions } from "./emissions.ts";
import type { Mutant } from "./mutant.ts";
import { order } from "./order.ts";
import { outcomes } from "./outcomes.ts";
import { series } from "./series.ts";
import { told } from "./told.ts";
import { workers } from "./workers.ts";

export const mutants: ReadonlyArray<Mutant> = [
  ...outcomes,
  ...cancellation,
  ...order,
  ...series,
  ...emissions,
  ...capabilities,
  ...workers,
  ...told,
  ...coordination,
];
