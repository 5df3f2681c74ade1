// GET /v1/events by fetch, since EventSource can send no Authorization: it
// connects again by itself and goes on behind the last event heard.
// Must not know what events mean or who listens.
import { SseParser, type Frame } from "./sse_parser";
import type { Gap, JournalEvent } from "./types";

export type StreamState =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "waiting"; retryAtMs: number; why: string }
  | { kind: "stopped" };

export interface StreamOptions {
  url: string;
  /** Behind which event it begins. */
  after: number;
  token(): string;
  onEvent(event: JournalEvent): void;
  onGap(gap: Gap): void;
  onState(state: StreamState): void;
  /** The node wants another token; the stream has stopped. */
  onUnauthorized(): void;
  fetch?: typeof fetch;
  random?: () => number;
}

const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** Several heartbeats of the node; a connection silent for so long is dead. */
export const silenceMs = 45_000;

/** How long to wait before try `n` (0: the first after a loss). */
export function pauseMs(n: number, random: number): number {
  const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** n);
  return whole / 2 + (whole / 2) * random;
}

export class EventStream {
  private lastId: number;
  private failures = 0;
  private stopping = new AbortController();
  private wake: (() => void) | undefined;

  constructor(private readonly options: StreamOptions) {
    this.lastId = options.after;
  }

  /** The number of the last event heard. */
  get last(): number {
    return this.lastId;
  }

  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.options.onState({ kind: "connecting" });
      const why = await this.connection();
      if (this.stopping.signal.aborted || why === undefined) break;
      const ms = pauseMs(this.failures++, (this.options.random ?? Math.random)());
      this.options.onState({ kind: "waiting", retryAtMs: Date.now() + ms, why });
      await this.pause(ms);
    }
    this.options.onState({ kind: "stopped" });
  }

  stop(): void {
    this.stopping.abort();
    this.wake?.();
  }

  /** Ends a pause between two tries. */
  retryNow(): void {
    this.failures = 0;
    this.wake?.();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** One connection; answers why it ended, nothing when there is to be none. */
  private async connection(): Promise<string | undefined> {
    const ending = new AbortController();
    const end = () => ending.abort();
    this.stopping.signal.addEventListener("abort", end);
    let silence = setTimeout(end, silenceMs);
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(end, silenceMs);
    };
    try {
      const answer = await this.open(ending.signal);
      if (answer.status === 401) {
        this.options.onUnauthorized();
        return undefined;
      }
      if (!answer.ok || !answer.body) return `the node answered ${answer.status}`;
      this.failures = 0;
      this.options.onState({ kind: "live" });
      await this.read(answer.body.getReader(), heard);
      return "the node ended the stream";
    } catch {
      // fetch says no more than "failed"; the pause and the next try follow.
      return "the node does not answer";
    } finally {
      clearTimeout(silence);
      this.stopping.signal.removeEventListener("abort", end);
      end();
    }
  }

  private open(signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {
      Accept: "text/event-stream",
      "Last-Event-ID": String(this.lastId),
    };
    const token = this.options.token();
    if (token) headers["Authorization"] = `Bearer ${token}`;
    const open = this.options.fetch ?? fetch;
    return open(this.options.url, { headers, signal, cache: "no-store" });
  }

  private async read(
    from: ReadableStreamDefaultReader<Uint8Array>,
    heard: () => void,
  ): Promise<void> {
    const parser = new SseParser();
    const text = new TextDecoder();
    for (;;) {
      const { done, value } = await from.read();
      if (done) return;
      heard();
      for (const frame of parser.push(text.decode(value, { stream: true })))
        this.take(frame);
    }
  }

  private take(frame: Frame): void {
    if (frame.event === "gap") {
      this.options.onGap(JSON.parse(frame.data) as Gap);
      return;
    }
    const event = JSON.parse(frame.data) as JournalEvent;
    if (event.seq <= this.lastId) return; // heard before
    this.lastId = event.seq;
    this.options.onEvent(event);
  }
}
