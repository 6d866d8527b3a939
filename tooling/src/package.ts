#!/usr/bin/env node
// Run in a package's folder: checks it the way it is published.
//   heddle-package            fails when exports, tarball or API reports are not in order
//   heddle-package --update   rewrites publishConfig.exports and the API reports, then checks the rest
import { checkApi } from "./apiReport.ts";
import { checkExports, readManifest, updateExports } from "./exports.ts";
import { checkTarball } from "./tarball.ts";

const folder = process.cwd();
const update = process.argv.includes("--update");
const manifest = update ? updateExports(folder) : readManifest(folder);

const problems = [
  ...checkExports(folder, manifest),
  ...(await checkTarball(folder)),
  ...checkApi(folder, update),
];
for (const problem of problems) console.error(`${manifest.name}: ${problem}`);
if (problems.length > 0) process.exit(1);
console.log(`${manifest.name}: package is fine`);
