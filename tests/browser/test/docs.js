// The description of the API, as people read it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scene } from "../support/scene.js";

describe("the description of the API", () => {
  const at = scene();

  const open = async (options, fragment = "") => {
    const tab = await at.tab(options);
    await tab.page.goto(`${at.node.url}/docs${fragment}`);
    await tab.see(tab.page.locator("details"));
    return tab;
  };

  test("every call and every shape is there, each opened by its address", async () => {
    const tab = await open({ colorScheme: "light" }, "#postLocks");
    const { paths, components } = await at.node.call("GET", "/openapi.json");
    const calls = Object.values(paths).flatMap((methods) => Object.keys(methods));
    assert.equal(await tab.page.locator("details").count(), calls.length);
    assert.equal(
      await tab.page.locator('section[id^="shape-"]').count(),
      Object.keys(components.schemas).length,
    );
    await tab.see(tab.page.locator("#postLocks").getByText("Queued."));
    for (const link of await tab.page.locator('a[href^="#"]').all()) {
      const id = (await link.getAttribute("href")).slice(1);
      assert.equal(await tab.page.locator(`[id="${id}"]`).count(), 1, id);
    }
    await tab.picture("docs-light");
    await tab.checkAccess("docs");
    await tab.close();
  });

  test("in the dark, and on a phone", async () => {
    const tab = await open({ colorScheme: "dark", viewport: { width: 360, height: 640 } }, "#postTrades");
    for (const details of await tab.page.locator("details").all())
      await details.evaluate((node) => (node.open = true));
    await tab.checkAccess("docs on a phone");
    await tab.checkWidth("docs on a phone");
    await tab.picture("docs-phone");
    await tab.close();
  });
});
