import { answersTo } from "./batch.ts";

process.on("message", (batch: ReadonlyArray<unknown>) => {
  process.send?.(answersTo(batch));
});
