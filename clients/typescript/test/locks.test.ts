// Locks from beginning to end against a real node.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as holdfast from "../src/index.js";
import { NodeProcess, until } from "./node_process.js";

const node = new NodeProcess();
let client: holdfast.HoldfastClient;
let count = 0;
const fresh = () => `test:${++count}`;

before(async () => {
  await node.start();
  client = new holdfast.HoldfastClient({ url: node.url });
});
after(() => node.remove());

test("a lock is granted, listed, renewed and released with a result", async () => {
  const resourceId = "trade/größe:" + fresh();
  const answer = await client.acquire({
    resourceId,
    ownerId: "bot",
    transactionData: { symbol: "BTCUSDT", quantity: "0.001" },
  });
  assert.equal(answer.outcome, "granted");
  const { lock } = answer as { lock: holdfast.Lock };
  assert.equal((await client.getResource(resourceId)).lock?.lockId, lock.lockId);
  const active = await client.listLocks({ resourceId, status: "active" });
  assert.deepEqual(active.items.map((row) => row.lockId), [lock.lockId]);
  const renewed = await client.renew(lock, { leaseMs: 5000 });
  assert.equal(renewed.timeoutMs, 5000);
  const released = await client.release(lock, { result: { orderId: "7" } });
  assert.equal(released.status, "released");
  assert.deepEqual((await client.getLock(lock.lockId)).result, { orderId: "7" });
  const kinds = (await client.journal({ resourceId })).items.map((x) => x.kind);
  assert.deepEqual(kinds, ["granted", "released"]);
});

test("a queued request is polled until it is granted, or cancelled", async () => {
  const resourceId = fresh();
  const first = await client.acquire({ resourceId, ownerId: "a" });
  assert.equal(first.outcome, "granted");
  const { lock } = first as { lock: holdfast.Lock };
  const second = await client.acquire({ resourceId, ownerId: "b" });
  assert.equal(second.outcome, "queued");
  const { entry } = second as { entry: holdfast.Entry };
  assert.equal(entry.position, 1);
  const third = await client.acquire({ resourceId, ownerId: "c" });
  const { entry: last } = third as { entry: holdfast.Entry };
  assert.equal((await client.cancel(last.entryId)).status, "cancelled");
  const turn = client.getEntry(entry.entryId, { waitMs: 20_000 });
  await client.release(lock);
  assert.equal((await turn).status, "granted");
  assert.ok((await turn).lock!.fencingToken > lock.fencingToken);
  assert.deepEqual((await client.listQueue({ resourceId })).items, []);
});

test("refusals are errors of their own class, with their fields", async () => {
  const resourceId = fresh();
  const granted = await client.acquire({
    resourceId,
    ownerId: "a",
    idempotencyKey: "k",
  });
  const { lock } = granted as { lock: holdfast.Lock };
  const ask = (more: object) =>
    client.acquire({ resourceId, ownerId: "b", ...more });
  await assert.rejects(ask({ onLocked: "reject" }), (error) => {
    assert.ok(error instanceof holdfast.HeldError);
    assert.equal(error.status, 409);
    assert.equal(error.code, "held");
    assert.equal(error.holder, "a");
    assert.equal(error.lockId, lock.lockId);
    assert.ok(error.retryAfterMs! > 0);
    assert.equal(error.answerLost, false);
    return true;
  });
  await assert.rejects(
    ask({ onLocked: "wait", waitMs: 5 }),
    holdfast.WaitTimeoutError,
  );
  await assert.rejects(ask({ idempotencyKey: "k" }), holdfast.KeyMismatchError);
  await assert.rejects(
    ask({ ownerId: "a", idempotencyKey: "k" }),
    holdfast.InProgressError,
  );
  await assert.rejects(ask({ priority: 99 }), holdfast.InvalidError);
  await assert.rejects(
    client.release({ ...lock, fencingToken: 1 }),
    holdfast.StaleLockError,
  );
  await assert.rejects(client.getLock("lock-none"), holdfast.ProblemError);
});

test("a batch answers each request on its own", async () => {
  const results = await client.acquireBatch([
    { resourceId: fresh(), ownerId: "a" },
    { resourceId: fresh(), ownerId: "a", priority: 99 },
  ]);
  assert.deepEqual(results.map((x) => x.status), [201, 400]);
});

test("pausing, statistics, dead letters and force release answer", async () => {
  const resourceId = fresh();
  await client.acquire({ resourceId, ownerId: "stuck-bot" });
  assert.deepEqual(await client.pause(), { paused: true });
  assert.equal((await client.stats()).paused, true);
  assert.deepEqual(await client.resume(), { paused: false });
  const ended = await client.forceReleaseOwner("stuck-bot", "test");
  assert.deepEqual(ended, { released: 1 });
  assert.ok(Array.isArray((await client.listDeadLetters()).items));
  await assert.rejects(
    client.requeueDeadLetter("dead-none"),
    holdfast.ProblemError,
  );
});

test("work is done once; a repetition gets the stored result", async () => {
  const request = {
    resourceId: fresh(),
    ownerId: "bot",
    idempotencyKey: "order-1",
  };
  let runs = 0;
  let kept: holdfast.HeldLock | undefined;
  const work = async (lock: holdfast.HeldLock) => {
    ++runs;
    kept = lock;
    lock.assertHeld();
    return { orderId: "42", token: lock.fencingToken };
  };
  const first = await client.withLock(request, work);
  const again = await client.withLock(request, work);
  assert.equal(runs, 1);
  assert.equal(first.replayed, false);
  assert.equal(again.replayed, true);
  assert.deepEqual(again.result, first.result);
  assert.equal(again.lockId, first.lockId);
  assert.equal(first.result.token, first.fencingToken);
  assert.throws(() => kept!.assertHeld(), holdfast.LockLostError);
});

test("work that throws is released as failed and may be tried again", async () => {
  const request = { resourceId: fresh(), ownerId: "b", idempotencyKey: "k" };
  const broken = client.withLock(request, () => {
    throw new Error("é".repeat(4000));
  });
  await assert.rejects(broken, { message: "é".repeat(4000) });
  const { resourceId } = request;
  const [lock] = (await client.listLocks({ resourceId })).items;
  assert.equal(lock!.status, "failed");
  assert.equal(lock!.error, "é".repeat(2048));
  const second = await client.withLock(request, () => "fine");
  assert.equal(second.result, "fine");
  assert.equal(second.replayed, false);
});

test("a result that cannot be stored does not undo the effect", async () => {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.message);
  process.on("warning", listen);
  for (const result of [10n, "x".repeat(70_000), undefined]) {
    const request = { resourceId: fresh(), ownerId: "b", idempotencyKey: "k" };
    assert.equal((await client.withLock(request, () => result)).result, result);
    const again = await client.withLock(request, () => assert.fail());
    assert.deepEqual([again.result, again.replayed], [null, true]);
  }
  await until(() => warnings.length === 2);
  process.off("warning", listen);
});

test("fifty callers of one resource work one at a time", async () => {
  const resourceId = fresh();
  let inside = 0;
  let most = 0;
  const tokens: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      client.withLock({ resourceId, ownerId: `bot-${i}` }, async (lock) => {
        most = Math.max(most, ++inside);
        tokens.push(lock.fencingToken);
        await new Promise((resolve) => setImmediate(resolve));
        --inside;
      }),
    ),
  );
  assert.equal(most, 1);
  assert.equal(tokens.length, 50);
  assert.deepEqual(tokens, [...tokens].sort((a, b) => a - b));
});

test("fifty copies of one transaction do the work once", async () => {
  const request = {
    resourceId: fresh(),
    ownerId: "bot",
    transactionData: { symbol: "BTCUSDT", side: "BUY", quantity: "1" },
  };
  let runs = 0;
  const all = await Promise.all(
    Array.from({ length: 50 }, () =>
      client.withLock(request, async () => ({ order: ++runs })),
    ),
  );
  assert.equal(runs, 1);
  assert.ok(all.every((one) => one.result.order === 1));
  assert.equal(all.filter((one) => !one.replayed).length, 1);
});

test("who waits can give up, and leaves the queue", async () => {
  const resourceId = fresh();
  await client.acquire({ resourceId, ownerId: "a" });
  const stop = new AbortController();
  const waiting = client.withLock(
    { resourceId, ownerId: "b", signal: stop.signal },
    () => assert.fail("was not granted"),
  );
  const queued = async () =>
    (await client.listQueue({ resourceId })).items.length;
  await until(async () => (await queued()) === 1);
  stop.abort(new Error("enough"));
  await assert.rejects(waiting, { message: "enough" });
  await until(async () => (await queued()) === 0);
  const rejected = client.withLock(
    { resourceId, ownerId: "c", waitMs: 0 },
    () => assert.fail("was not granted"),
  );
  await assert.rejects(rejected, holdfast.HeldError);
});
