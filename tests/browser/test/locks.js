// Locks and the queue, live, and what an operator does to them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { until } from "../support/node_process.js";
import { scene } from "../support/scene.js";

describe("locks and queue", () => {
  const at = scene();

  const secondsLeft = async (row) => {
    const text = await row.locator(".lease-left").textContent({ timeout: 1000 }).catch(() => "");
    return Number.parseInt(text, 10);
  };

  test("a lock appears, counts down and goes away, live", async () => {
    const tab = await at.tab();
    await tab.go("locks");
    await tab.see(tab.page.getByText("No lock fits."));
    await at.node.lock("live:one", { timeoutMs: 5000 });
    const row = tab.row("live:one");
    await tab.see(row);
    const first = await secondsLeft(row);
    assert.ok(first >= 3 && first <= 5, `${first} s at first`);
    await until("it has counted down", async () => (await secondsLeft(row)) < first);
    await tab.gone(row);
    const kinds = (await at.node.journal("live:one")).map((event) => event.kind);
    assert.deepEqual(kinds, ["granted", "expired"]);
    await tab.close();
  });

  test("when the row with the focus goes, the next one has it", async () => {
    const locks = [];
    for (const name of ["focus:a", "focus:b", "focus:c"]) locks.push(await at.node.lock(name));
    const tab = await at.tab();
    await tab.go("locks");
    await tab.row("focus:b").focus();
    const focused = () => tab.page.evaluate(() => document.activeElement.textContent);
    assert.match(await focused(), /focus:b/);
    const { lockId, fencingToken } = locks[1];
    await at.node.call("POST", `/v1/locks/${lockId}/release`, { fencingToken });
    await tab.page.waitForFunction(() => /focus:a/.test(document.activeElement.textContent) &&
      document.activeElement.classList.contains("row"));
    await tab.page.keyboard.press("ArrowUp");
    await until("the row above", async () => /focus:c/.test(await focused()));
    await tab.close();
  });

  test("a renewal, which no event tells, is seen all the same", async () => {
    const tab = await at.tab();
    await tab.go("locks");
    const lock = await at.node.lock("live:renewed", { timeoutMs: 6000 });
    const row = tab.row("live:renewed");
    await tab.see(row);
    await at.node.call("POST", `/v1/locks/${lock.lockId}/renew`, {
      fencingToken: lock.fencingToken,
      timeoutMs: 600_000,
    });
    await until("the lease is long", async () => (await secondsLeft(row)) > 8);
    await tab.close();
  });

  test("the node filters by resource, owner and status", async () => {
    await at.node.lock("filter:a", { ownerId: "bot-a" });
    const b = await at.node.lock("filter:b", { ownerId: "bot-b" });
    const tab = await at.tab();
    await tab.go("locks");
    await tab.see(tab.row("filter:a"));
    const filtered = tab.page.waitForRequest(/v1\/locks\?.*ownerId=bot-b/);
    await tab.page.getByLabel("Owner").fill("bot-b");
    await tab.page.keyboard.press("Enter");
    await filtered;
    await tab.see(tab.row("filter:b"));
    await tab.gone(tab.row("filter:a"));
    await at.node.call("POST", `/v1/locks/${b.lockId}/release`, { fencingToken: b.fencingToken });
    await tab.gone(tab.row("filter:b"));
    await tab.page.getByLabel("Status").selectOption("released");
    await tab.see(tab.row("filter:b"));
    await tab.close();
  });

  test("force release: asked back, with a reason, and the next gets the lock", async () => {
    const lock = await at.node.lock("force:me", { timeoutMs: 600_000 });
    await at.node.wait("force:me", { ownerId: "bot-next", timeoutMs: 600_000 });
    const tab = await at.tab();
    await tab.go("locks");
    const row = tab.row(lock.lockId).or(tab.row("force:me"));
    await tab.see(row);
    await row.first().focus();
    await tab.page.keyboard.press("Enter"); // the keyboard is enough
    await tab.see(tab.page.getByRole("complementary").getByText("granted"));
    await tab.checkAccess("a lock's details");
    await tab.picture("lock");
    await tab.page.getByRole("button", { name: "Force release…" }).click();
    const dialog = tab.page.getByRole("dialog");
    const confirm = dialog.getByRole("button", { name: "Force release" });
    assert.equal(await confirm.isDisabled(), true, "not without a reason");
    assert.match(await dialog.textContent(), new RegExp(`force:me.*${lock.fencingToken}`));
    await dialog.getByRole("textbox").fill("bot-1 is gone");
    await tab.checkAccess("the force release dialog");
    await tab.picture("force-release");
    await confirm.click();
    await tab.gone(dialog);
    await tab.see(tab.page.getByText("Released the lock of force:me."));
    await tab.see(tab.row("bot-next"));
    const forced = (await at.node.journal("force:me")).find((e) => e.kind === "force_released");
    assert.equal(forced.detail.reason, "bot-1 is gone");
    assert.equal(forced.actor, "local");
    await tab.close();
  });

  test("Escape leaves everything as it was", async () => {
    await at.node.lock("force:not", { timeoutMs: 600_000 });
    const tab = await at.tab();
    await tab.go("locks");
    await tab.row("force:not").click();
    await tab.page.getByRole("button", { name: "Force release…" }).click();
    await tab.see(tab.page.getByRole("dialog"));
    await tab.page.keyboard.press("Escape");
    await tab.gone(tab.page.getByRole("dialog"));
    const { lock } = await at.node.call("GET", "/v1/resources/force%3Anot");
    assert.equal(lock.status, "active");
    await tab.close();
  });

  test("the queue stands in serving order, and a place can be cancelled", async () => {
    await at.node.lock("queue:one", { timeoutMs: 600_000 });
    await at.node.wait("queue:one", { ownerId: "late", priority: 5 });
    const tab = await at.tab();
    await tab.go("queue?resourceId=queue:one");
    await tab.see(tab.row("late"));
    await at.node.wait("queue:one", { ownerId: "urgent", priority: 1 });
    await tab.see(tab.row("urgent"));
    const rows = async () =>
      (await tab.page.locator(".row").allTextContents()).map((text) => text.replace(/\s+/g, " "));
    const places = await rows();
    assert.match(places[0], /queue:one11urgent/);
    assert.match(places[1], /queue:one25late/);
    await until("the waiting time runs", async () => / s$/.test((await rows())[0]));
    await tab.row("urgent").click();
    await tab.page.getByRole("button", { name: "Cancel…" }).click();
    await tab.page.getByRole("dialog").getByRole("button", { name: "Cancel the place" }).click();
    await tab.gone(tab.row("urgent"));
    await until("the other moves up", async () => /queue:one15late/.test((await rows())[0]));
    const kinds = (await at.node.journal("queue:one")).map((event) => event.kind);
    assert.equal(kinds.at(-1), "cancelled");
    await tab.close();
  });

  test("rows stand still under the pointer", async () => {
    const lock = await at.node.lock("still:first", { timeoutMs: 600_000 });
    const tab = await at.tab();
    await tab.go("locks");
    const row = tab.page.locator(".row", { hasText: "still:first" });
    await tab.see(row);
    await row.hover();
    const place = await row.boundingBox();
    await at.node.lock("still:second", { timeoutMs: 600_000 });
    await at.node.call("POST", `/v1/locks/${lock.lockId}/release`, { fencingToken: lock.fencingToken });
    await tab.see(tab.page.getByText(/standing still, \d to come/));
    assert.deepEqual(await row.boundingBox(), place);
    await tab.see(tab.row("still:second"));
    await tab.gone(row);
    await tab.close();
  });
});
