// What journal events do to a list of locks.
// Must not know where the list is shown.
import type { JournalEvent, Lock, LockStatus } from "../api/types";
import { describeIntent } from "./describe";
import { duration } from "./format";
import type { LiveList } from "./live_list";

/** A lock and what it is doing, as events tell. */
export type LockRow = Lock & { activity?: string };

export interface LockFilter {
  resourceId: string;
  ownerId: string;
  /** "": any */
  status: string;
}

const statusAfter: Record<string, LockStatus> = {
  granted: "active",
  released: "released",
  failed: "failed",
  expired: "expired",
  force_released: "force_released",
  in_doubt: "in_doubt",
};

/** The row of a lock of which nothing but this event is known. */
function rowOf(event: JournalEvent, status: LockStatus): LockRow {
  const { priority, timeoutMs, transactionType, idempotencyKey } = event.detail;
  const row: LockRow = {
    lockId: event.lockId!,
    resourceId: event.resourceId ?? "",
    fencingToken: event.fencingToken ?? 0,
    ownerId: event.ownerId ?? "",
    status,
  };
  if (typeof priority === "number") row.priority = priority;
  if (typeof transactionType === "string") row.transactionType = transactionType;
  if (typeof idempotencyKey === "string") row.idempotencyKey = idempotencyKey;
  if (event.kind === "granted" && typeof timeoutMs === "number") {
    row.timeoutMs = timeoutMs;
    row.acquiredAt = event.at;
    row.expiresAt = new Date(Date.parse(event.at) + timeoutMs).toISOString();
  }
  return ended(status, event, row);
}

function ended(status: LockStatus, event: JournalEvent, row: LockRow): LockRow {
  if (status === "active") return row;
  const why = event.detail["error"] ?? event.detail["reason"];
  const known = typeof why === "string" && why !== "" ? { ...row, error: why } : row;
  return status === "in_doubt" ? known : { ...known, releasedAt: event.at };
}

/** What an event tells of the work under a lock that goes on. */
function activityOf(event: JournalEvent): string | undefined {
  const x = event.detail;
  switch (event.kind) {
    case "effect_sending":
      return `sending ${String(x["kind"])}: ${describeIntent(x["intent"])}`;
    case "effect_done":
      return `${String(x["kind"])} done`;
    case "retry_scheduled":
      return `attempt ${Number(x["attempt"]) + 1} in ${duration(Number(x["delayMs"]))}: ${String(x["error"])}`;
    default:
      return undefined;
  }
}

export function foldLock(
  list: LiveList<LockRow>,
  event: JournalEvent,
  filter: LockFilter,
): boolean {
  const { lockId } = event;
  if (!lockId) return false;
  if (filter.resourceId && event.resourceId !== filter.resourceId) return false;
  if (filter.ownerId && event.ownerId !== filter.ownerId) return false;
  const retried = event.kind === "resolved" && event.detail["outcome"] === "retry";
  const status = retried ? "active" : statusAfter[event.kind];
  if (!status) {
    const activity = activityOf(event);
    if (activity) list.update(lockId, (row) => ({ ...row, activity }));
    return false;
  }
  const known = list.get(lockId);
  if (filter.status && filter.status !== status) list.remove(lockId);
  else if (!known) list.add(rowOf(event, status));
  else if (known.status !== status)
    list.update(lockId, (row) => ended(status, event, { ...row, status }));
  // A lock that works again has a lease that no event tells.
  return retried && (!filter.status || filter.status === "active");
}
