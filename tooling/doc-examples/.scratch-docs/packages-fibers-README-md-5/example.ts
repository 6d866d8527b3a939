import { setTimeout as wait } from "node:timers/promises";

import * as Task from "@heddle/core/Task";
import * as Fibers from "@heddle/fibers";

const fetchLength = Task.make({
  name: "pages/length",
  body: async (page: string, { signal }) => {
    await wait(20, undefined, { signal }); // stands for a request
    return page.length;
  },
});

await using runtime = await Fibers.open({ concurrency: 10 });
for await (const n of runtime.map(fetchLength, ["warp", "weft", "heddle"])) console.log(n); // 4, 4, 6
