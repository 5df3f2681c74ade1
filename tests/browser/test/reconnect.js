// The node is killed and comes back: nothing is missing, nothing is there twice.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { scene } from "../support/scene.js";
import { until } from "../support/node_process.js";

/** What Chromium itself says of requests that meet nobody. */
const away = /ERR_(EMPTY_RESPONSE|CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING|SOCKET_NOT_CONNECTED)/;

describe("reconnect", () => {
  const at = scene();

  test("a node killed and restarted leaves no gap", async () => {
    const tab = await at.tab({ forgiven: away });
    await tab.go("history");
    await tab.see(tab.row("node started"));
    for (let i = 0; i < 20; ++i) await at.node.lock(`before:${i}`, { timeoutMs: 600_000 });
    await tab.see(tab.row("before:19"));
    await at.node.crash();
    await tab.see(tab.page.getByText("Not connected"));
    await tab.picture("not-connected");
    await at.node.start();
    for (let i = 0; i < 20; ++i) await at.node.lock(`after:${i}`, { timeoutMs: 600_000 });
    await tab.see(tab.row("after:19"));
    await tab.see(tab.page.getByText("Live", { exact: true }));
    const numbers = [...(await at.node.journal())].map((event) => String(event.seq)).reverse();
    await until("every event stands there once, in order", async () => {
      const shown = new Set();
      await tab.page.locator(".grid").evaluate((grid) => (grid.scrollTop = 0));
      for (let i = 0; i < 40 && shown.size < numbers.length; ++i) {
        for (const key of await tab.page
          .locator(".row")
          .evaluateAll((rows) => rows.map((row) => row.dataset.key)))
          shown.add(key);
        await tab.page.locator(".grid").evaluate((grid) => (grid.scrollTop += 300));
        await tab.page.waitForTimeout(20); // for the scrolled rows to be drawn
      }
      return JSON.stringify([...shown].sort((a, b) => b - a)) === JSON.stringify(numbers);
    });
    assert.equal(await tab.page.getByText(/^\d+ rows$/).textContent(), `${numbers.length} rows`);
    await tab.close();
  });

  test("locks and figures go on where they were", async () => {
    const tab = await at.tab({ forgiven: away });
    await tab.go("locks");
    await tab.see(tab.row("after:19"));
    await at.node.crash();
    await tab.see(tab.page.getByText("Not connected"));
    await at.node.start();
    const lock = await at.node.lock("again:one", { timeoutMs: 600_000 });
    await tab.see(tab.row("again:one"));
    await at.node.call("POST", `/v1/locks/${lock.lockId}/release`, { fencingToken: lock.fencingToken });
    await tab.gone(tab.row("again:one"));
    await tab.see(tab.row("before:0").or(tab.row("after:19")));
    await tab.close();
  });

  test("a page opened while the node is away comes up with it", async () => {
    const tab = await at.tab({ forgiven: away });
    await tab.see(tab.page.locator("main h1").or(tab.page.locator("nav")));
    await at.node.crash();
    await tab.page.evaluate(() => location.reload()).catch(() => undefined);
    const served = await tab.page
      .getByText("Trying again")
      .waitFor({ timeout: 5000 })
      .then(() => true, () => false);
    await at.node.start();
    if (!served) await tab.page.goto(tab.url); // the node serves the page itself
    await tab.see(tab.page.getByText("Live", { exact: true }));
    await tab.close();
  });
});
