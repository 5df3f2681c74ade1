// Server-sent events, out of the text in which they arrive.
// Must not know where the text comes from or what events mean.

export interface Frame {
  /** The last id seen so far; "" when there was none yet. */
  id: string;
  event: string;
  data: string;
}

/** Reads `text/event-stream` as HTML's standard tells, piece by piece. */
export class SseParser {
  private rest = "";
  private id = "";
  private event = "";
  private data: string[] = [];
  private begun = false;

  /** Frames that are complete with `text`. */
  push(text: string): Frame[] {
    const frames: Frame[] = [];
    if (!this.begun && text !== "") {
      this.begun = true;
      text = text.replace(/^\uFEFF/, "");
    }
    const all = this.rest + text;
    let from = 0;
    for (;;) {
      const end = lineEnd(all, from);
      if (!end) break;
      this.line(all.slice(from, end.at), frames);
      from = end.next;
    }
    this.rest = all.slice(from);
    return frames;
  }

  private line(line: string, frames: Frame[]): void {
    if (line === "") {
      if (this.data.length > 0)
        frames.push({
          id: this.id,
          event: this.event || "message",
          data: this.data.join("\n"),
        });
      this.event = "";
      this.data = [];
      return;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.data.push(value);
    else if (name === "event") this.event = value;
    else if (name === "id" && !value.includes("\0")) this.id = value;
  }
}

/** A carriage return at the very end may be half of a line's end. */
function lineEnd(text: string, from: number): { at: number; next: number } | undefined {
  for (let i = from; i < text.length; ++i) {
    if (text[i] === "\n") return { at: i, next: i + 1 };
    if (text[i] !== "\r") continue;
    if (i + 1 === text.length) return undefined;
    return { at: i, next: text[i + 1] === "\n" ? i + 2 : i + 1 };
  }
  return undefined;
}
