// Trades, positions, signals, history and the overview.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { scene } from "../support/scene.js";
import { until } from "../support/node_process.js";

const trade = (more = {}) => ({
  symbol: "BTCUSDT",
  side: "BUY",
  type: "MARKET",
  quantity: "0.001",
  ownerId: "bot-1",
  ...more,
});

/** As the contract has them, for a node that does not know positions yet. */
const position = {
  accountId: "acc-1",
  positionId: "250999390",
  pair: "XAUUSD",
  signalId: "signal-1-7",
  status: "completed",
  lastKnownProfit: "12.50",
  createdAt: "2026-01-01T10:00:00.000Z",
  updatedAt: "2026-01-01T10:05:00.000Z",
};
const signal = {
  signalId: "signal-1-7",
  accountId: "acc-1",
  positionId: "250999390",
  pair: "XAUUSD",
  type: "BUY",
  category: "vip",
  entryPrice: "2650.10",
  stopLoss: "2640.00",
  status: "active",
  telegram: { state: "sent", chatId: "-100", messageId: 7 },
  createdAt: "2026-01-01T10:00:00.000Z",
  updatedAt: "2026-01-01T10:05:00.000Z",
};

async function withPositions(node, tab) {
  const own = await fetch(`${node.url}/v1/positions`);
  if (own.ok) {
    const { accountId, positionId, pair: symbol } = position;
    const event = { accountId, positionId, symbol, type: "BUY", volume: "1", openPrice: "2650.10", stopLoss: "2640.00" };
    await node.call("POST", "/v1/positions", event);
    return;
  }
  const answer = (item) => (route) => route.fulfill({ json: { items: [item] } });
  await tab.page.route("**/v1/positions?*", answer(position));
  await tab.page.route("**/v1/signals?*", answer(signal));
}

describe("lists", () => {
  const at = scene();

  test("a trade appears as it is done, with its timeline", async () => {
    const tab = await at.tab();
    await tab.go("trades");
    await tab.see(tab.page.getByText("No trade fits."));
    await at.node.call("POST", "/v1/trades", trade());
    await tab.see(tab.row("BTCUSDT").getByText("filled"));
    await tab.row("BTCUSDT").click();
    const detail = tab.page.getByRole("complementary");
    for (const kind of ["granted", "effect sending", "effect done", "trade executed", "released"])
      await tab.see(detail.getByText(kind, { exact: true }));
    await tab.checkAccess("a trade");
    await tab.close();
  });

  test("positions and signals are there, with their timeline", async () => {
    const tab = await at.tab();
    await withPositions(at.node, tab);
    await tab.go("positions");
    await tab.row("250999390").click();
    await tab.see(tab.page.getByRole("heading", { name: "Timeline" }));
    await tab.checkAccess("a position");
    await tab.page.getByLabel("Show").selectOption("signals");
    await tab.see(tab.row("2650.1"));
    await tab.row("2650.1").click();
    await tab.see(tab.page.getByRole("heading", { name: "Timeline" }));
    await tab.picture("signal");
    await tab.close();
  });

  test("history follows live, filters, and is exported as the journal has it", async () => {
    const tab = await at.tab();
    await tab.go("history");
    await tab.see(tab.row("node started"));
    await at.node.lock("history:one", { ownerId: "historian" });
    await tab.see(tab.row("history:one"));
    await tab.page.getByRole("combobox", { name: "Event" }).selectOption("granted");
    await tab.see(tab.row("history:one"));
    await tab.gone(tab.row("node started"));
    await tab.page.getByLabel("Owner").fill("historian");
    await tab.page.keyboard.press("Enter");
    await until("one row is left", async () => (await tab.page.locator(".row").count()) === 1);

    await tab.go("history");
    await tab.page.getByLabel("Export").selectOption("0");
    const download = tab.page.waitForEvent("download");
    await tab.page.getByRole("button", { name: "Save as JSON lines" }).click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^holdfast-journal-.*\.jsonl$/);
    const lines = readFileSync(await file.path(), "utf8").trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), await at.node.journal());
    await tab.close();
  });

  test("without following, what is new waits", async () => {
    const tab = await at.tab();
    await tab.go("history");
    await tab.see(tab.row("node started"));
    await tab.page.getByLabel("Follow").uncheck();
    await at.node.lock("history:later");
    await tab.see(tab.page.getByText(/standing still, \d+ to come/));
    assert.equal(await tab.row("history:later").count(), 0);
    await tab.page.getByLabel("Follow").check();
    await tab.see(tab.row("history:later"));
    await tab.close();
  });

  test("an event's resource leads to its history, and its lock to the lock", async () => {
    const lock = await at.node.lock("history:linked", { timeoutMs: 600_000 });
    const tab = await at.tab();
    await tab.go("history?resourceId=history:linked");
    await tab.row("history:linked").click();
    await tab.page.getByRole("link", { name: lock.lockId }).click();
    await tab.see(tab.page.getByRole("complementary", { name: `Lock ${lock.lockId}` }));
    await tab.close();
  });

  test("the overview counts, and knows what was before it was opened", async () => {
    await at.node.call("POST", "/v1/trades", trade({ symbol: "ETHUSDT" }));
    const lock = await at.node.lock("overview:bad");
    await at.node.call("POST", `/v1/locks/${lock.lockId}/release`, {
      fencingToken: lock.fencingToken,
      error: "no margin left",
    });
    const tab = await at.tab();
    await tab.see(tab.page.locator(".lately").getByText("no margin left"));
    const figure = (name) => tab.page.locator(`[data-figure="${name}"] .value`);
    const { activeLocks } = await at.node.call("GET", "/v1/stats");
    await until("the active locks are counted", async () => (await figure("Active locks").textContent()) === String(activeLocks));
    await at.node.lock("overview:more", { timeoutMs: 600_000 });
    await until("one more is seen", async () => (await figure("Active locks").textContent()) === String(activeLocks + 1));
    assert.equal(await tab.page.locator(".chart canvas").count(), 4);
    await tab.close();
  });
});
