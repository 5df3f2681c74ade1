// The operator's desk: what is in doubt, dead letters, pausing.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { FakeExchange } from "../support/fake_mexc.js";
import { until } from "../support/node_process.js";
import { scene } from "../support/scene.js";

const exchange = new FakeExchange();

describe("the operator's desk", () => {
  before(() => exchange.start());
  const at = scene({ config: (directory) => exchange.config(directory) });
  after(() => exchange.stop());

  test("an effect in doubt is resolved with outcome, reason and reference", async () => {
    await exchange.control("/fake/faults", {
      rules: [
        { on: "order", fault: "500_before" },
        { on: "query", fault: "500_before", times: 100_000 },
      ],
    });
    const tab = await at.tab();
    await tab.go("effects");
    await tab.see(tab.page.getByText("Nothing is in doubt."));
    const trade = {
      symbol: "BTCUSDT",
      side: "BUY",
      type: "MARKET",
      quantity: "0.25",
      ownerId: "bot-1",
      onLocked: "wait",
      waitMs: 60_000,
    };
    const asked = at.node.call("POST", "/v1/trades", trade, [504]);
    const row = tab.row("BUY 0.25 BTCUSDT MARKET");
    await tab.see(row); // it came by itself
    const { effectId, tradeId } = await asked;
    await tab.see(tab.page.locator("nav .view-count.doubt"));
    await row.click();
    await tab.checkAccess("an effect in doubt");
    await tab.picture("effect");
    await tab.page.getByRole("button", { name: "Resolve…" }).click();
    const dialog = tab.page.getByRole("dialog");
    const confirm = dialog.getByRole("button", { name: "Resolve" });
    assert.equal(await confirm.isDisabled(), true, "not without an outcome");
    await dialog.getByLabel("It happened").check();
    await dialog.getByLabel("Reason, for the journal").fill("seen in the order history");
    await dialog.getByLabel(/order id, message id/).fill("C02__7");
    await tab.checkAccess("the resolve form");
    await tab.picture("resolve");
    await confirm.click();
    await tab.gone(row);
    const effect = await at.node.call("GET", `/v1/effects/${effectId}`);
    assert.equal(effect.state, "done");
    assert.equal(effect.outcome.orderId, "C02__7");
    await tab.go(`trades?open=${tradeId}`);
    await tab.see(tab.page.getByRole("complementary").getByText("seen in the order history"));
    await tab.picture("trade");
    await tab.close();
  });

  /** Granted from the queue, and nobody came: two dead letters of a resource. */
  const bury = async (name) => {
    const lock = await at.node.lock(name, { timeoutMs: 60_000 });
    const entry = await at.node.wait(name, { idempotencyKey: name, timeoutMs: 200 });
    await at.node.call("POST", `/v1/locks/${lock.lockId}/release`, { fencingToken: lock.fencingToken });
    return entry;
  };

  test("a dead letter is requeued, another one discarded", async () => {
    const tab = await at.tab();
    await tab.go("dead-letters");
    await tab.see(tab.page.getByText("No dead letters."));
    await bury("dead:again");
    await bury("dead:never");
    await tab.see(tab.row("dead:again"));
    await tab.see(tab.row("dead:never"));
    await tab.picture("dead-letters");
    await at.node.lock("dead:again", { ownerId: "bot-9", timeoutMs: 600_000 });
    await tab.row("dead:again").click();
    await tab.page.getByRole("button", { name: "Requeue…" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Requeue" }).click();
    await tab.gone(tab.row("dead:again"));
    const { queue } = await at.node.call("GET", "/v1/resources/dead%3Aagain");
    assert.equal(queue.length, 1);
    await tab.row("dead:never").click();
    await tab.page.getByRole("button", { name: "Discard…" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Discard" }).click();
    await tab.gone(tab.row("dead:never"));
    const { items } = await at.node.call("GET", "/v1/dead-letters");
    assert.deepEqual(items, []);
    await tab.close();
  });

  test("what the node refuses is told where it was asked for", async () => {
    await bury("dead:gone");
    const tab = await at.tab({ forgiven: /404/ });
    await tab.go("dead-letters");
    await tab.row("dead:gone").click();
    await tab.page.getByRole("button", { name: "Discard…" }).click();
    const dialog = tab.page.getByRole("dialog");
    await tab.see(dialog);
    const { items } = await at.node.call("GET", "/v1/dead-letters");
    await at.node.call("DELETE", `/v1/dead-letters/${items[0].deadLetterId}`);
    await dialog.getByRole("button", { name: "Discard" }).click();
    await tab.see(dialog.getByRole("alert").getByText(/\w/));
    await dialog.getByRole("button", { name: "Keep as it is" }).click();
    await tab.gone(dialog);
    await tab.close();
  });

  test("pausing is seen in every view, and undone", async () => {
    const tab = await at.tab();
    await tab.page.getByRole("button", { name: "Pause…" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    for (const view of ["overview", "locks", "history"]) {
      await tab.go(view);
      await tab.see(tab.page.getByText("This node is paused: no new task starts."));
    }
    await tab.checkAccess("a paused node");
    await tab.page.getByRole("button", { name: "Resume…" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await tab.gone(tab.page.getByText("This node is paused: no new task starts."));
    await until("the node runs", async () => !(await at.node.call("GET", "/v1/stats")).paused);
    await tab.close();
  });

  test("somebody else's pause is seen as well", async () => {
    const tab = await at.tab();
    await tab.go("locks");
    await at.node.call("POST", "/v1/pause");
    await tab.see(tab.page.locator(".run-state.paused"));
    await at.node.call("POST", "/v1/resume");
    await tab.gone(tab.page.locator(".run-state.paused"));
    await tab.close();
  });
});
