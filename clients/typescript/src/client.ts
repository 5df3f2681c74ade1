// The calls of a node, one method each.
// Must not know how to keep a lock; held_lock.ts and with_lock.ts do.
import { InProgressError } from "./errors.js";
import type { HeldLock } from "./held_lock.js";
import { Transport, type Answer, type Call } from "./transport.js";
import type { ClientOptions } from "./transport.js";
import type {
  AcquireAnswer,
  AcquireRequest,
  BatchResult,
  DeadLetter,
  Entry,
  JournalEvent,
  Lock,
  LockStatus,
  Page,
  Resource,
  Stats,
  Trade,
  TradeRequest,
} from "./types.js";
import { withLock, type LockedResult, type WithLockRequest } from "./with_lock.js";

/** For any call: gives up, and closes the connection, when it fires. */
export interface CallOptions {
  signal?: AbortSignal;
}

interface PageOptions extends CallOptions {
  limit?: number;
  cursor?: string;
}

const segment = encodeURIComponent;

/** fetch gives up after 300 s without headers, whatever it is told. */
export const waitMaxMs = 290_000;

export class HoldfastClient {
  /** For with_lock.ts; not part of the interface. */
  readonly transport: Transport;

  constructor(options: ClientOptions = {}) {
    this.transport = new Transport(options);
  }

  /**
   * Acquires, runs `work` under the lock while renewing it, and releases with
   * its result or error. When the outcome is already stored, `work` is not run
   * and the stored result is returned, `replayed`.
   * @throws LockLostError, what `work` throws, or why there is no lock
   */
  withLock<T>(
    request: WithLockRequest,
    work: (lock: HeldLock) => T | Promise<T>,
  ): Promise<LockedResult<T>> {
    return withLock(this, request, work);
  }

  /**
   * Asks for a lock. Repeated after a lost answer only with a key or with
   * transaction data; then an InProgressError with `answerLost` may speak of
   * the caller's own lock. `withLock` sorts that out.
   */
  async acquire(
    request: AcquireRequest,
    options: CallOptions & { attempts?: number } = {},
  ): Promise<AcquireAnswer> {
    return this.call({
      method: "POST",
      path: "/v1/locks",
      body: request,
      repeatable: hasKey(request),
      waitMs: waitOf(request),
      ...options,
    });
  }

  /** At most 256 requests; each is answered on its own, in their order. */
  async acquireBatch(
    requests: AcquireRequest[],
    options: CallOptions = {},
  ): Promise<BatchResult[]> {
    const answer = await this.call<{ results: BatchResult[] }>({
      method: "POST",
      path: "/v1/locks:batch",
      body: { requests },
      waitMs: Math.max(0, ...requests.map(waitOf)),
      ...options,
    });
    return answer.results;
  }

  /** The lease starts anew. @throws StaleLockError when the lock has ended */
  renew(
    lock: Pick<Lock, "lockId" | "fencingToken">,
    options: Pick<Call, "signal" | "attempts" | "timeoutMs"> & {
      leaseMs?: number;
    } = {},
  ): Promise<Lock> {
    const { leaseMs, ...how } = options;
    return this.call({
      method: "POST",
      path: `/v1/locks/${segment(lock.lockId)}/renew`,
      body: { fencingToken: lock.fencingToken, timeoutMs: leaseMs },
      repeatable: true,
      ...how,
    });
  }

  /** Ends the lock: the work succeeded with `result`, or failed with `error`. */
  release(
    lock: Pick<Lock, "lockId" | "fencingToken">,
    outcome: { result?: unknown } | { error: string } = {},
    options: Pick<Call, "signal" | "attempts" | "retryUntil"> = {},
  ): Promise<Lock> {
    return this.call({
      method: "POST",
      path: `/v1/locks/${segment(lock.lockId)}/release`,
      body: { fencingToken: lock.fencingToken, ...outcome },
      repeatable: true,
      ...options,
    });
  }

  getLock(lockId: string, options: CallOptions = {}): Promise<Lock> {
    return this.get(`/v1/locks/${segment(lockId)}`, {}, options);
  }

  listLocks(
    query: PageOptions & {
      resourceId?: string;
      ownerId?: string;
      status?: LockStatus;
    } = {},
  ): Promise<Page<Lock>> {
    return this.list("/v1/locks", query);
  }

  listQueue(
    query: PageOptions & { resourceId?: string; ownerId?: string } = {},
  ): Promise<Page<Entry>> {
    return this.list("/v1/queue", query);
  }

  /** With `waitMs`: answers when its status changes, or then at the latest. */
  getEntry(
    entryId: string,
    options: CallOptions & { waitMs?: number } = {},
  ): Promise<Entry> {
    return this.get(`/v1/queue/${segment(entryId)}`, {}, options);
  }

  /** Leaves the queue. @throws NotWaitingError when it was granted before */
  cancel(entryId: string, options: CallOptions = {}): Promise<Entry> {
    return this.call({
      method: "DELETE",
      path: `/v1/queue/${segment(entryId)}`,
      ...options,
    });
  }

  getResource(resourceId: string, options: CallOptions = {}): Promise<Resource> {
    return this.get(`/v1/resources/${segment(resourceId)}`, {}, options);
  }

  listDeadLetters(query: PageOptions = {}): Promise<Page<DeadLetter>> {
    return this.list("/v1/dead-letters", query);
  }

  requeueDeadLetter(id: string, options: CallOptions = {}): Promise<Entry> {
    return this.call({
      method: "POST",
      path: `/v1/dead-letters/${segment(id)}/requeue`,
      ...options,
    });
  }

  async discardDeadLetter(
    id: string,
    options: CallOptions = {},
  ): Promise<void> {
    await this.call({
      method: "DELETE",
      path: `/v1/dead-letters/${segment(id)}`,
      ...options,
    });
  }

  /** Oldest first; with `waitMs` it waits for the next event. */
  journal(
    query: PageOptions & {
      resourceId?: string;
      after?: number;
      waitMs?: number;
    } = {},
  ): Promise<Page<JournalEvent>> {
    return this.list("/v1/journal", query);
  }

  stats(options: CallOptions = {}): Promise<Stats> {
    return this.get("/v1/stats", {}, options);
  }

  /** No new task starts. Needs the operate scope, as what follows. */
  pause(options: CallOptions = {}): Promise<{ paused: boolean }> {
    return this.call({ method: "POST", path: "/v1/pause", ...options });
  }

  resume(options: CallOptions = {}): Promise<{ paused: boolean }> {
    return this.call({ method: "POST", path: "/v1/resume", ...options });
  }

  forceRelease(
    lockId: string,
    reason: string,
    options: CallOptions = {},
  ): Promise<{ released: number }> {
    return this.call({
      method: "DELETE",
      path: `/v1/locks/${segment(lockId)}`,
      query: { reason },
      ...options,
    });
  }

  forceReleaseOwner(
    ownerId: string,
    reason: string,
    options: CallOptions = {},
  ): Promise<{ released: number }> {
    return this.call({
      method: "DELETE",
      path: `/v1/owners/${segment(ownerId)}/locks`,
      query: { reason },
      ...options,
    });
  }

  /**
   * Places an order, once. It always has a key, derived from its fields if
   * need be, so a lost answer is asked for again; and since the node does the
   * work, waiting for its own trade is right.
   */
  async trade(
    request: TradeRequest,
    options: CallOptions = {},
  ): Promise<Trade> {
    const send = (body: TradeRequest) =>
      this.call<Trade>({
        method: "POST",
        path: "/v1/trades",
        body,
        repeatable: true,
        waitMs: waitOf(body),
        ...options,
      });
    try {
      return await send(request);
    } catch (error) {
      if (!(error instanceof InProgressError) || !error.answerLost) throw error;
      return send({ ...request, onLocked: "wait" });
    }
  }

  listTrades(query: PageOptions = {}): Promise<Page<Trade>> {
    return this.list("/v1/trades", query);
  }

  getTrade(tradeId: string, options: CallOptions = {}): Promise<Trade> {
    return this.get(`/v1/trades/${segment(tradeId)}`, {}, options);
  }

  private get<T>(
    path: string,
    query: NonNullable<Call["query"]>,
    options: CallOptions & { waitMs?: number },
  ): Promise<T> {
    const waitMs = checkedWait(options.waitMs ?? 0);
    return this.call({
      method: "GET",
      path,
      query: { ...query, waitMs: options.waitMs },
      repeatable: true,
      waitMs,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  }

  private list<T>(
    path: string,
    options: PageOptions & { waitMs?: number },
  ): Promise<Page<T>> {
    const { signal, waitMs, ...query } = options;
    return this.get(path, query as NonNullable<Call["query"]>, {
      ...(signal ? { signal } : {}),
      ...(waitMs === undefined ? {} : { waitMs }),
    });
  }

  private async call<T>(call: Call): Promise<T> {
    const answer: Answer = await this.transport.send(call);
    return answer.body as T;
  }
}

/** Whether the node recognises a second one as the same transaction. */
export function hasKey(request: AcquireRequest): boolean {
  return (
    request.idempotencyKey !== undefined ||
    (request.transactionData !== undefined && request.transactionData !== null)
  );
}

function checkedWait(waitMs: number): number {
  if (waitMs > waitMaxMs)
    throw new RangeError(`waitMs must be at most ${waitMaxMs}, not ${waitMs}`);
  return waitMs;
}

function waitOf(request: { onLocked?: string; waitMs?: number }): number {
  return request.onLocked === "wait" ? checkedWait(request.waitMs ?? 30_000) : 0;
}
