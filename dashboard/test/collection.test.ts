// A list that is read while it changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalEvent, Lock, Page } from "../src/api/types";
import { Collection } from "../src/model/collection";
import { foldLock, type LockRow } from "../src/model/lock_events";

const filter = { resourceId: "", ownerId: "", status: "active" };

const lock = (n: number, more: Partial<Lock> = {}): Lock => ({
  lockId: `lock-1-${n}`,
  resourceId: `r${n}`,
  fencingToken: n,
  ownerId: "bot",
  status: "active",
  ...more,
});

const event = (n: number, kind: string, detail: JournalEvent["detail"] = {}): JournalEvent => ({
  seq: n,
  at: "2026-01-01T00:00:00.000Z",
  kind,
  lockId: `lock-1-${n}`,
  resourceId: `r${n}`,
  fencingToken: n,
  ownerId: "bot",
  detail,
});

function scene() {
  const answers: ((page: Page<Lock>) => void)[] = [];
  const asked: unknown[] = [];
  const api = {
    get: <T>(_: string, query: unknown) => {
      asked.push(query);
      return new Promise<T>((resolve) => answers.push(resolve as never));
    },
  };
  const locks = new Collection<LockRow>(api as never, {
    path: "/v1/locks",
    query: filter,
    keyOf: (x) => x.lockId,
    fold: (list, e) => foldLock(list, e, filter),
  });
  return { locks, answers, asked, ids: () => locks.list.rows.map((row) => row.value.fencingToken) };
}

test("an event that arrives before the page that lacks it is not lost", async () => {
  const { locks, answers, ids } = scene();
  const loading = locks.load();
  locks.fold([event(2, "granted", { timeoutMs: 1000 }), event(1, "released")]);
  answers[0]!({ items: [lock(1)] });
  await loading;
  assert.deepEqual(ids(), [2]);
});

test("a page that was overtaken by an event does not bring a lock back", async () => {
  const { locks, answers, ids } = scene();
  const first = locks.load();
  answers[0]!({ items: [lock(3)], nextCursor: "3" });
  await first;
  const second = locks.loadMore();
  locks.fold([event(2, "expired")]);
  answers[1]!({ items: [lock(2), lock(1)] });
  await second;
  assert.deepEqual(ids(), [3, 1]);
  assert.equal(locks.hasMore, false);
});

test("a read that failed is told, and not repeated with every drawing", async () => {
  const asked: number[] = [];
  const api = {
    get: () => {
      asked.push(1);
      return asked.length === 1
        ? Promise.resolve({ items: [lock(1)], nextCursor: "1" })
        : Promise.reject(new Error("away"));
    },
  };
  const locks = new Collection<LockRow>(api as never, {
    path: "/v1/locks",
    query: filter,
    keyOf: (x) => x.lockId,
    fold: () => false,
  });
  await locks.load();
  await locks.loadMore();
  await locks.loadMore();
  assert.equal(asked.length, 2);
  assert.equal(locks.state, "failed");
  assert.equal(locks.error, "away");
  assert.equal(locks.list.rows.length, 1);
});
