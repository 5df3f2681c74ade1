// Bearer tokens against a node that asks for them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import * as holdfast from "../src/index.js";
import { NodeProcess } from "./node_process.js";

const hash = (token: string) => createHash("sha256").update(token).digest("hex");

/** Nothing when the binary is older than `[auth]`. */
async function guarded(t: TestContext): Promise<NodeProcess | undefined> {
  const node = new NodeProcess((at) => `[auth]\ntokens_file = "${at}/tokens"\n`);
  writeFileSync(
    join(node.directory, "tokens"),
    `reader read ${hash("token-r")}\ntrader trade ${hash("token-t")}\n`,
    { mode: 0o600 },
  );
  t.after(() => node.remove());
  try {
    return await node.start();
  } catch (error) {
    // A node that fails in any other way is a failure.
    if (!String(error).includes("[auth] is not supported")) throw error;
    t.skip("this binary knows no [auth]");
    return undefined;
  }
}

test("a token opens what its scope allows, and nothing else", async (t) => {
  const node = await guarded(t);
  if (!node) return;
  const as = (token?: string) =>
    new holdfast.HoldfastClient({ url: node.url, ...(token ? { token } : {}) });
  const request = { resourceId: "r", ownerId: "a" };
  await assert.rejects(as().stats(), holdfast.UnauthorizedError);
  await assert.rejects(as("wrong").stats(), holdfast.UnauthorizedError);
  await assert.rejects(as("token-r").acquire(request), holdfast.ForbiddenError);
  assert.equal((await as("token-r").stats()).paused, false);
  assert.equal((await as("token-t").acquire(request)).outcome, "granted");
  await assert.rejects(as("token-t").pause(), holdfast.ForbiddenError);
});

test("a token comes from the option, a file or the environment", async (t) => {
  const node = await guarded(t);
  if (!node) return;
  const { url } = node;
  const tokenFile = join(node.directory, "my-token");
  writeFileSync(tokenFile, "token-r\n");
  await new holdfast.HoldfastClient({ url, tokenFile }).stats();
  process.env["HOLDFAST_TOKEN"] = "token-r";
  t.after(() => delete process.env["HOLDFAST_TOKEN"]);
  await new holdfast.HoldfastClient({ url }).stats();
});

test("a token that cannot be one is refused without being told", () => {
  assert.throws(
    () => new holdfast.HoldfastClient({ token: "secret\r\nx-evil: 1" }),
    (error: Error) => !error.message.includes("secret"),
  );
  assert.throws(
    () => new holdfast.HoldfastClient({ url: "http://a:secret@127.0.0.1" }),
    (error: Error) => !error.message.includes("secret"),
  );
});
