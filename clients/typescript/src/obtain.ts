// Gets a lock, or the stored outcome, through lost answers and restarts.
// Must not know what is done under the lock.
import { randomUUID } from "node:crypto";
import { hasKey, waitMaxMs, type HoldfastClient } from "./client.js";
import {
  CancelledError,
  HoldfastError,
  InProgressError,
  NotFoundError,
  NotWaitingError,
  StaleLockError,
  WaitTimeoutError,
} from "./errors.js";
import { HeldLock } from "./held_lock.js";
import { sleep } from "./transport.js";
import type { AcquireRequest, Entry, Lock } from "./types.js";

export type Obtained =
  | { held: HeldLock; lock: Lock }
  | { replayed: unknown; lock: Lock };

/**
 * One request for a lock.
 *
 * When an answer is lost, the lock may have been granted to us unheard.
 *
 * With a key of the caller's, others may send it too: nobody can tell whose
 * the lock is, and to take it could let two work at once. So the request is
 * repeated as it is. It joins the transaction in flight; if that is our own,
 * orphaned, it expires, and the repetition is granted a new lock.
 *
 * Without one, a random key is sent that nobody else knows. What is held or
 * waits under that key is ours and is taken up at once.
 */
export class Obtaining {
  private readonly request: AcquireRequest;
  private readonly keyIsOurs: boolean;
  private readonly endsAt: number;
  private entryId: string | undefined;

  constructor(
    private readonly client: HoldfastClient,
    request: AcquireRequest,
    private readonly waitMs: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.keyIsOurs = !hasKey(request);
    this.request = this.keyIsOurs
      ? { ...request, idempotencyKey: `client-${randomUUID()}` }
      : request;
    this.endsAt = performance.now() + waitMs;
  }

  async obtain(): Promise<Obtained> {
    const { transport } = this.client;
    let lost = false;
    for (let attempt = 1; ; ++attempt) {
      try {
        return lost && this.keyIsOurs
          ? await this.takeUp()
          : await this.ask();
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        lost ||= error.answerLost;
        error.answerLost = lost;
        // StaleLock: granted, and lost again before we had it in hand.
        const pause =
          error instanceof StaleLockError
            ? 0
            : transport.pauseMs(error, attempt, true);
        const late =
          this.waitMs > 0 && performance.now() + (pause ?? 0) > this.endsAt;
        if (pause === undefined || late || attempt >= transport.retry.attempts)
          throw error;
        await sleep(pause, this.signal);
      }
    }
  }

  /** Leaves what may wait or be held under a key that is ours alone. */
  async abandon(): Promise<void> {
    if (this.entryId === undefined) return;
    try {
      await this.client.cancel(this.entryId);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      process.emitWarning(
        `queue entry ${this.entryId} could not be cancelled: ${error.message}`,
        "HoldfastWarning",
      );
    }
  }

  private left(): number {
    return Math.max(0, Math.ceil(this.endsAt - performance.now()));
  }

  private how(): { signal?: AbortSignal; attempts: number } {
    return this.signal ? { signal: this.signal, attempts: 1 } : { attempts: 1 };
  }

  private async ask(): Promise<Obtained> {
    const sentAt = performance.now();
    const waits: Partial<AcquireRequest> =
      this.waitMs > 0
        ? {
            onLocked: "wait",
            waitMs: Math.min(Math.max(1, this.left()), waitMaxMs),
          }
        : { onLocked: "reject" };
    const answer = await this.client.acquire(
      { ...this.request, ...waits },
      this.how(),
    );
    if (answer.outcome === "replayed")
      return { replayed: answer.result, lock: answer.lock };
    if (answer.outcome === "granted") return this.take(answer.lock, sentAt);
    // `reject`, and a duplicate with `queue` waits under the same key.
    throw new InProgressError({
      status: 409,
      code: "in-progress",
      detail: `this transaction waits in the queue as ${answer.entry.entryId}`,
    });
  }

  /** After a lost answer, under a key that nobody else knows. */
  private async takeUp(): Promise<Obtained> {
    const sentAt = performance.now();
    try {
      const answer = await this.client.acquire(
        { ...this.request, onLocked: this.waitMs > 0 ? "queue" : "reject" },
        this.how(),
      );
      if (answer.outcome === "replayed")
        return { replayed: answer.result, lock: answer.lock };
      if (answer.outcome === "granted") return this.take(answer.lock, sentAt);
      this.entryId = answer.entry.entryId;
      return await this.awaitTurn(answer.entry);
    } catch (error) {
      if (!(error instanceof InProgressError) || !error.lockId) throw error;
      const lock = await this.client.getLock(error.lockId, this.how());
      if (
        lock.idempotencyKey !== this.request.idempotencyKey ||
        lock.ownerId !== this.request.ownerId
      )
        throw error;
      return this.claim(lock);
    }
  }

  private async awaitTurn(first: Entry): Promise<Obtained> {
    const id = first.entryId;
    let entry = first;
    while (entry.status === "waiting" && this.left() > 0)
      entry = await this.client.getEntry(id, {
        ...this.how(),
        waitMs: Math.min(this.left(), 20_000),
      });
    if (entry.status === "waiting") {
      try {
        await this.client.cancel(id, this.how());
        this.entryId = undefined;
        throw new WaitTimeoutError({
          status: 409,
          code: "wait-timeout",
          detail: `not granted within ${this.waitMs} ms`,
        });
      } catch (error) {
        if (!(error instanceof NotWaitingError)) throw error;
        entry = await this.client.getEntry(id, this.how());
      }
    }
    this.entryId = undefined;
    if (entry.lock?.status === "active") return this.claim(entry.lock);
    throw new CancelledError({
      status: 409,
      code: "cancelled",
      detail: `queue entry ${id} is ${entry.status}`,
    });
  }

  /** A grant that took long to be heard of has used up some of its lease. */
  private take(lock: Lock, sentAt: number): Obtained | Promise<Obtained> {
    if (performance.now() - sentAt > lock.timeoutMs / 3)
      return this.claim(lock);
    return { held: new HeldLock(this.client, lock, sentAt), lock };
  }

  private async claim(lock: Lock): Promise<Obtained> {
    const sentAt = performance.now();
    try {
      const renewed = await this.client.renew(lock, {
        ...(this.signal ? { signal: this.signal } : {}),
      });
      return {
        held: new HeldLock(this.client, renewed, sentAt),
        lock: renewed,
      };
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      throw new StaleLockError({
        status: 409,
        code: "stale-lock",
        detail: error.detail,
      });
    }
  }
}
