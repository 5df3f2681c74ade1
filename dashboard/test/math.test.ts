// Lists on the screen, figures as people read them, looking through journals.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JournalEvent, Lock } from "../src/api/types";
import { NodeClock } from "../src/model/clock";
import { age, counting, duration, micros, rate } from "../src/model/format";
import { endOfJournal, lastBefore, readBack, type ReadJournal } from "../src/model/journal_search";
import { LeaseWatch, nextLook } from "../src/model/lease_watch";
import { may } from "../src/model/session";
import { parseRoute, toHash } from "../src/ui/route";
import { anchoredScroll, moveActive, scrollTo, visibleRange } from "../src/ui/virtual_math";

test("a long list draws what is seen and a little more", () => {
  assert.deepEqual(visibleRange(0, 280, 28, 10_000, 6), { from: 0, to: 16 });
  assert.deepEqual(visibleRange(2814, 280, 28, 10_000, 6), { from: 94, to: 117 });
  assert.deepEqual(visibleRange(279_720, 280, 28, 10_000, 6), { from: 9984, to: 10_000 });
  assert.deepEqual(visibleRange(9000, 280, 28, 3, 6), { from: 0, to: 3 });
  assert.deepEqual(visibleRange(0, 280, 28, 0, 6), { from: 0, to: 0 });
});

test("rows that come above do not move what is read, except at the top", () => {
  assert.equal(anchoredScroll(280, 10, 15, 28), 420);
  assert.equal(anchoredScroll(280, 10, 4, 28), 112);
  assert.equal(anchoredScroll(0, 0, 5, 28), 0);
  assert.equal(anchoredScroll(280, 10, -1, 28), 280);
});

test("keys walk through rows and stop at the ends", () => {
  assert.equal(moveActive("ArrowDown", 4, 10, 3), 5);
  assert.equal(moveActive("PageDown", 8, 10, 3), 9);
  assert.equal(moveActive("Home", 8, 10, 3), 0);
  assert.equal(moveActive("a", 8, 10, 3), undefined);
  assert.equal(scrollTo(0, 280, 28, 10), 28);
  assert.equal(scrollTo(280, 280, 28, 3), 84);
  assert.equal(scrollTo(0, 280, 28, 3), 0);
});

test("durations say what they last", () => {
  const cases: [number, string][] = [
    [0, "0 s"], [400, "0.4 s"], [12_900, "12 s"], [245_000, "4:05"], [3_723_000, "1:02:03"], [270_000_000, "3 d 3 h"], [-5, "0 s"], [NaN, "–"],
  ];
  for (const [ms, text] of cases) assert.equal(duration(ms), text);
  assert.equal(counting(1), "1 s");
  assert.equal(counting(29_001), "30 s");
  assert.equal(age("2026-01-01T00:00:00.000Z", Date.parse("2026-01-01T00:01:01.999Z")), "1:01");
  assert.equal(micros(840), "840 µs");
  assert.equal(micros(1234), "1.2 ms");
  assert.equal(rate(0.44), "0.4");
  assert.equal(rate(null), "–");
});

/** A journal of rows `first` to `last`, one a second; odd ones are of "odd". */
function journal(first: number, last: number, resource?: string) {
  let reads = 0;
  const read: ReadJournal = async (after, limit) => {
    ++reads;
    const items: JournalEvent[] = [];
    for (let seq = Math.max(first, after + 1); seq <= last && items.length <= limit; ++seq) {
      const resourceId = seq % 1000 === 1 ? "rare" : "often";
      if (resource && resource !== resourceId) continue;
      items.push({ seq, at: new Date(seq * 1000).toISOString(), kind: "granted", resourceId, detail: {} });
    }
    return { items: items.slice(0, limit), more: items.length > limit };
  };
  return { read, reads: () => reads };
}

test("the end of a journal is found by few looks, wherever it begins", async () => {
  for (const [first, last] of [[1, 0], [1, 1], [1, 1024], [5_000_000, 5_000_000], [17, 4_000_123]] as const) {
    const { read, reads } = journal(first, last);
    assert.equal(await endOfJournal(read), last);
    assert.ok(reads() < 60, `${reads()} looks`);
  }
});

test("a moment is found in it", async () => {
  const { read } = journal(100, 90_000);
  assert.equal(await lastBefore(read, 50_000_000), 49_999);
  assert.equal(await lastBefore(read, 0), 0);
  assert.equal(await lastBefore(read, 1e12), 90_000);
});

test("reading back gives each row once, the newest first", async () => {
  const { read } = journal(1, 2500);
  const seen: number[] = [];
  for (let before = 2501; before > 0; ) {
    const back = await readBack(read, before, 200);
    seen.unshift(...back.items.map((event) => event.seq));
    before = back.before;
  }
  assert.deepEqual(seen, Array.from({ length: 2500 }, (_, i) => i + 1));
});

test("rare rows are found without reading every page between them", async () => {
  const { read, reads } = journal(1, 60_000, "rare");
  const back = await readBack(read, 60_001, 1000);
  assert.equal(back.items.length, 60);
  assert.equal(back.before, 0);
  assert.ok(reads() < 12, `${reads()} reads`);
});

test("a lease is looked at again as it runs down, each of those on the screen", () => {
  assert.equal(nextLook(0, 30_000), 20_000);
  assert.equal(nextLook(0, 0), 1000);
  const watch = new LeaseWatch();
  const lock: Lock = { lockId: "a", resourceId: "", fencingToken: 1, ownerId: "", status: "active", expiresAt: new Date(30_000).toISOString() };
  assert.deepEqual(watch.take([lock], 0, 8), []);
  assert.deepEqual(watch.take([lock], 19_999, 8), []);
  assert.deepEqual(watch.take([lock], 20_000, 8), ["a"]);
  assert.deepEqual(watch.take([lock], 20_001, 8), []);
  watch.seen({ ...lock, expiresAt: new Date(50_000).toISOString() }, 20_000);
  assert.deepEqual(watch.take([lock], 39_999, 8), []);
  assert.deepEqual(watch.take([], 39_999, 8), []);
  assert.deepEqual(watch.take([lock], 60_000, 8), [], "shown anew");
});

test("the node's clock is followed when it is really off", () => {
  const clock = new NodeClock();
  assert.equal(clock.now(5), 5);
  clock.heard(new Date(900).toISOString(), 1000);
  assert.equal(clock.offsetMs, 0);
  clock.heard(new Date(61_000).toISOString(), 1000);
  assert.equal(clock.offsetMs, 60_000);
});

test("a scope may do what is in it, a bound token for its owner alone", () => {
  assert.equal(may({ name: "g", scope: "read" }, "trade"), false);
  assert.equal(may({ name: "o", scope: "operate" }, "trade", "any"), true);
  assert.equal(may({ name: "b", scope: "operate", ownerId: "bot" }, "operate", "bot"), true);
  assert.equal(may({ name: "b", scope: "operate", ownerId: "bot" }, "operate", "other"), false);
  assert.equal(may({ name: "b", scope: "operate", ownerId: "bot" }, "operate"), false);
  assert.equal(may(undefined, "read"), false);
});

test("an address says view and filters, whatever is in them", () => {
  const hash = toHash("locks", { resourceId: "a&b=#ü/x", status: "" });
  assert.deepEqual(parseRoute(hash), { view: "locks", params: { resourceId: "a&b=#ü/x" } });
  assert.deepEqual(parseRoute(""), { view: "overview", params: {} });
});
