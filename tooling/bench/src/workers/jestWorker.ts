import { bodies } from "../bodies.ts";

export const { burn, burnAll, double, doubleAll, echo, echoMoved, isPrime, noop, scaleMoved } = bodies;
