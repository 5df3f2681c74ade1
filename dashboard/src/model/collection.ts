// One list of the node on the page: read page by page as somebody scrolls,
// kept up to date by events, read again only when they do not tell enough.
// Must not know what its rows are or how they are shown.
import { reasonOf, type Api, type Query } from "../api/client";
import type { JournalEvent, Page } from "../api/types";
import { LiveList } from "./live_list";
import { Observable } from "./observable";

export interface CollectionOptions<T> {
  path: string;
  query: Query;
  keyOf(value: T): string;
  /** Of lists whose order is not "newest first". */
  compare?(a: T, b: T): number;
  /** Carries out an event; true: the list has to be read again. */
  fold(list: LiveList<T>, event: JournalEvent): boolean;
}

const firstPageRows = 200;
const pageRowsMax = 1000;
/** Lists are read again no more often than this. */
const refreshPauseMs = 1000;

export class Collection<T> extends Observable {
  readonly list: LiveList<T>;
  state: "loading" | "ready" | "failed" = "loading";
  error = "";
  private cursor: string | undefined;
  private loadingMore = false;
  private reads = 0;
  /** Events that came while a page was on its way, which may lack them. */
  private missed: JournalEvent[] = [];
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshedAt = 0;
  private closed = false;

  constructor(
    private readonly api: Pick<Api, "get">,
    private readonly options: CollectionOptions<T>,
  ) {
    super();
    this.list = new LiveList<T>(options.keyOf, options.compare?.bind(options));
  }

  get hasMore(): boolean {
    return this.cursor !== undefined;
  }

  async load(): Promise<void> {
    await this.read(firstPageRows, undefined, (page) => {
      this.list.clear();
      this.list.append(page.items);
      this.cursor = page.nextCursor;
    });
  }

  async loadMore(): Promise<void> {
    // What failed is read again when the node is back, not with every drawing.
    if (this.loadingMore || this.cursor === undefined || this.state === "failed") return;
    this.loadingMore = true;
    await this.read(pageRowsMax, this.cursor, (page) => {
      this.list.append(page.items);
      this.cursor = page.nextCursor;
    });
    this.loadingMore = false;
  }

  fold(events: JournalEvent[]): void {
    if (this.reads > 0) this.missed.push(...events);
    if (this.state !== "loading") this.carryOut(events);
  }

  /** Rows stand still, or go on. */
  hold(on: boolean): void {
    if (this.list.isHeld === on) return;
    this.list.hold(on);
    this.changed();
  }

  /** Replaces rows, which were read one by one. */
  put(values: T[]): void {
    for (const value of values)
      this.list.update(this.options.keyOf(value), () => value);
    this.changed();
  }

  /** Has the beginning of the list read again, soon and not too often. */
  refresh(): void {
    if (this.refreshTimer !== undefined || this.closed) return;
    const wait = Math.max(50, this.refreshedAt + refreshPauseMs - Date.now());
    this.refreshTimer = setTimeout(() => {
      this.refreshTimer = undefined;
      if (this.list.isHeld || this.loadingMore) this.refresh();
      else void this.readHead();
    }, wait);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.refreshTimer);
  }

  private async readHead(): Promise<void> {
    this.refreshedAt = Date.now();
    const rows = Math.min(pageRowsMax, Math.max(firstPageRows, this.list.rows.length));
    await this.read(rows, undefined, (page) => {
      const isAll = page.nextCursor === undefined;
      if (!this.list.mergeHead(page.items, isAll) || isAll) this.cursor = page.nextCursor;
    });
    this.refreshedAt = Date.now();
  }

  private carryOut(events: JournalEvent[]): void {
    let stale = false;
    for (const event of events) stale = this.options.fold(this.list, event) || stale;
    this.list.settle();
    if (stale) this.refresh();
    this.changed();
  }

  private async read(
    limit: number,
    cursor: string | undefined,
    take: (page: Page<T>) => void,
  ): Promise<void> {
    ++this.reads;
    try {
      const query = { ...this.options.query, limit, cursor };
      const page = await this.api.get<Page<T>>(this.options.path, query);
      if (this.closed) return;
      take(page);
      this.state = "ready";
      this.error = "";
    } catch (error) {
      this.state = "failed";
      this.error = reasonOf(error);
    } finally {
      if (--this.reads === 0) {
        const missed = this.missed;
        this.missed = [];
        if (this.state === "ready") this.carryOut(missed);
      }
    }
    this.changed();
  }
}
