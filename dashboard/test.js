// Bundles test/*.test.ts, as the page itself is bundled, and runs them.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";

rmSync("dist-test", { recursive: true, force: true });
const names = readdirSync("test").filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: names.map((name) => `test/${name}`),
  outdir: "dist-test",
  bundle: true,
  format: "esm",
  platform: "node",
  jsx: "automatic",
  jsxImportSource: "preact",
});
const files = names.map((name) => `dist-test/${name.replace(/ts$/, "js")}`);
const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
process.exit(run.status ?? 1);
