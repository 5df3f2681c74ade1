// Tokens: asked for, kept for the session, and never more shown than may be done.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { before, describe, test } from "node:test";
import { scene } from "../support/scene.js";

const tokens = {
  "hf-read": { name: "grafana", scope: "read" },
  "hf-trade": { name: "bot", scope: "trade" },
  "hf-operate": { name: "chief", scope: "operate" },
  "hf-bound": { name: "desk", scope: "operate", ownerId: "bot-1" },
};

function writeTokens(directory) {
  const lines = Object.entries(tokens).map(([token, { name, scope, ownerId = "" }]) =>
    `${name} ${scope} ${createHash("sha256").update(token).digest("hex")} ${ownerId}`.trim(),
  );
  writeFileSync(`${directory}/tokens`, `${lines.join("\n")}\n`, { mode: 0o600 });
  return `[auth]\ntokens_file = "${directory}/tokens"\n`;
}

/** Chromium reports refused requests; that is what these tests make. */
const refused = /status of 401/;

describe("access", () => {
  const at = scene({ config: writeTokens });
  before(async () => {
    at.node.token = "hf-operate";
    await at.node.lock("mine:one", { ownerId: "bot-1", timeoutMs: 600_000 });
    await at.node.lock("theirs:one", { ownerId: "bot-2", timeoutMs: 600_000 });
    await at.node.wait("mine:one", { ownerId: "bot-3", timeoutMs: 600_000 });
  });

  const signIn = async (token) => {
    const tab = await at.tab({ forgiven: refused });
    await tab.page.getByLabel("Token").fill(token);
    await tab.page.getByRole("button", { name: "Sign in" }).click();
    return tab;
  };

  const buttons = async (tab, view, text) => {
    await tab.go(view);
    await tab.row(text).first().click();
    await tab.see(tab.page.getByRole("complementary").getByText("Priority", { exact: true }));
    return tab.page.getByRole("complementary").locator(".buttons button").allTextContents();
  };

  test("without a token the page asks for one, and says when it is wrong", async () => {
    const tab = await signIn("hf-wrong");
    await tab.see(tab.page.getByText("The node does not know this token."));
    await tab.checkAccess("signing in");
    await tab.picture("sign-in");
    assert.equal(await tab.page.evaluate(() => sessionStorage.length), 0);
    await tab.page.getByLabel("Token").fill("hf-operate");
    await tab.page.getByRole("button", { name: "Sign in" }).click();
    await tab.see(tab.page.getByText("chief"));
    await tab.see(tab.page.getByText("Live", { exact: true }));
    const kept = await tab.page.evaluate(() => [
      JSON.stringify({ ...sessionStorage }),
      JSON.stringify({ ...localStorage }),
      document.cookie,
      location.href,
    ]);
    assert.deepEqual([kept[0].includes("hf-operate"), kept[1], kept[2]], [true, "{}", ""]);
    assert.ok(!kept[3].includes("hf-operate"));
    await tab.page.reload();
    await tab.see(tab.page.getByText("Live", { exact: true }));
    await tab.page.getByRole("button", { name: "Sign out" }).click();
    await tab.see(tab.page.getByLabel("Token"));
    assert.equal(await tab.page.evaluate(() => sessionStorage.length), 0);
    await tab.close();
  });

  test("read sees everything and may nothing", async () => {
    const tab = await signIn("hf-read");
    await tab.see(tab.page.getByText("grafana"));
    assert.equal(await tab.page.getByRole("button", { name: "Pause…" }).count(), 0);
    assert.deepEqual(await buttons(tab, "locks", "mine:one"), []);
    assert.deepEqual(await buttons(tab, "queue", "mine:one"), []);
    await at.node.lock("seen:live", { timeoutMs: 600_000 });
    await tab.go("locks");
    await tab.see(tab.row("seen:live"));
    await tab.close();
  });

  test("trade may cancel, and not release by force", async () => {
    const tab = await signIn("hf-trade");
    await tab.see(tab.page.locator(".who", { hasText: "trade" }));
    assert.deepEqual(await buttons(tab, "locks", "mine:one"), []);
    assert.deepEqual(await buttons(tab, "queue", "mine:one"), ["Cancel…"]);
    await tab.close();
  });

  test("a token of one owner acts on what is his alone", async () => {
    const tab = await signIn("hf-bound");
    await tab.see(tab.page.locator(".who", { hasText: "for bot-1" }));
    assert.deepEqual(await buttons(tab, "locks", "mine:one"), ["Force release…"]);
    assert.deepEqual(await buttons(tab, "locks", "theirs:one"), []);
    assert.equal(await tab.page.getByRole("button", { name: "Pause…" }).count(), 0);
    await tab.close();
  });
});
