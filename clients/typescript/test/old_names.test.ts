// The names and shapes of the former service.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  HoldfastClient,
  TransactionLockService,
  transactionLockService,
  type TransactionLockConfig,
} from "../src/index.js";
import { NodeProcess } from "./node_process.js";

const node = new NodeProcess();
let service: TransactionLockService;
let count = 0;

const config = (more: Partial<TransactionLockConfig> = {}) => ({
  resourceId: `trade:${++count}`,
  ownerId: "user-1",
  ownerType: "user" as const,
  transactionType: "trade" as const,
  transactionData: { symbol: "BTCUSDT", side: "BUY", quantity: "0.001", count },
  ...more,
});

before(async () => {
  await node.start();
  process.env["HOLDFAST_URL"] = node.url;
  service = transactionLockService;
});
after(() => node.remove());

test("acquireLock grants, tells duplicates, and replays the result", async () => {
  const order = config();
  const first = await service.acquireLock(order);
  assert.equal(first.success, true);
  assert.equal(await service.isResourceLocked(order.resourceId), true);
  const again = await service.acquireLock(order);
  assert.deepEqual(again, {
    success: false,
    error: "Transaction already in progress",
    isRetry: true,
    lockId: first.lockId,
  });
  assert.equal(await service.releaseLock(first.lockId!, { orderId: "1" }), true);
  assert.equal(await service.releaseLock(first.lockId!), false);
  const late = await service.acquireLock(order);
  assert.deepEqual(late.existingResult, { orderId: "1" });
  assert.equal(late.isRetry, true);
});

test("M12: who is told of a place in the queue has one, and who is not has none", async () => {
  const holder = config();
  const { lockId } = await service.acquireLock(holder);
  const other = config({ resourceId: holder.resourceId, idempotencyKey: "b" });
  const refused = await service.acquireLock(other);
  assert.equal(refused.success, false);
  assert.equal(refused.queuePosition, undefined);
  assert.equal(await service.getQueuePosition("b"), null);
  assert.equal(await service.getQueuePosition("entry-of-mine"), null);

  const queued = await service.acquireLock({ ...other, queue: true });
  assert.equal(queued.queuePosition, 1);
  assert.equal(await service.getQueuePosition("b"), 1);
  assert.equal(await service.getQueuePosition(queued.queueId!), 1);
  const status = await service.getLockStatus(holder.resourceId);
  assert.equal(status.isLocked, true);
  assert.equal(status.lockCount, 1);
  assert.equal(status.queueLength, 1);
  assert.equal(status.activeLocks[0]!.id, lockId);
  assert.ok(status.activeLocks[0]!.expiresAt > new Date());

  const turn = service.claimQueuedLock(queued.queueId!, 20_000);
  await service.releaseLock(lockId!, undefined, "failed");
  const claimed = await turn;
  assert.equal(claimed.success, true);
  // A second claim must not let a second worker in.
  const second = await service.claimQueuedLock(queued.queueId!);
  assert.deepEqual([second.success, second.isRetry], [false, true]);
  assert.equal(await service.releaseLock(claimed.lockId!, { ok: 1 }), true);
});

test("executeWithLock waits for its turn and stores what the work returns", async () => {
  const order = config();
  const holder = await service.acquireLock(config({ ...order, idempotencyKey: "h" }));
  const running = service.executeWithLock(order, async () => 42);
  await service.releaseLock(holder.lockId!);
  const done = await running;
  assert.equal(done.success, true);
  assert.deepEqual(done.result, { value: 42 });
  assert.ok(done.lockId && done.executionTimeMs >= 0);
  const again = await service.executeWithLock(order, () => assert.fail());
  assert.deepEqual([again.result, again.isRetry], [{ value: 42 }, true]);
});

test("M16: a business failure is stored as a failure and may be tried again", async () => {
  const order = config();
  const failed = await service.executeWithLock(order, async () => ({
    success: false,
    error: "insufficient balance",
  }));
  assert.equal(failed.success, false);
  assert.equal(failed.error, "insufficient balance");
  const lock = await service.client.getLock(failed.lockId);
  assert.equal(lock.status, "failed");
  const second = await service.executeWithLock(order, async () => ({ id: 1 }));
  assert.deepEqual([second.success, second.isRetry], [true, undefined]);
  const thrown = await service.executeWithLock(config(), () => {
    throw new Error("exchange timed out");
  });
  assert.deepEqual([thrown.success, thrown.error], [false, "exchange timed out"]);
});

test("work whose outcome could not be stored is not told as failed", async () => {
  const done = await service.executeWithLock(config(), async (lock) => {
    await service.client.forceRelease(lock.lockId, "test");
    return { orderId: "1" };
  });
  assert.equal(done.success, true);
  assert.deepEqual(done.result, { orderId: "1" });
  assert.match(done.error!, /could not be stored|was done/);
});

test("active locks are listed, and those of one owner are taken away", async () => {
  const mine = config({ ownerId: "gone" });
  await service.acquireLock(mine);
  await service.acquireLock(config({ ownerId: "gone" }));
  assert.equal((await service.getActiveLocks(mine.resourceId)).length, 1);
  assert.ok((await service.getActiveLocks()).length >= 2);
  assert.equal(await service.forceReleaseOwnerLocks("gone"), 2);
  assert.equal(await service.isResourceLocked(mine.resourceId), false);
});

test("the instance is one, and a node that is away is an error, not a throw", async () => {
  assert.equal(TransactionLockService.getInstance(), transactionLockService);
  const away = new TransactionLockService({
    url: "http://127.0.0.1:9",
    retry: { attempts: 1 },
  });
  assert.ok(away.client instanceof HoldfastClient);
  const result = await away.executeWithLock(config(), () => assert.fail());
  assert.equal(result.success, false);
  assert.match(result.error!, /POST \/v1\/locks/);
});
