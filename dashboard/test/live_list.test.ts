// Rows that come, go and stand still.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveList } from "../src/model/live_list";

interface Item {
  id: string;
  n: number;
}

const item = (id: string, n = 0): Item => ({ id, n });
const list = (...ids: string[]) => {
  const made = new LiveList<Item>((x) => x.id);
  made.append(ids.map((id) => item(id)));
  return made;
};
const ids = (of: LiveList<Item>) => of.rows.map((row) => row.key).join("");

test("new rows come first, the newest at the top; further pages go behind", () => {
  const rows = list("c", "b");
  rows.add(item("d"));
  rows.add(item("e"));
  rows.settle();
  rows.append([item("b"), item("a")]);
  assert.equal(ids(rows), "edcba");
});

test("a held list changes rows in place, and lets them come and go afterwards", () => {
  const rows = list("b", "a");
  rows.hold(true);
  rows.add(item("c"));
  rows.remove("a");
  rows.update("b", (x) => ({ ...x, n: 1 }));
  rows.settle();
  assert.equal(ids(rows), "ba");
  assert.equal(rows.waiting, 2);
  assert.equal(rows.rows[1]!.gone, true);
  assert.equal(rows.get("b")!.n, 1);
  assert.equal(rows.get("a"), undefined);
  rows.hold(false);
  assert.equal(ids(rows), "cb");
  assert.equal(rows.waiting, 0);
});

test("a row that came and went while the list was held never shows", () => {
  const rows = list("a");
  rows.hold(true);
  rows.add(item("b"));
  rows.remove("b");
  rows.hold(false);
  assert.equal(ids(rows), "a");
  rows.add(item("b"));
  rows.settle();
  assert.equal(ids(rows), "ba");
});

test("with an order of its own, rows come where they belong", () => {
  const rows = new LiveList<Item>((x) => x.id, (a, b) => a.n - b.n);
  rows.append([item("a", 1), item("c", 3)]);
  rows.add(item("b", 2));
  rows.settle();
  assert.equal(ids(rows), "abc");
});

test("a head that was read again replaces its part and keeps what is behind", () => {
  const rows = list("e", "d", "c", "b", "a");
  assert.equal(rows.mergeHead([item("f"), item("d"), item("c", 7)], false), true);
  assert.equal(ids(rows), "fdcba");
  assert.equal(rows.get("c")!.n, 7);
  assert.equal(rows.has("e"), false);
});

test("a head that meets nothing known replaces the list", () => {
  const rows = list("b", "a");
  assert.equal(rows.mergeHead([item("z"), item("y")], false), false);
  assert.equal(ids(rows), "zy");
  assert.equal(rows.mergeHead([item("y")], true), true);
  assert.equal(ids(rows), "y");
  rows.add(item("z"));
  rows.settle();
  assert.equal(ids(rows), "zy");
});
