// What events do to locks, queues and series.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry, JournalEvent } from "../src/api/types";
import { LiveList } from "../src/model/live_list";
import { foldLock, type LockRow } from "../src/model/lock_events";
import { foldEntry, places, servingOrder } from "../src/model/queue_events";
import { Series } from "../src/model/series";

const at = "2026-01-01T00:00:00.000Z";

function event(kind: string, more: Partial<JournalEvent> = {}): JournalEvent {
  return { seq: 1, at, kind, resourceId: "r", ownerId: "bot", lockId: "lock-1-5", fencingToken: 5, detail: {}, ...more };
}

function locks(status: string, events: JournalEvent[], ownerId = ""): LockRow[] {
  const list = new LiveList<LockRow>((x) => x.lockId);
  for (const e of events) foldLock(list, e, { resourceId: "", ownerId, status });
  list.settle();
  return list.rows.map((row) => row.value);
}

const granted = event("granted", { detail: { priority: 1, timeoutMs: 30_000, transactionType: "trade" } });

test("a granted lock is a row with its lease, and goes when it ends", () => {
  const [row] = locks("active", [granted]);
  assert.equal(row!.expiresAt, "2026-01-01T00:00:30.000Z");
  assert.equal(row!.priority, 1);
  for (const end of ["released", "failed", "expired", "force_released", "in_doubt"])
    assert.deepEqual(locks("active", [granted, event(end)]), [], end);
});

test("events heard twice change nothing", () => {
  assert.equal(locks("active", [granted, granted]).length, 1);
});

test("other filters see a lock when it becomes what they show", () => {
  const failed = event("failed", { detail: { error: "no margin" } });
  assert.equal(locks("failed", [granted, failed])[0]!.error, "no margin");
  assert.equal(locks("", [granted, failed])[0]!.status, "failed");
  assert.equal(locks("", [granted, failed])[0]!.acquiredAt, at);
  assert.deepEqual(locks("active", [granted], "another"), []);
});

test("a lock tells what it is doing", () => {
  const sending = event("effect_sending", {
    detail: { kind: "order", intent: { symbol: "BTCUSDT", side: "BUY", quantity: "0.1", type: "MARKET" } },
  });
  assert.equal(locks("active", [granted, sending])[0]!.activity, "sending order: BUY 0.1 BTCUSDT MARKET");
});

test("a resolution to retry brings a lock back and asks for its lease", () => {
  const list = new LiveList<LockRow>((x) => x.lockId);
  const filter = { resourceId: "", ownerId: "", status: "active" };
  assert.equal(foldLock(list, event("resolved", { detail: { outcome: "retry" } }), filter), true);
  list.settle();
  assert.equal(list.rows[0]!.value.status, "active");
});

function queue(events: JournalEvent[], ownerId = ""): LiveList<Entry> {
  const list = new LiveList<Entry>((x) => x.entryId, servingOrder);
  for (const e of events) foldEntry(list, e, { resourceId: "", ownerId });
  list.settle();
  return list;
}

const queued = (n: number, priority: number, resourceId = "r", ownerId = "bot") =>
  event("queued", { resourceId, ownerId, detail: { entryId: `entry-1-${n}`, priority } });

test("the queue stands in serving order, each resource counting for itself", () => {
  const list = queue([queued(9, 5), queued(10, 5), queued(11, 1), queued(12, 5, "a")]);
  assert.deepEqual(
    list.rows.map((row) => row.key),
    ["entry-1-12", "entry-1-11", "entry-1-9", "entry-1-10"],
  );
  assert.deepEqual(places(list.rows), [1, 1, 2, 3]);
});

test("a grant or a cancellation moves the others up", () => {
  const served = event("granted", { detail: { entryId: "entry-1-1" } });
  const left = event("cancelled", { detail: { entryId: "entry-1-2" } });
  const list = queue([queued(1, 5), queued(2, 5), queued(3, 5), served, left]);
  assert.deepEqual(list.rows.map((row) => row.key), ["entry-1-3"]);
  list.hold(true);
  list.remove("entry-1-3");
  assert.deepEqual(places(list.rows), [0]);
});

test("with an owner's filter, somebody else's coming has places read anew", () => {
  const list = queue([queued(1, 5)], "bot");
  const filter = { resourceId: "", ownerId: "bot" };
  assert.equal(foldEntry(list, queued(2, 1, "r", "other"), filter), true);
  assert.equal(foldEntry(list, queued(3, 1, "elsewhere", "other"), filter), false);
  assert.equal(list.rows.length, 1);
});

test("a rate is 0 where silence is known, and unknown elsewhere", () => {
  const rate = new Series(5, true);
  rate.knowFrom(101);
  rate.knowTo(104);
  rate.add(102);
  rate.add(102);
  assert.deepEqual(rate.values(105), [0, 2, 0, 0, null]);
  assert.deepEqual(rate.values(103), [null, null, 0, 2, 0]);
  assert.equal(rate.mean(105, 4), 0.5);
  const level = new Series(5, false);
  level.set(102, 7);
  assert.deepEqual(level.values(103, 3), [null, 7, null]);
});

test("a series forgets what is older than its window", () => {
  const level = new Series(5, false);
  for (let second = 0; second < 1000; ++second) level.set(second, second);
  assert.deepEqual(level.values(999), [995, 996, 997, 998, 999]);
  assert.equal(level.at(900), null);
});
