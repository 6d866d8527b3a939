import { serve } from "../../src/worker/serve.ts";
import * as Tasks from "../fixtures/tasks.ts";

serve([Tasks]);
