import { serve } from "@heddle/pool/worker/loop";

import { processPort } from "./port.ts";

serve(processPort);
