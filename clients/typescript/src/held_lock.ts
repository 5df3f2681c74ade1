// A lock in hand: renews it in the background and says in time when it is lost.
// Must not know how it was acquired or what is done under it.
import type { HoldfastClient } from "./client.js";
import { HoldfastError, LockLostError, ProblemError } from "./errors.js";
import { sleep } from "./transport.js";
import type { Lock } from "./types.js";

/**
 * The lease is counted on the monotonic clock from before the request that
 * began it was sent, so it ends here no later than at the node. A process that
 * is stopped, or an event loop that is blocked, notices late all the same:
 * `assertHeld` just before an effect, and the fencing token with it.
 */
export class HeldLock {
  readonly lockId: string;
  readonly resourceId: string;
  /** Send it along with every effect; what knows a larger one refuses it. */
  readonly fencingToken: number;
  /** Fires, with a LockLostError, before a lost lease runs out. */
  readonly signal: AbortSignal;
  private readonly lost = new AbortController();
  private readonly stopped = new AbortController();
  private readonly client: HoldfastClient;
  private leaseMs: number;
  private endsAt: number;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `sentAt`: `performance.now()` before the request was sent. */
  constructor(client: HoldfastClient, lock: Lock, sentAt: number) {
    this.client = client;
    this.lockId = lock.lockId;
    this.resourceId = lock.resourceId;
    this.fencingToken = lock.fencingToken;
    this.signal = this.lost.signal;
    this.leaseMs = lock.timeoutMs;
    this.endsAt = sentAt + lock.timeoutMs;
  }

  /** Milliseconds until `signal` fires unless a renewal succeeds; 0: it did. */
  remainingMs(): number {
    if (this.signal.aborted) return 0;
    return Math.max(0, this.endsAt - marginMs(this.leaseMs) - performance.now());
  }

  /** @throws LockLostError when the lock is, or may be, no longer held */
  assertHeld(): void {
    if (this.remainingMs() === 0) this.lose("its lease runs out");
    this.signal.throwIfAborted();
    if (this.stopped.signal.aborted)
      throw new LockLostError(this.lockId, this.fencingToken, "it has ended");
  }

  /** The last moment, by `performance.now()`, at which it may be held. */
  leaseEnd(): number {
    return this.endsAt;
  }

  /** Renews it every third of its lease until `stop`. */
  start(): void {
    this.watch();
    // Ends by itself: what it can fail with is told through `signal`.
    void this.renewLoop();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopped.abort();
  }

  private watch(): void {
    clearTimeout(this.timer);
    if (this.signal.aborted || this.stopped.signal.aborted) return;
    const left = this.remainingMs();
    if (left === 0) this.lose("its lease runs out and was not renewed");
    else this.timer = setTimeout(() => this.watch(), Math.ceil(left));
  }

  private lose(why: string, cause?: unknown): void {
    if (this.stopped.signal.aborted || this.signal.aborted) return;
    this.lost.abort(
      new LockLostError(this.lockId, this.fencingToken, why, false, undefined, {
        cause,
      }),
    );
    this.stop();
  }

  private async renewLoop(): Promise<void> {
    const signal = this.stopped.signal;
    let failures = 0;
    while (!signal.aborted) {
      const third = this.leaseMs / 3;
      const renewIn =
        failures === 0
          ? this.endsAt - this.leaseMs + third - performance.now()
          : Math.random() * Math.min(third / 4, 50 * 2 ** failures);
      try {
        await sleep(Math.max(0, renewIn), signal);
        await this.renewOnce(signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        ++failures;
        if (error instanceof ProblemError && isFinal(error))
          this.lose(error.message, error);
        else if (!(error instanceof HoldfastError))
          this.lose(`it cannot be renewed: ${String(error)}`, error);
      }
    }
  }

  private async renewOnce(signal: AbortSignal): Promise<void> {
    const sentAt = performance.now();
    const { transport } = this.client;
    const lock = await this.client.renew(this, {
      signal,
      attempts: 1,
      timeoutMs: Math.min(transport.requestTimeoutMs, this.leaseMs / 3),
    });
    if (signal.aborted) return;
    this.leaseMs = lock.timeoutMs;
    this.endsAt = sentAt + lock.timeoutMs;
    this.watch();
  }
}

/** What the work gets to notice that it has to end. */
function marginMs(leaseMs: number): number {
  return Math.min(2000, leaseMs / 10);
}

/** No later renewal can succeed. */
function isFinal(error: ProblemError): boolean {
  return ["stale-lock", "not-found", "in-doubt"].includes(error.code);
}
