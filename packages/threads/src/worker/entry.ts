import { serve } from "@heddle/pool/worker/loop";

import { threadPort } from "./port.ts";

serve(threadPort);
