// Locks by the thousand, and a steady stream of events.
// Must not know the page.

/** Takes `count` locks of `fill:…`, each for an hour. */
export async function fill(node, count) {
  for (let done = 0; done < count; done += 250) {
    const size = Math.min(250, count - done);
    const requests = Array.from({ length: size }, (_, i) => ({
      resourceId: `fill:${String(done + i).padStart(5, "0")}`,
      ownerId: `bot-${(done + i) % 17}`,
      timeoutMs: 3_600_000,
    }));
    await node.call("POST", "/v1/locks:batch", { requests });
  }
}

/**
 * `perSecond` events: a lock taken and released is two, and some wait, fail
 * and are traded. Ends with the promise of `stop()`.
 */
export function stir(node, perSecond) {
  const batches = 5;
  let running = true;
  let round = 0;
  const turn = async () => {
    const size = Math.round(perSecond / batches / 2);
    const requests = Array.from({ length: size }, (_, i) => ({
      resourceId: `trade:${symbols[i % symbols.length]}:BUY:load-${(round * size + i) % 300}`,
      ownerId: `bot-${i % 17}`,
      priority: 1 + (i % 10),
      timeoutMs: 60_000,
      onLocked: "reject",
    }));
    ++round;
    const { results } = await node.call("POST", "/v1/locks:batch", { requests });
    await Promise.all(
      results
        .filter(({ status }) => status === 201)
        .map(({ body: { lock } }, i) =>
          node.call("POST", `/v1/locks/${lock.lockId}/release`, {
            fencingToken: lock.fencingToken,
            ...(i % 20 === 0 ? { error: "the spread was too wide" } : { result: { ok: true } }),
          }),
        ),
    );
  };
  const run = async () => {
    while (running) {
      const begun = performance.now();
      await turn();
      const rest = 1000 / batches - (performance.now() - begun);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  };
  const ended = run();
  return {
    stop() {
      running = false;
      return ended;
    },
  };
}

const symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XAUUSD", "DOGEUSDT"];
