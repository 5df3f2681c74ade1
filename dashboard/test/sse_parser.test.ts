// Server-sent events, however they are cut into pieces.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "../src/api/sse_parser";

const text =
  ": heartbeat\n\nid: 7\nevent: granted\ndata: {\"seq\":7}\n\n" +
  "id:8\r\ndata: one\r\ndata: two\r\n\r\nevent: empty\n\nid: 9\rdata: cr\r\r";

const expected = [
  { id: "7", event: "granted", data: '{"seq":7}' },
  { id: "8", event: "message", data: "one\ntwo" },
  { id: "9", event: "message", data: "cr" },
];

test("frames are the same wherever the text is cut", () => {
  for (let size = 1; size <= text.length + 1; ++size) {
    const parser = new SseParser();
    const frames = [];
    for (let i = 0; i < text.length; i += size)
      frames.push(...parser.push(text.slice(i, i + size)));
    // A trailing carriage return may be half of a line's end until more comes.
    frames.push(...parser.push("\n"));
    assert.deepEqual(frames, expected, `pieces of ${size}`);
  }
});

test("a byte order mark is passed over, and so is an id with a NUL", () => {
  const frames = new SseParser().push("\uFEFFid: 1\ndata: a\n\nid: 2\0\ndata: b\n\n");
  assert.deepEqual(frames.map((frame) => frame.id), ["1", "1"]);
});
