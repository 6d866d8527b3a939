import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { findExamples, writeExamples, typecheckExamples } from "@heddle/tooling/docExamples";
const root = join(import.meta.dirname, "../..");
const stage = join(import.meta.dirname, ".scratch-docs");
const want = process.argv.slice(2);
const ex = findExamples(root).filter((e) => want.length === 0 ? e.document.endsWith(".md") : want.includes(e.document));
for (const e of ex) if (e.refused) console.log("REFUSED", e.name, e.refused);
writeExamples(stage, ex);
process.env.PATH = join(root, "node_modules/.bin") + ":" + process.env.PATH;
console.log("types:", await typecheckExamples(stage, ex, join(root, "tsconfig.base.json")));
for (const e of ex) {
  if (e.mode !== "run") continue;
  const t = performance.now();
  try {
    console.log(`== ${e.name} ${e.path ?? ""}\n${execFileSync(process.execPath, [e.file], { cwd: join(stage, e.folder), timeout: 60000, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })}-- ${Math.round(performance.now() - t)} ms`);
  } catch (x) { console.log(`== ${e.name} FAILED`, x.stdout, x.stderr); }
}
