// Renewal, and what happens when a lock is lost.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import * as holdfast from "../src/index.js";
import { freePort, NodeProcess, until } from "./node_process.js";

const resourceId = "lease";

async function withNode(
  run: (node: NodeProcess, client: holdfast.HoldfastClient) => Promise<void>,
): Promise<void> {
  const node = await new NodeProcess().start();
  try {
    await run(node, new holdfast.HoldfastClient({ url: node.url }));
  } finally {
    node.signal("SIGCONT");
    await node.remove();
  }
}

test("work may take longer than its lease", () =>
  withNode(async (_, client) => {
    const outcome = await client.withLock(
      { resourceId, ownerId: "slow", timeoutMs: 600 },
      async (lock) => {
        const first = (await client.getLock(lock.lockId)).expiresAt;
        // Two leases later it is still ours, and nobody else's.
        await until(() => Date.now() > Date.parse(first) + 600);
        lock.assertHeld();
        const holder = (await client.getResource(resourceId)).lock;
        assert.equal(holder?.fencingToken, lock.fencingToken);
        return "done";
      },
    );
    assert.equal(outcome.result, "done");
  }));

for (const name of ["SIGSTOP", "SIGKILL"] as const)
  test(`work is told before its lease runs out (node: ${name})`, () =>
    withNode(async (node, client) => {
      let toldAt = 0;
      let leaseEnd = 0;
      const doomed = client.withLock(
        { resourceId, ownerId: "bot", timeoutMs: 1500 },
        async (lock) => {
          await until(() => lock.remainingMs() > 0);
          node.signal(name);
          await once(lock.signal, "abort");
          toldAt = performance.now();
          leaseEnd = lock.leaseEnd();
          assert.throws(() => lock.assertHeld(), holdfast.LockLostError);
          node.signal("SIGCONT"); // so that the release is answered
          throw new Error("stopped in the middle");
        },
      );
      await assert.rejects(doomed, (error) => {
        assert.ok(error instanceof holdfast.LockLostError);
        assert.equal(error.completed, false);
        assert.match(String(error.cause), /in the middle/);
        return true;
      });
      assert.ok(toldAt < leaseEnd, `${toldAt} is not before ${leaseEnd}`);
    }));

test("a lock that is taken away is told at the next renewal", () =>
  withNode(async (_, client) => {
    const doomed = client.withLock(
      { resourceId, ownerId: "bot", timeoutMs: 900, idempotencyKey: "k" },
      async (lock) => {
        await client.forceRelease(lock.lockId, "test");
        await once(lock.signal, "abort");
        return "too late";
      },
    );
    await assert.rejects(doomed, (error) => {
      assert.ok(error instanceof holdfast.LockLostError);
      // The caller has to know that the effect happened all the same.
      assert.equal(error.completed, true);
      assert.equal(error.result, "too late");
      return true;
    });
  }));

test("callers come through a restart of the node", () =>
  withNode(async (node, client) => {
    for (const how of ["SIGTERM", "SIGKILL"] as const) {
      let running = () => {};
      const started = new Promise<void>((resolve) => (running = resolve));
      let finish = () => {};
      const restarted = new Promise<void>((resolve) => (finish = resolve));
      const holder = client.withLock(
        { resourceId, ownerId: "a", idempotencyKey: `a-${how}` },
        async () => {
          running();
          await restarted;
          return how;
        },
      );
      await started;
      const waiter = client.withLock({ resourceId, ownerId: "b" }, () => "b");
      await until(
        async () => (await client.listQueue({ resourceId })).items.length === 1,
      );
      await node.end(how);
      await node.start();
      finish();
      assert.equal((await holder).result, how);
      assert.equal((await waiter).result, "b");
    }
  }));

test("a node that is not there is told as such, after all tries", async () => {
  const client = new holdfast.HoldfastClient({
    url: `http://127.0.0.1:${await freePort()}`,
    retry: { attempts: 3, baseMs: 1 },
  });
  await assert.rejects(client.acquire({ resourceId, ownerId: "a" }), (error) => {
    assert.ok(error instanceof holdfast.NotSentError);
    assert.equal(error.answerLost, false);
    return true;
  });
});
