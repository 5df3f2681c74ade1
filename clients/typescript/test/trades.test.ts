// Trades against a stand-in that speaks the contract's shapes: what is sent,
// what is repeated, and what a refusal becomes.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import * as holdfast from "../src/index.js";

type Answered = [status: number, body: object] | "hang up";
let answers: Answered[] = [];
let asked: { call: string; body: Record<string, unknown> | undefined }[] = [];
let client: holdfast.HoldfastClient;
const trade = { tradeId: "trade-1", status: "filled" };

const server = createServer((request, response) => {
  let text = "";
  request.on("data", (data) => (text += data));
  request.on("end", () => {
    asked.push({
      call: `${request.method} ${request.url}`,
      body: text === "" ? undefined : JSON.parse(text),
    });
    const answer = answers.shift()!;
    if (answer === "hang up") return void request.socket.destroy();
    response.writeHead(answer[0], { "content-type": "application/json" });
    response.end(JSON.stringify(answer[1]));
  });
});

before(async () => {
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve()),
  );
  const { port } = server.address() as { port: number };
  client = new holdfast.HoldfastClient({
    url: `http://127.0.0.1:${port}/`,
    retry: { attempts: 4, baseMs: 1 },
  });
});
after(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  answers = [];
  asked = [];
});

const buy = () =>
  client.trade({
    symbol: "BTCUSDT",
    side: "BUY",
    type: "MARKET",
    quantity: "0.00000001",
    ownerId: "bot",
  });

test("a lost trade is asked for again, and its outcome awaited", async () => {
  answers = ["hang up", [409, { code: "in-progress" }], [200, trade]];
  assert.deepEqual(await buy(), trade);
  assert.deepEqual(
    asked.map((one) => one.body!["onLocked"]),
    [undefined, undefined, "wait"],
  );
  assert.equal(asked[0]!.body!["quantity"], "0.00000001");
});

test("another's trade in progress is not awaited", async () => {
  answers = [[409, { code: "in-progress" }]];
  await assert.rejects(buy(), holdfast.InProgressError);
});

test("a refused or unknown order is never repeated", async () => {
  for (const [status, body, Kind] of [
    [422, { code: "order-rejected", exchangeCode: "30002" },
      holdfast.OrderRejectedError],
    [503, { code: "exchange-unavailable" }, holdfast.ExchangeUnavailableError],
    [504, { code: "outcome-unknown", effectId: "effect-1" },
      holdfast.OutcomeUnknownError],
  ] as const) {
    answers = [[status, body]];
    await assert.rejects(buy(), (error) => {
      assert.ok(error instanceof Kind);
      assert.equal(error.effectId, (body as holdfast.Problem).effectId);
      assert.equal(error.exchangeCode, (body as holdfast.Problem).exchangeCode);
      return true;
    });
  }
  assert.equal(asked.length, 3);
});

test("what was not carried out is repeated, when the node asks for it", async () => {
  answers = [
    [503, { code: "shutting-down", retryAfterMs: 120 }],
    [429, { code: "queue-full", retryAfterMs: 120 }],
    [201, trade],
  ];
  const start = performance.now();
  assert.deepEqual(await buy(), trade);
  assert.ok(performance.now() - start >= 240);
});

test("an unheard keyless acquire is not repeated, one with a key is", async () => {
  const lost: Answered = [503, { code: "storage-unavailable", retryAfterMs: 1 }];
  const request = { resourceId: "r", ownerId: "a" };
  answers = [lost];
  await assert.rejects(
    client.acquire(request),
    (error) =>
      error instanceof holdfast.StorageUnavailableError && error.answerLost,
  );
  answers = [lost, [201, { outcome: "granted", lock: {} }]];
  const answer = await client.acquire({ ...request, idempotencyKey: "k" });
  assert.equal(answer.outcome, "granted");
});

test("what a proxy answers in the node's place is a lost answer", async () => {
  answers = [[502, { message: "bad gateway" }]];
  await assert.rejects(
    client.acquire({ resourceId: "r", ownerId: "a" }),
    holdfast.AnswerLostError,
  );
  answers = [[403, { message: "who are you?" }]];
  await assert.rejects(client.stats(), { name: "HoldfastError" });
});

test("lists and single trades are read", async () => {
  answers = [
    [200, { items: [trade] }],
    [200, trade],
  ];
  assert.deepEqual((await client.listTrades({ limit: 1 })).items, [trade]);
  assert.deepEqual(await client.getTrade("trade/1"), trade);
  assert.deepEqual(
    asked.map((one) => one.call),
    ["GET /v1/trades?limit=1", "GET /v1/trades/trade%2F1"],
  );
});
