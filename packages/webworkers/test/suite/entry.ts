import { serve } from "../../src/worker/serve.ts";

serve();
