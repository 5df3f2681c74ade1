// The names and shapes of the former transaction-lock service, on Holdfast.
// Must not know how a lock is kept; with_lock.ts does.
import { HoldfastClient } from "./client.js";
import {
  HoldfastError,
  InProgressError,
  InvalidError,
  LockLostError,
  NotFoundError,
  StaleLockError,
} from "./errors.js";
import type { HeldLock } from "./held_lock.js";
import type { ClientOptions } from "./transport.js";
import type { AcquireRequest, Lock, OwnerType, TransactionType } from "./types.js";

export interface TransactionLockConfig {
  resourceId: string;
  ownerId: string;
  ownerType: OwnerType;
  transactionType: TransactionType;
  transactionData: Record<string, unknown>;
  priority?: number;
  /** The lease; executeWithLock renews it. */
  timeoutMs?: number;
  maxRetries?: number;
  idempotencyKey?: string;
  /** New: acquireLock takes a place in the queue. Then it must be claimed. */
  queue?: boolean;
  /** New: how long executeWithLock waits for its turn. Default 30000. */
  waitMs?: number;
}

export interface LockResult {
  success: boolean;
  lockId?: string;
  /** New: larger with every grant. */
  fencingToken?: number;
  /** New: for claimQueuedLock and getQueuePosition. */
  queueId?: string;
  queuePosition?: number;
  error?: string;
  isRetry?: boolean;
  existingResult?: unknown;
}

export interface TransactionResult {
  success: boolean;
  result?: Record<string, unknown>;
  error?: string;
  lockId: string;
  executionTimeMs: number;
  /** New: the outcome of an earlier call; the work was not run. */
  isRetry?: boolean;
}

export interface LockRow {
  id: string;
  ownerId: string;
  resourceId: string;
  status: string;
  createdAt: Date;
  expiresAt: Date;
}

/** The work's own word that it failed: stored as a failure, not a result. */
class WorkFailed extends Error {
  constructor(readonly result: Record<string, unknown>) {
    super(typeof result["error"] === "string" ? result["error"] : "failed");
  }
}

export class TransactionLockService {
  private static instance: TransactionLockService | undefined;
  private readonly tokens = new Map<string, number>();
  private readonly options: ClientOptions;
  private made: HoldfastClient | undefined;

  constructor(options: ClientOptions = {}) {
    this.options = options;
  }

  static getInstance(): TransactionLockService {
    return (TransactionLockService.instance ??= new TransactionLockService());
  }

  /** Made at the first use, so that importing this needs no environment. */
  get client(): HoldfastClient {
    return (this.made ??= new HoldfastClient(this.options));
  }

  /**
   * Asks once. Held by another: `success: false`, and truly not queued unless
   * `queue` is set; then `queueId` and `queuePosition` tell the place.
   */
  async acquireLock(config: TransactionLockConfig): Promise<LockResult> {
    try {
      const answer = await this.client.acquire({
        ...toRequest(config),
        onLocked: config.queue ? "queue" : "reject",
      });
      if (answer.outcome === "granted") return this.handOut(answer.lock);
      if (answer.outcome === "replayed")
        return {
          success: false,
          error: "Transaction already completed",
          existingResult: answer.result,
          isRetry: true,
          lockId: answer.lock.lockId,
        };
      return {
        success: false,
        error: "Resource locked, added to queue",
        queueId: answer.entry.entryId,
        queuePosition: answer.entry.position ?? 0,
      };
    } catch (error) {
      if (error instanceof InProgressError)
        return {
          success: false,
          error: "Transaction already in progress",
          isRetry: true,
          ...(error.lockId ? { lockId: error.lockId } : {}),
        };
      return { success: false, error: textOf(error) };
    }
  }

  /**
   * New: takes the lock of a place in the queue once it is granted, waiting up
   * to `waitMs` for that. Duplicates share a place: let one caller claim it.
   */
  async claimQueuedLock(queueId: string, waitMs = 0): Promise<LockResult> {
    try {
      const entry = await this.client.getEntry(
        queueId,
        waitMs > 0 ? { waitMs } : {},
      );
      if (entry.status === "waiting")
        return {
          success: false,
          error: "Still waiting",
          queueId,
          queuePosition: entry.position ?? 0,
        };
      if (entry.status !== "granted" || !entry.lock)
        return { success: false, error: `Queue entry is ${entry.status}` };
      if (this.tokens.has(entry.lock.lockId))
        return {
          success: false,
          error: "Transaction already in progress",
          isRetry: true,
          lockId: entry.lock.lockId,
        };
      return this.handOut(await this.client.renew(entry.lock));
    } catch (error) {
      return { success: false, error: textOf(error) };
    }
  }

  /** False when the lock had ended before: then nothing was stored. */
  async releaseLock(
    lockId: string,
    result?: unknown,
    error?: string,
  ): Promise<boolean> {
    const fencingToken = this.tokens.get(lockId);
    if (fencingToken === undefined) return false; // not granted to this process
    try {
      await this.client.release(
        { lockId, fencingToken },
        error ? { error } : { result: result ?? null },
      );
    } catch (failure) {
      if (
        !(failure instanceof StaleLockError || failure instanceof NotFoundError)
      )
        throw failure;
      this.tokens.delete(lockId);
      return false;
    }
    this.tokens.delete(lockId);
    return true;
  }

  /**
   * Waits for the lock, runs `executor` under it with renewal, and stores its
   * result. An executor that throws, or returns `{success: false}`, has failed.
   * `success` beside `error`: it was done, but that could not be stored.
   */
  async executeWithLock<T>(
    config: TransactionLockConfig,
    executor: (lock: HeldLock) => Promise<T> | T,
  ): Promise<TransactionResult> {
    const start = performance.now();
    let lockId = "";
    const done = (rest: Omit<TransactionResult, "lockId" | "executionTimeMs">) => ({
      ...rest,
      lockId,
      executionTimeMs: Math.round(performance.now() - start),
    });
    try {
      const outcome = await this.client.withLock(
        {
          ...toRequest(config),
          ...(config.waitMs === undefined ? {} : { waitMs: config.waitMs }),
        },
        async (lock) => {
          lockId = lock.lockId;
          const result = asRecord(await executor(lock));
          if (result?.["success"] === false) throw new WorkFailed(result);
          return result;
        },
      );
      lockId = outcome.lockId;
      return done({
        success: true,
        ...(outcome.result ? { result: outcome.result } : {}),
        ...(outcome.replayed ? { isRetry: true } : {}),
      });
    } catch (error) {
      if (error instanceof HoldfastError && "lockId" in error)
        lockId ||= String(error.lockId ?? "");
      if (error instanceof LockLostError && error.completed)
        return done({
          success: true, // "false" would have the effect repeated
          result: asRecord(error.result) ?? {},
          error: error.message,
        });
      return done({
        success: false,
        error: textOf(error),
        ...(error instanceof WorkFailed ? { result: error.result } : {}),
      });
    }
  }

  async isResourceLocked(resourceId: string): Promise<boolean> {
    return (await this.client.getResource(resourceId)).locked;
  }

  async getLockStatus(resourceId: string): Promise<{
    isLocked: boolean;
    lockCount: number;
    queueLength: number;
    activeLocks: LockRow[];
  }> {
    const { locked, lock, queue } = await this.client.getResource(resourceId);
    return {
      isLocked: locked,
      lockCount: lock ? 1 : 0,
      queueLength: queue.length,
      activeLocks: lock ? [toRow(lock)] : [],
    };
  }

  /** By queueId or idempotency key. 1 is served next; null: not waiting. */
  async getQueuePosition(idOrKey: string): Promise<number | null> {
    if (/^entry-/.test(idOrKey)) {
      try {
        return (await this.client.getEntry(idOrKey)).position ?? null;
      } catch (error) {
        const noEntry =
          error instanceof NotFoundError || error instanceof InvalidError;
        if (!noEntry) throw error;
      }
    }
    let cursor: string | undefined;
    do {
      const page = await this.client.listQueue({
        limit: 1000,
        ...(cursor ? { cursor } : {}),
      });
      const entry = page.items.find((row) => row.idempotencyKey === idOrKey);
      if (entry) return entry.position ?? null;
      cursor = page.nextCursor;
    } while (cursor);
    return null;
  }

  /** How many were released. Journaled as forced. */
  async forceReleaseOwnerLocks(ownerId: string): Promise<number> {
    const reason = "Force released by owner";
    return (await this.client.forceReleaseOwner(ownerId, reason)).released;
  }

  async getActiveLocks(resourceId?: string): Promise<Lock[]> {
    const all: Lock[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.client.listLocks({
        status: "active",
        limit: 1000,
        ...(resourceId ? { resourceId } : {}),
        ...(cursor ? { cursor } : {}),
      });
      all.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return all;
  }

  private handOut(lock: Lock): LockResult {
    this.tokens.set(lock.lockId, lock.fencingToken);
    // A lock that nobody releases must not be remembered for ever.
    if (this.tokens.size > 10_000)
      this.tokens.delete(this.tokens.keys().next().value!);
    return {
      success: true,
      lockId: lock.lockId,
      fencingToken: lock.fencingToken,
    };
  }
}

function toRequest(config: TransactionLockConfig): AcquireRequest {
  const { queue: _queue, waitMs: _waitMs, ...request } = config;
  return request;
}

function toRow(lock: Lock): LockRow {
  return {
    id: lock.lockId,
    ownerId: lock.ownerId,
    resourceId: lock.resourceId,
    status: lock.status,
    createdAt: new Date(lock.acquiredAt),
    expiresAt: new Date(lock.expiresAt),
  };
}

/** As before: what is no object is wrapped. */
function asRecord(result: unknown): Record<string, unknown> | null {
  if (result === null || result === undefined) return null;
  return typeof result === "object"
    ? (result as Record<string, unknown>)
    : { value: result };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The ready instance; set HOLDFAST_URL and HOLDFAST_TOKEN. */
export const transactionLockService = TransactionLockService.getInstance();
