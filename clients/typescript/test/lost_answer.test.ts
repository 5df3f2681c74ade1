// Answers that are lost on the way, and what is repeated then.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as holdfast from "../src/index.js";
import { LossyProxy } from "./lossy_proxy.js";
import { NodeProcess, until } from "./node_process.js";

const node = new NodeProcess();
let proxy: LossyProxy;
let direct: holdfast.HoldfastClient;
let client: holdfast.HoldfastClient;

before(async () => {
  await node.start();
  proxy = await new LossyProxy(node.port).start();
  direct = new holdfast.HoldfastClient({ url: node.url });
  client = new holdfast.HoldfastClient({
    url: proxy.url,
    retry: { baseMs: 5 },
  });
});
after(async () => {
  proxy.close();
  await node.remove();
});

const grants = async (resourceId: string) =>
  (await direct.journal({ resourceId })).items.filter(
    (event) => event.kind === "granted",
  ).length;

test("a plain mutex whose grant is lost is not asked for again", async () => {
  const resourceId = "bare";
  proxy.loseNext("POST /v1/locks ");
  await assert.rejects(
    client.acquire({ resourceId, ownerId: "a" }),
    (error) => error instanceof holdfast.AnswerLostError && error.answerLost,
  );
  assert.equal(await grants(resourceId), 1);
});

test("withLock takes up a mutex that was granted unheard", async () => {
  const resourceId = "taken-up";
  for (const waitMs of [0, 20_000]) {
    const before = proxy.swallowed;
    proxy.loseNext("POST /v1/locks ");
    const start = performance.now();
    const outcome = await client.withLock(
      { resourceId, ownerId: "a", waitMs },
      () => "done",
    );
    assert.equal(outcome.result, "done");
    assert.equal(proxy.swallowed, before + 1);
    // At once, not after the lease of 30 s that the lost grant began.
    assert.ok(performance.now() - start < 10_000);
  }
  assert.equal(await grants(resourceId), 2);
});

const queued = (resourceId: string, length = 1) =>
  until(
    async () => (await direct.listQueue({ resourceId })).items.length === length,
  );

test("withLock takes up its turn when the grant is lost, twice", async () => {
  const resourceId = "turn";
  const held = await direct.acquire({ resourceId, ownerId: "first" });
  const before = proxy.swallowed;
  const outcome = client.withLock({ resourceId, ownerId: "a" }, () => "mine");
  await queued(resourceId);
  proxy.loseOpen();
  proxy.loseNext("POST /v1/locks ");
  await direct.release((held as { lock: holdfast.Lock }).lock);
  assert.equal((await outcome).result, "mine");
  assert.equal(proxy.swallowed, before + 2);
  assert.equal(await grants(resourceId), 2);
});

test("withLock takes a place again when its connection was cut", async () => {
  const resourceId = "cut";
  const held = await direct.acquire({ resourceId, ownerId: "first" });
  const outcome = client.withLock({ resourceId, ownerId: "a" }, () => "mine");
  await queued(resourceId);
  proxy.cut();
  // The first place went with its connection; the second one is kept.
  await until(async () => {
    const kinds = (await direct.journal({ resourceId })).items;
    return kinds.filter((event) => event.kind === "queued").length === 2;
  });
  await queued(resourceId);
  proxy.cut();
  await direct.release((held as { lock: holdfast.Lock }).lock);
  assert.equal((await outcome).result, "mine");
  assert.equal(await grants(resourceId), 2);
});

test("who gives up after a lost answer leaves no place behind", async () => {
  const resourceId = "given-up";
  await direct.acquire({ resourceId, ownerId: "first" });
  const waiting = client.withLock(
    { resourceId, ownerId: "a", waitMs: 1500 },
    () => assert.fail("was not granted"),
  );
  await queued(resourceId);
  proxy.cut();
  await assert.rejects(waiting, holdfast.WaitTimeoutError);
  await queued(resourceId, 0);
});

test("a lost grant under a caller's key is waited out, never shared", async () => {
  const resourceId = "shared-key";
  const request = { resourceId, ownerId: "a", idempotencyKey: "order-1" };
  proxy.loseNext("POST /v1/locks ");
  let runs = 0;
  const outcome = await client.withLock({ ...request, timeoutMs: 700 }, () => {
    ++runs;
    return "done";
  });
  assert.equal(outcome.replayed, false);
  assert.equal(runs, 1);
  const kinds = (await direct.journal({ resourceId })).items.map((x) => x.kind);
  assert.deepEqual(
    kinds.filter((kind) => kind !== "dead_lettered" && kind !== "queued"),
    ["granted", "expired", "granted", "released"],
  );
});

test("an in-progress after a lost answer says that it may be one's own", async () => {
  proxy.loseNext("POST /v1/locks ");
  await assert.rejects(
    client.acquire({ resourceId: "own", ownerId: "a", idempotencyKey: "k" }),
    (error) => error instanceof holdfast.InProgressError && error.answerLost,
  );
});

test("lost answers of renew and release are asked for again", async () => {
  const answer = await direct.acquire({ resourceId: "r", ownerId: "a" });
  const { lock } = answer as { lock: holdfast.Lock };
  proxy.loseNext("/renew");
  assert.equal((await client.renew(lock)).status, "active");
  proxy.loseNext("/release");
  const ended = await client.release(lock, { result: { orderId: "1" } });
  assert.equal(ended.status, "released");
  proxy.loseNext("GET /v1/locks/");
  assert.equal((await client.getLock(lock.lockId)).status, "released");
});
