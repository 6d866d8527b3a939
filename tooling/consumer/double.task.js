import * as Task from "@heddle/core/Task";

export const double = Task.make({
  name: "consumer/double",
  module: import.meta.url,
  body: (n) => n * 2,
});
