// Which leases to look at again: renewals are durable, but not journaled, so a
// count-down that nobody renews and one that somebody does look alike.
// Must not know how locks are read.
import type { Lock } from "../api/types";

/** Looked at again when so much of what was left at the last look is left. */
const share = 3;
const shortestMs = 1000;

/** When to look again at a lease of which `leftMs` was left at `seenMs`. */
export function nextLook(seenMs: number, leftMs: number): number {
  return seenMs + Math.max(shortestMs, leftMs - leftMs / share);
}

/** Remembers, for the locks on the screen, when to look at each again. */
export class LeaseWatch {
  private readonly due = new Map<string, number>();

  /** Those of `locks`, the ones on the screen, that are due; at most `limit`. */
  take(locks: Lock[], nowMs: number, limit: number): string[] {
    const shown = new Set(locks.map((lock) => lock.lockId));
    for (const id of this.due.keys()) if (!shown.has(id)) this.due.delete(id);
    const taken: string[] = [];
    for (const lock of locks) {
      if (lock.status !== "active" || !lock.expiresAt) continue;
      const left = Math.max(0, Date.parse(lock.expiresAt) - nowMs);
      const due = this.due.get(lock.lockId);
      if (due === undefined) this.due.set(lock.lockId, nextLook(nowMs, left));
      else if (due <= nowMs && taken.length < limit) {
        taken.push(lock.lockId);
        this.due.set(lock.lockId, nextLook(nowMs, left));
      }
    }
    return taken;
  }

  /** A lock was read just now. */
  seen(lock: Lock, nowMs: number): void {
    if (lock.expiresAt)
      this.due.set(lock.lockId, nextLook(nowMs, Math.max(0, Date.parse(lock.expiresAt) - nowMs)));
  }
}
