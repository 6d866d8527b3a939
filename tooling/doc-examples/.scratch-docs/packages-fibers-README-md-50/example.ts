import * as Task from "@heddle/core/Task";
import * as Fibers from "@heddle/fibers";

const crunch = Task.make({
  name: "numbers/crunch",
  body: (millis: number) => {
    const end = performance.now() + millis;
    while (performance.now() < end);
  },
});

await using runtime = await Fibers.open({
  blockThreshold: "50 millis",
  onBlocked: ({ exact, suspects: [first] }) => console.log(first.task, exact), // numbers/crunch true
});
await runtime.run(crunch, 100);
