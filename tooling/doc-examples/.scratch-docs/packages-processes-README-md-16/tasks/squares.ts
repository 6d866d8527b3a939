// tasks/squares.ts
import * as Task from "@heddle/core/Task";

export const square = Task.make({
  name: "squares/square",
  module: import.meta.url, // a worker imports this file
  body: (n: number) => n * n,
});
