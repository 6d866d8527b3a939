import { Tinypool } from "tinypool";

import { bodies } from "../bodies.ts";

export const { burn, burnAll, double, doubleAll, echo, isPrime, noop } = bodies;

export const echoMoved = (bytes: Uint8Array): unknown => Tinypool.move(bodies.echoMoved(bytes));
export const scaleMoved = (values: Float64Array): unknown => Tinypool.move(bodies.scaleMoved(values));
