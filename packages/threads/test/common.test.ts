import { common } from "@heddle/conformance/common";

import * as Threads from "../src/Threads.ts";

common("threads", Threads, new URL("../src/Threads.ts", import.meta.url).href);
