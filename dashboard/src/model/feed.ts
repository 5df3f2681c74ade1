// The node's events on the page: one stream for all views, handed on in small
// batches so that a hundred events a second are ten changes of the screen.
// Must not know views.
import type { Api } from "../api/client";
import { EventStream, type StreamState } from "../api/event_stream";
import type { Gap, JournalEvent, Page } from "../api/types";
import { NodeClock } from "./clock";
import { endOfJournal, type ReadJournal } from "./journal_search";
import { Observable } from "./observable";

const batchMs = 100;

export type Listener = (events: JournalEvent[]) => void;

export class Feed extends Observable {
  readonly clock = new NodeClock();
  state: StreamState = { kind: "connecting" };
  /** Since when the node is not heard; undefined while it is. */
  lostAtMs: number | undefined;
  /** Set when events are lost to this page; lists were read anew. */
  gap: Gap | undefined;
  /**
   * The stream has events with larger numbers; the journal has the others.
   * Undefined until it is known. A list that is read later misses nothing.
   */
  beganAfter: number | undefined;
  private stream: EventStream | undefined;
  private readonly listeners = new Set<Listener>();
  private readonly restarts = new Set<() => void>();
  private batch: JournalEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastEvent: JournalEvent | undefined;
  private wasLive = false;

  constructor(
    private readonly api: Api,
    private readonly token: () => string,
    private readonly onUnauthorized: () => void,
  ) {
    super();
  }

  /** The number of the last event heard. */
  get last(): number {
    return this.stream?.last ?? 0;
  }

  onEvents(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Called when everything has to be read anew. */
  onRestart(listener: () => void): () => void {
    this.restarts.add(listener);
    return () => void this.restarts.delete(listener);
  }

  /** Rows of the journal, of all resources or of one. */
  reader(resourceId?: string): ReadJournal {
    return async (after, limit) => {
      const page = await this.api.get<Page<JournalEvent>>("/v1/journal", {
        after,
        limit,
        resourceId,
      });
      return { items: page.items, more: page.nextCursor !== undefined };
    };
  }

  /** Listens from the journal's end on, which it looks up first. */
  async start(): Promise<void> {
    this.stop();
    this.wasLive = false;
    const after = await endOfJournal(this.reader());
    this.listen(after);
  }

  stop(): void {
    this.stream?.stop();
    this.stream = undefined;
  }

  retryNow(): void {
    this.stream?.retryNow();
  }

  private listen(after: number): void {
    this.lastEvent = undefined;
    this.beganAfter = after;
    const stream = new EventStream({
      url: "/v1/events",
      after,
      token: this.token,
      onEvent: (event) => this.take(event),
      onGap: (gap) => this.missed(gap),
      onState: (state) => {
        if (this.stream === stream) this.enter(state);
      },
      onUnauthorized: this.onUnauthorized,
    });
    this.stream = stream;
    this.changed();
    void stream.run();
  }

  private enter(state: StreamState): void {
    if (this.state.kind === "live" && state.kind !== "live") this.lostAtMs = Date.now();
    this.state = state;
    if (state.kind === "live") {
      this.lostAtMs = undefined;
      if (this.wasLive) void this.checkHistory();
      this.wasLive = true;
    }
    this.changed();
  }

  /**
   * A node that comes back on another data directory counts from the start: it
   * would say nothing until it had come as far as the one before.
   */
  private async checkHistory(): Promise<void> {
    const known = this.lastEvent;
    if (!known) return;
    const { items } = await this.reader()(known.seq - 1, 1).catch(() => ({
      items: [known], // it is away again; the next connection looks again
    }));
    const there = items[0];
    if (there?.seq === known.seq && there.at === known.at) return;
    await this.start().catch(() => this.retryNow());
    for (const restart of this.restarts) restart();
  }

  private missed(gap: Gap): void {
    this.gap = gap;
    for (const restart of this.restarts) restart();
    this.changed();
  }

  private take(event: JournalEvent): void {
    this.lastEvent = event;
    this.clock.heard(event.at);
    this.batch.push(event);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const events = this.batch;
      this.batch = [];
      for (const listener of [...this.listeners]) listener(events);
    }, batchMs);
  }
}
