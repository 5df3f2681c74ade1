// Every view under load: accessible in light and dark, on a screen and a phone.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fill, stir } from "../support/load.js";
import { scene } from "../support/scene.js";

const views = ["overview", "locks", "queue", "trades", "effects?state=any", "dead-letters", "history"];

describe("appearance, under load", () => {
  let load;
  after(() => load?.stop()); // before the scene removes the node
  const at = scene();
  before(async () => {
    await fill(at.node, 500);
    for (const side of ["BUY", "SELL"])
      await at.node.call("POST", "/v1/trades", {
        symbol: "BTCUSDT", side, type: "MARKET", quantity: "0.001", ownerId: "bot-1",
      });
    for (let i = 0; i < 6; ++i)
      await at.node.wait(`fill:0000${i % 2}`, { ownerId: `bot-${i}`, priority: 1 + i });
    const lock = await at.node.lock("dead:one");
    await at.node.wait("dead:one", { timeoutMs: 100 });
    await at.node.call("POST", `/v1/locks/${lock.lockId}/release`, { fencingToken: lock.fencingToken });
    load = stir(at.node, 40);
  });

  const lookAt = async (tab, name) => {
    for (const view of views) {
      await tab.go(view);
      await tab.see(tab.page.locator(view === "overview" ? ".lately li" : ".row"));
      await tab.checkAccess(`${name} ${view}`);
      await tab.checkWidth(`${name} ${view}`);
      await tab.picture(`${name}-${view.replace(/\W.*/, "")}`);
    }
  };

  test("light", async () => {
    const tab = await at.tab({ colorScheme: "light" });
    await lookAt(tab, "light");
    await tab.close();
  });

  test("dark, as the system says, or as one chooses for the session", async () => {
    const tab = await at.tab({ colorScheme: "dark" });
    await lookAt(tab, "dark");
    const ground = () => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await tab.page.getByRole("button", { name: "Light" }).click();
    const light = await ground();
    assert.notEqual(light, dark);
    await tab.page.reload();
    await tab.see(tab.page.getByText("Live", { exact: true }));
    assert.equal(await ground(), light, "kept for the session");
    await tab.close();
    const another = await at.tab({ colorScheme: "dark" });
    await another.see(another.page.locator(".tile"));
    assert.equal(
      await another.page.evaluate(() => getComputedStyle(document.body).backgroundColor),
      dark,
      "and for no other",
    );
    await another.close();
  });

  test("a phone of 360 pixels scrolls downwards alone", async () => {
    const tab = await at.tab({ viewport: { width: 360, height: 640 }, hasTouch: true });
    await lookAt(tab, "phone");
    await tab.page.getByRole("button", { name: "Menu" }).click();
    await tab.page.getByRole("link", { name: /^Locks/ }).click();
    await tab.row("fill:").first().click();
    await tab.see(tab.page.getByRole("complementary"));
    await tab.checkAccess("details on a phone");
    await tab.checkWidth("details on a phone");
    await tab.picture("phone-detail");
    await tab.page.getByRole("button", { name: "Force release…" }).click();
    await tab.see(tab.page.getByRole("dialog"));
    await tab.checkWidth("a dialog on a phone");
    await tab.picture("phone-dialog");
    await tab.close();
  });

  test("the keyboard reaches every view, and every row", async () => {
    const tab = await at.tab();
    await tab.see(tab.page.locator(".tile"));
    await tab.page.keyboard.press("Tab");
    await tab.page.keyboard.press("Enter"); // past the menu
    assert.equal(await tab.page.evaluate(() => document.activeElement.id), "main");
    await tab.page.getByRole("link", { name: /^Locks/ }).focus();
    await tab.page.keyboard.press("Enter");
    await tab.see(tab.row("fill:"));
    await tab.page.locator('.row[tabindex="0"]').focus();
    const key = () => tab.page.evaluate(() => document.activeElement.dataset.key);
    const first = await key();
    await tab.page.keyboard.press("PageDown");
    await tab.page.keyboard.press("ArrowDown");
    await tab.page.waitForFunction((old) => document.activeElement.dataset.key !== old, first);
    await tab.page.keyboard.press("Enter");
    await tab.see(tab.page.getByRole("complementary"));
    assert.match(await tab.page.evaluate(() => document.activeElement.tagName), /H2/);
    await tab.page.keyboard.press("Escape");
    await tab.gone(tab.page.getByRole("complementary"));
    await tab.page.waitForFunction(() => document.activeElement.classList.contains("row"));
    await tab.close();
  });
});
