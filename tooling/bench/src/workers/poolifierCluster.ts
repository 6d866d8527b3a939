import { ClusterWorker } from "poolifier";

import { bodies } from "../bodies.ts";

export default new ClusterWorker(bodies as never);
