// The stream over a fetch that breaks, repeats and refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EventStream, pauseMs, type StreamOptions, type StreamState } from "../src/api/event_stream";
import type { Gap } from "../src/api/types";

const frame = (seq: number) =>
  `id: ${seq}\nevent: granted\ndata: {"seq":${seq},"kind":"granted","at":"","detail":{}}\n\n`;

function listening(answers: (() => Response)[], more: Partial<StreamOptions> = {}) {
  const asked: Record<string, string>[] = [];
  const heard: number[] = [];
  const gaps: Gap[] = [];
  const states: StreamState["kind"][] = [];
  let unauthorized = 0;
  const stream: EventStream = new EventStream({
    url: "/v1/events",
    after: 4,
    token: () => "",
    random: () => 0,
    onEvent: (event) => heard.push(event.seq),
    onGap: (gap) => gaps.push(gap),
    onState: (state) => {
      states.push(state.kind);
      if (state.kind === "waiting" && answers.length > 0) queueMicrotask(() => stream.retryNow());
      if (state.kind === "waiting" && answers.length === 0) stream.stop();
    },
    onUnauthorized: () => void ++unauthorized,
    fetch: async (_, init) => {
      asked.push(init?.headers as Record<string, string>);
      return answers.shift()!();
    },
    ...more,
  });
  return { stream, asked, heard, gaps, states, unauthorized: () => unauthorized };
}

test("a broken stream goes on behind the last event, without gap or repeat", async () => {
  const scene = listening([
    () => new Response(frame(5) + frame(6) + "id: 7\ndata: {\"se"),
    () => {
      throw new TypeError("refused");
    },
    () => new Response(frame(6) + frame(7)),
  ]);
  await scene.stream.run();
  assert.deepEqual(scene.heard, [5, 6, 7]);
  assert.deepEqual(scene.asked.map((headers) => headers["Last-Event-ID"]), ["4", "6", "6"]);
  assert.equal(scene.states.at(-1), "stopped");
});

test("the token goes with every connection; 401 ends the stream", async () => {
  const scene = listening([() => new Response("", { status: 401 })], { token: () => "secret" });
  await scene.stream.run();
  assert.equal(scene.asked[0]!["Authorization"], "Bearer secret");
  assert.equal(scene.unauthorized(), 1);
  assert.deepEqual(scene.states, ["connecting", "stopped"]);
});

test("a gap is told", async () => {
  const scene = listening([
    () => new Response('event: gap\ndata: {"from":5,"oldest":90}\n\n' + frame(90)),
  ]);
  await scene.stream.run();
  assert.deepEqual(scene.gaps, [{ from: 5, oldest: 90 }]);
  assert.deepEqual(scene.heard, [90]);
});

test("pauses grow to ten seconds, with jitter of half", () => {
  assert.deepEqual([0, 1, 2, 9].map((n) => pauseMs(n, 1)), [250, 500, 1000, 10_000]);
  assert.equal(pauseMs(9, 0), 5000);
});
