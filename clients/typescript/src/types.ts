// The shapes of the HTTP API, version 1; docs/http-api.md says what they mean.
// Must not know how they travel.

export type Json =
  | null
  | boolean
  | number
  | string
  | Json[]
  | { [name: string]: Json };

export type OwnerType = "user" | "system" | "workflow";
export type TransactionType = "trade" | "cancel" | "update" | "signal";
export type LockStatus =
  | "active"
  | "released"
  | "failed"
  | "expired"
  | "force_released"
  | "in_doubt";

/** One grant of a resource to an owner. Times are RFC 3339 UTC. */
export interface Lock {
  lockId: string;
  resourceId: string;
  /** Larger with every grant of the node; send it along with every effect. */
  fencingToken: number;
  ownerId: string;
  ownerType: OwnerType;
  transactionType: TransactionType;
  transactionData: unknown;
  idempotencyKey: string | null;
  priority: number;
  /** The lease in milliseconds. */
  timeoutMs: number;
  maxRetries: number;
  attempts: number;
  status: LockStatus;
  acquiredAt: string;
  expiresAt: string;
  releasedAt?: string;
  result?: unknown;
  error?: string;
}

/** A place in a queue; `position` 1 is served next, only while it waits. */
export interface Entry {
  entryId: string;
  resourceId: string;
  ownerId: string;
  ownerType: OwnerType;
  transactionType: TransactionType;
  transactionData: unknown;
  idempotencyKey: string | null;
  priority: number;
  position?: number;
  queuedAt: string;
  estimatedWaitMs?: number;
  status: "waiting" | "granted" | "cancelled" | "finished";
  lock?: Lock;
}

/** What is asked for; docs/http-api.md has ranges and defaults. */
export interface AcquireRequest {
  resourceId: string;
  ownerId: string;
  ownerType?: OwnerType;
  transactionType?: TransactionType;
  transactionData?: unknown;
  priority?: number;
  timeoutMs?: number;
  maxRetries?: number;
  idempotencyKey?: string;
  onLocked?: "reject" | "queue" | "wait";
  /** At most 290000: fetch itself gives up after 300 seconds. */
  waitMs?: number;
}

export type AcquireAnswer =
  | { outcome: "granted"; lock: Lock }
  | { outcome: "replayed"; lock: Lock; result: unknown }
  | { outcome: "queued"; entry: Entry };

/** RFC 9457, with what Holdfast adds. */
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail?: string;
  holder?: string;
  lockId?: string;
  position?: number;
  retryAfterMs?: number;
  effectId?: string;
  exchangeCode?: string | number;
}

export interface BatchResult {
  status: number;
  body: AcquireAnswer | Problem;
}

export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

export interface Resource {
  resourceId: string;
  locked: boolean;
  lock?: Lock;
  queue: Entry[];
}

export interface DeadLetter {
  deadLetterId: string;
  kind: string;
  resourceId: string;
  lockId?: string;
  entryId?: string;
  effectId?: string;
  reason: string;
  attempts: number;
  at: string;
  [more: string]: unknown;
}

export interface JournalEvent {
  seq: number;
  at: string;
  kind: string;
  resourceId?: string;
  lockId?: string;
  fencingToken?: number;
  ownerId?: string;
  actor?: string;
  detail: Record<string, unknown>;
}

export interface Stats {
  paused: boolean;
  activeLocks: number;
  queueLength: number;
  inDoubt: number;
  effectsUnknown: number;
  deadLetters: number;
  resources: number;
  recent: {
    granted: number;
    released: number;
    failed: number;
    expired: number;
    replayed: number;
    windowSeconds: number;
  };
  commit: {
    perSecond: number;
    opsPerCommit: number;
    p50Us: number;
    p99Us: number;
  };
  /** Those that fire. */
  alerts: { alert: string; text: string; since: string }[];
}

/** Decimals are strings in answers; strings are best in requests, too. */
export interface TradeRequest {
  symbol: string;
  side: "BUY" | "SELL";
  type:
    | "MARKET"
    | "LIMIT"
    | "LIMIT_MAKER"
    | "IMMEDIATE_OR_CANCEL"
    | "FILL_OR_KILL";
  quantity?: string | number;
  quoteQuantity?: string | number;
  price?: string | number;
  ownerId: string;
  snipeTargetId?: string;
  priority?: number;
  /** SELL only: at once, beside lock and queue. */
  emergency?: boolean;
  idempotencyKey?: string;
  onLocked?: "reject" | "queue" | "wait";
  waitMs?: number;
}

export interface Order {
  orderId: string;
  clientOrderId: string;
  status: string;
  executedQuantity: string;
  averagePrice?: string;
  [more: string]: unknown;
}

export interface Trade {
  tradeId: string;
  resourceId: string;
  lockId?: string;
  symbol: string;
  side: "BUY" | "SELL";
  type: string;
  quantity?: string;
  quoteQuantity?: string;
  price?: string;
  ownerId: string;
  snipeTargetId?: string;
  priority: number;
  status:
    | "queued"
    | "executing"
    | "filled"
    | "partially_filled"
    | "placed"
    | "rejected"
    | "failed"
    | "in_doubt"
    | "cancelled";
  order?: Order;
  error?: string;
  /** Its place, while it is queued. */
  entry?: Entry;
  createdAt: string;
  updatedAt: string;
}
