// The node's own numbers: read after events, at most once a second, and a few
// times more when events have ceased, since they are means of the last minute.
// Must not know who shows them.
import type { Api } from "../api/client";
import type { Stats } from "../api/types";
import { Observable } from "./observable";

const pauseMs = 1000;
/** Looks after the last event. */
const tailMs = [2000, 10_000, 30_000, 65_000];

export class StatsReader extends Observable {
  value: Stats | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dueAt = Infinity;
  private readAt = 0;
  private tail = 0;
  private reading = false;

  constructor(private readonly api: Pick<Api, "get">) {
    super();
  }

  /** Something has happened. */
  touch(): void {
    this.tail = 0;
    this.schedule(this.readAt + pauseMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.dueAt = Infinity;
  }

  private schedule(at: number): void {
    if (this.dueAt <= at) return;
    clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = setTimeout(() => void this.read(), Math.max(0, at - Date.now()));
  }

  private async read(): Promise<void> {
    this.dueAt = Infinity;
    if (this.reading) return;
    this.reading = true;
    try {
      this.value = await this.api.get<Stats>("/v1/stats");
    } catch {
      // The stream tells that the node is away; the numbers stay until then.
    } finally {
      this.reading = false;
      this.readAt = Date.now();
    }
    const wait = tailMs[this.tail++];
    if (wait !== undefined) this.schedule(Date.now() + wait);
    this.changed();
  }
}
