// Work under a lock, from acquire to release.
// Must not know how requests are sent or repeated.
import type { HoldfastClient } from "./client.js";
import {
  HoldfastError,
  LockLostError,
  NotFoundError,
  StaleLockError,
  TooLargeError,
} from "./errors.js";
import type { HeldLock } from "./held_lock.js";
import { Obtaining } from "./obtain.js";
import type { AcquireRequest } from "./types.js";

/** `onLocked` follows from `waitMs`: 0 means reject. */
export interface WithLockRequest
  extends Omit<AcquireRequest, "onLocked" | "waitMs"> {
  /** How long to wait for the lock. Default 30000, at most 290000. */
  waitMs?: number;
  /** Gives up waiting. The work has `lock.signal`. */
  signal?: AbortSignal;
}

export interface LockedResult<T> {
  /** What the work returned; replayed: what it returned the first time. */
  result: T;
  /** The outcome was stored already, and the work was not run. */
  replayed: boolean;
  lockId: string;
  fencingToken: number;
}

/** An error's text is kept verbatim, up to this. */
const errorBytesMax = 4096;

export async function withLock<T>(
  client: HoldfastClient,
  request: WithLockRequest,
  work: (lock: HeldLock) => T | Promise<T>,
): Promise<LockedResult<T>> {
  const { signal, waitMs = 30_000, ...acquire } = request;
  if (!(waitMs >= 0 && waitMs <= 290_000))
    throw new RangeError(`waitMs must be from 0 to 290000, not ${waitMs}`);
  const obtaining = new Obtaining(client, acquire, waitMs, signal);
  let got;
  try {
    got = await obtaining.obtain();
  } catch (error) {
    await obtaining.abandon();
    throw error;
  }
  const { lockId, fencingToken } = got.lock;
  if ("replayed" in got)
    return {
      result: got.replayed as T,
      replayed: true,
      lockId,
      fencingToken,
    };
  if (signal?.aborted) {
    await releaseFailed(client, got.held, signal.reason);
    signal.throwIfAborted();
  }
  const result = await run(client, got.held, work);
  return { result, replayed: false, lockId, fencingToken };
}

async function run<T>(
  client: HoldfastClient,
  held: HeldLock,
  work: (lock: HeldLock) => T | Promise<T>,
): Promise<T> {
  let result: T;
  held.start();
  try {
    result = await work(held);
  } catch (error) {
    held.stop();
    await releaseFailed(client, held, error);
    if (!held.signal.aborted) throw error;
    const lost = held.signal.reason as LockLostError;
    if (error === lost) throw lost;
    throw new LockLostError(
      lost.lockId,
      lost.fencingToken,
      "its lease was not renewed",
      false,
      undefined,
      { cause: error },
    );
  }
  held.stop();
  await releaseDone(client, held, result);
  return result;
}

/** Stores the outcome; tries as long as the lock may be held. */
async function releaseDone(
  client: HoldfastClient,
  held: HeldLock,
  result: unknown,
): Promise<void> {
  const retryUntil = held.leaseEnd();
  try {
    try {
      await client.release(held, { result: storable(result) }, { retryUntil });
    } catch (error) {
      if (!(error instanceof TooLargeError)) throw error;
      warn(`the result under ${held.lockId} is too large to be stored`);
      await client.release(held, { result: null }, { retryUntil });
    }
  } catch (error) {
    const why =
      error instanceof StaleLockError || error instanceof NotFoundError
        ? `the work was done, but ${(error as HoldfastError).message}`
        : `the work was done, but its outcome could not be stored: ${error}`;
    throw new LockLostError(
      held.lockId,
      held.fencingToken,
      why,
      true,
      result,
      { cause: error },
    );
  }
}

/** The caller hears of the work's error; of this one a warning tells. */
async function releaseFailed(
  client: HoldfastClient,
  held: HeldLock,
  why: unknown,
): Promise<void> {
  const lost = held.signal.aborted;
  const error = shortened(why instanceof Error ? why.message : String(why));
  try {
    await client.release(
      held,
      { error },
      lost ? { attempts: 1 } : { retryUntil: held.leaseEnd() },
    );
  } catch (failure) {
    if (!lost) warn(`${held.lockId} could not be released: ${failure}`);
  }
}

/** The effect has happened, so the lock ends well even if this is no JSON. */
function storable(result: unknown): unknown {
  try {
    return result === undefined || JSON.stringify(result) === undefined
      ? null
      : result;
  } catch (error) {
    warn(`the work's result is no JSON and is not stored: ${error}`);
    return null;
  }
}

function shortened(text: string): string {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= errorBytesMax) return bytes.toString("utf8");
  let end = errorBytesMax;
  while ((bytes[end]! & 0xc0) === 0x80) --end; // not inside a character
  return bytes.subarray(0, end).toString("utf8");
}

function warn(text: string): void {
  process.emitWarning(text, "HoldfastWarning");
}
