// The journal on the page, newest first: follows live, reads back as somebody
// scrolls, and is handed over whole for export.
// Must not know how it is shown.
import { reasonOf } from "../api/client";
import type { JournalEvent } from "../api/types";
import type { Feed } from "./feed";
import { lastBefore, readBack } from "./journal_search";
import { LiveList } from "./live_list";
import { Observable } from "./observable";

export interface HistoryFilter {
  resourceId: string;
  ownerId: string;
  /** "": any */
  kind: string;
  lockId: string;
}

export function matches(filter: HistoryFilter, event: JournalEvent): boolean {
  return (
    (!filter.resourceId || event.resourceId === filter.resourceId) &&
    (!filter.ownerId || event.ownerId === filter.ownerId) &&
    (!filter.kind || event.kind === filter.kind) &&
    (!filter.lockId || event.lockId === filter.lockId)
  );
}

const wantedRows = 200;
const rowsMax = 50_000;
export const exportRowsMax = 500_000;

export class History extends Observable {
  readonly list = new LiveList<JournalEvent>((event) => String(event.seq));
  state: "loading" | "ready" | "failed" = "loading";
  error = "";
  /** Where to read on; 0: all that matches is there. */
  before = 0;
  get hasMore(): boolean {
    return this.before > 0;
  }
  private reading = false;
  private closed = false;

  constructor(
    private readonly feed: Feed,
    private readonly filter: HistoryFilter,
  ) {
    super();
  }

  async load(): Promise<void> {
    this.list.clear();
    this.before = this.feed.last + 1;
    await this.readOlder();
  }

  /** Reads back until there are enough rows more, or a while has passed. */
  async readOlder(): Promise<void> {
    if (this.reading || this.before === 0) return;
    this.reading = true;
    try {
      const read = this.feed.reader(this.filter.resourceId || undefined);
      const back = await readBack(read, this.before, wantedRows, (event) =>
        matches(this.filter, event),
      );
      if (this.closed) return;
      this.list.append(back.items.reverse());
      this.before = back.before;
      this.state = "ready";
    } catch (error) {
      this.state = "failed";
      this.error = reasonOf(error);
    } finally {
      this.reading = false;
    }
    this.changed();
  }

  fold(events: JournalEvent[]): void {
    for (const event of events) if (matches(this.filter, event)) this.list.add(event);
    this.list.settle();
    if (this.list.rows.length > rowsMax) {
      this.list.truncate(rowsMax);
      this.before = this.list.rows.at(-1)!.value.seq;
    }
    this.changed();
  }

  hold(on: boolean): void {
    if (this.list.isHeld === on) return;
    this.list.hold(on);
    this.changed();
  }

  close(): void {
    this.closed = true;
  }
}

/**
 * Everything that matches since a moment (0: from the beginning), as JSON
 * lines, oldest first. `progress` hears how many rows there are.
 */
export async function exportLines(
  feed: Feed,
  filter: HistoryFilter,
  sinceMs: number,
  signal: AbortSignal,
  progress: (rows: number) => void,
): Promise<{ lines: string[]; complete: boolean }> {
  const read = feed.reader(filter.resourceId || undefined);
  let after = sinceMs === 0 ? 0 : await lastBefore(feed.reader(), sinceMs);
  const end = feed.last;
  const lines: string[] = [];
  for (;;) {
    const slice = await read(after, 1000);
    signal.throwIfAborted();
    for (const event of slice.items)
      if (event.seq <= end && matches(filter, event)) lines.push(`${JSON.stringify(event)}\n`);
    progress(lines.length);
    const last = slice.items.at(-1);
    if (!slice.more || !last || last.seq >= end) return { lines, complete: true };
    if (lines.length >= exportRowsMax) return { lines, complete: false };
    after = last.seq;
  }
}
