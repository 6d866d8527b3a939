import * as Runtime from "@heddle/core/Runtime";
import * as Threads from "@heddle/threads";
import * as Effect from "effect/Effect";

import { square } from "./tasks/squares.ts";

const program = Runtime.run(square, 12).pipe(Effect.provide(Threads.layer({ size: 1 })));
console.log(await Effect.runPromise(program)); // 144
