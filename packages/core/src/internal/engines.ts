/**
 * The engine behind a service, for the promise façade, which needs no fiber per call.
 */
import type { Service } from "../Runtime.ts";
import type { Engine } from "./engine.ts";

const engines = new WeakMap<Service, Engine>();

export const register = (service: Service, engine: Engine): Service => {
  engines.set(service, engine);
  return service;
};

export const of = (service: Service): Engine | undefined => engines.get(service);
