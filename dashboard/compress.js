// Compresses what was built, for the node to serve where gzip is accepted, and
// tells how much goes over the wire.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = new URL("dist/", import.meta.url);
let total = 0;
for (const name of readdirSync(folder)) {
  if (name.endsWith(".gz")) continue;
  const body = readFileSync(new URL(name, folder));
  const packed = gzipSync(body, { level: 9 });
  writeFileSync(new URL(`${name}.gz`, folder), packed);
  total += packed.length;
  console.log(`${name}: ${body.length} bytes, ${packed.length} compressed`);
}
console.log(`together: ${total} bytes compressed`);
