import { ThreadWorker } from "poolifier";

import { bodies } from "../bodies.ts";

export default new ThreadWorker(bodies as never);
