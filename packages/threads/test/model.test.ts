import { model } from "@heddle/conformance/model";

import * as Threads from "../src/Threads.ts";

model("threads", { open: Threads.open });
