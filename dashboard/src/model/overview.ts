// The last fifteen minutes by the second, and what deserves a look: of the
// stream, and of the journal for what came before.
// Must not know how it is drawn.
import type { JournalEvent } from "../api/types";
import { toneOf } from "./event_groups";
import type { Feed } from "./feed";
import { lastBefore, readBack } from "./journal_search";
import { Observable } from "./observable";
import { Series } from "./series";
import type { StatsReader } from "./stats_reader";

export const windowSeconds = 15 * 60;
const noteworthyMax = 50;
/** More of the past than this is not read. */
const backfillRows = 20_000;

const secondOf = (ms: number): number => Math.floor(ms / 1000);

export class Overview extends Observable {
  readonly granted = new Series(windowSeconds, true);
  readonly failed = new Series(windowSeconds, true);
  readonly activeLocks = new Series(windowSeconds, false);
  readonly waiting = new Series(windowSeconds, false);
  readonly commits = new Series(windowSeconds, false);
  readonly commitP99Us = new Series(windowSeconds, false);
  /** Newest first. */
  noteworthy: JournalEvent[] = [];

  constructor(
    private readonly feed: Feed,
    private readonly stats: StatsReader,
  ) {
    super();
    feed.onEvents((events) => {
      for (const event of events) this.fold(event);
      this.note(events);
      this.changed();
    });
  }

  /** Keeps time: one column of the charts a second, while the node is heard. */
  tick(): void {
    const second = secondOf(this.feed.clock.now());
    if (this.feed.state.kind !== "live") return;
    this.granted.knowTo(second);
    this.failed.knowTo(second);
    const stats = this.stats.value;
    if (stats) {
      this.activeLocks.set(second, stats.activeLocks);
      this.waiting.set(second, stats.queueLength);
      this.commits.set(second, stats.commit.perSecond);
      this.commitP99Us.set(second, stats.commit.p99Us);
    }
    this.changed();
  }

  /** Reads what the journal has of the time before the page was opened. */
  async readPast(): Promise<void> {
    const end = this.feed.beganAfter ?? 0;
    const now = this.feed.clock.now();
    this.knowFrom(secondOf(now));
    const read = this.feed.reader();
    const beginMs = now - windowSeconds * 1000;
    const first = await lastBefore(read, beginMs);
    const rows = Math.min(backfillRows, end - first);
    const { items } = await readBack(read, end + 1, rows);
    const oldest = items[0];
    const complete = rows < backfillRows;
    if (complete || oldest)
      this.knowFrom(secondOf(complete ? beginMs : Date.parse(oldest!.at)));
    for (const event of items) this.fold(event);
    this.note(items);
    this.changed();
  }

  private knowFrom(second: number): void {
    this.granted.knowFrom(second);
    this.failed.knowFrom(second);
  }

  private fold(event: JournalEvent): void {
    const second = secondOf(Date.parse(event.at));
    if (event.kind === "granted") this.granted.add(second);
    if (event.kind === "failed" || event.kind === "expired") this.failed.add(second);
  }

  private note(events: JournalEvent[]): void {
    const found = events.filter((event) => toneOf(event.kind) !== "plain");
    if (found.length === 0) return;
    this.noteworthy = [...this.noteworthy, ...found]
      .sort((a, b) => b.seq - a.seq)
      .slice(0, noteworthyMax);
  }
}
