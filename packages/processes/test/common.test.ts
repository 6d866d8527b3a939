import { common } from "@heddle/conformance/common";

import * as Processes from "../src/Processes.ts";

common("processes", Processes, new URL("../src/Processes.ts", import.meta.url).href);
