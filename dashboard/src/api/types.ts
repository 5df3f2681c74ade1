// The shapes of the HTTP API, as docs/http-api.md tells them.
// Must not know how they are fetched or shown.

export type Scope = "read" | "trade" | "operate";

export interface Session {
  name: string;
  scope: Scope;
  /** The token acts for this owner alone. */
  ownerId?: string;
}

export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

export type LockStatus =
  | "active"
  | "released"
  | "failed"
  | "expired"
  | "force_released"
  | "in_doubt";

/** Optional is what a row that was made of an event alone does not have. */
export interface Lock {
  lockId: string;
  resourceId: string;
  fencingToken: number;
  ownerId: string;
  ownerType?: string;
  transactionType?: string;
  transactionData?: unknown;
  idempotencyKey?: string | null;
  priority?: number;
  timeoutMs?: number;
  maxRetries?: number;
  attempts?: number;
  status: LockStatus;
  acquiredAt?: string;
  expiresAt?: string;
  releasedAt?: string;
  result?: unknown;
  error?: string;
}

export interface Entry {
  entryId: string;
  resourceId: string;
  ownerId: string;
  ownerType?: string;
  transactionType?: string;
  transactionData?: unknown;
  idempotencyKey?: string | null;
  priority: number;
  position?: number;
  queuedAt: string;
  status: string;
  lock?: Lock;
}

export interface Order {
  orderId?: string;
  clientOrderId?: string;
  status?: string;
  executedQuantity?: string;
  averagePrice?: string;
}

export interface Trade {
  tradeId: string;
  resourceId: string;
  lockId?: string;
  symbol: string;
  side: string;
  type: string;
  quantity?: string;
  quoteQuantity?: string;
  price?: string;
  snipeTargetId?: string;
  ownerId: string;
  idempotencyKey?: string;
  priority: number;
  status: string;
  emergency?: boolean;
  effectId?: string;
  order?: Order;
  error?: string;
  exchangeCode?: number | string;
  createdAt: string;
  updatedAt: string;
}

export interface Position {
  accountId: string;
  positionId: string;
  pair: string;
  /** "PENDING" while it is made; null: there is to be none. */
  signalId: string | null;
  status: string;
  lastKnownProfit?: string | number;
  createdAt: string;
  updatedAt: string;
  closedAt?: string;
  telegramMessageId?: string | number;
}

export interface Signal {
  signalId: string;
  accountId: string;
  positionId: string;
  pair: string;
  type: string;
  category: string;
  entryPrice: string;
  stopLoss?: string;
  takeProfit?: string;
  status: string;
  closePrice?: string;
  resultPips?: string | number;
  profit?: string | number;
  telegram?: { state: string; chatId?: string; messageId?: string | number };
  createdAt: string;
  updatedAt: string;
}

export interface Effect {
  effectId: string;
  kind: string;
  resourceId: string;
  ownerId?: string;
  lockId?: string;
  fencingToken?: number;
  state: string;
  attempts: number;
  intent: unknown;
  outcome?: unknown;
  createdAt: string;
  updatedAt: string;
}

export interface DeadLetter {
  deadLetterId: string;
  kind: string;
  resourceId: string;
  ownerId?: string;
  transactionType?: string;
  transactionData?: unknown;
  idempotencyKey?: string | null;
  lockId?: string;
  entryId?: string;
  effectId?: string;
  reason: string;
  attempts: number;
  at: string;
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
  commit: { perSecond: number; opsPerCommit: number; p50Us: number; p99Us: number };
  /** Those that fire. */
  alerts: Alert[];
}

export interface Alert {
  alert: string;
  text: string;
  since: string;
}

/** What retention has removed of the stream: events from `from` to `oldest`. */
export interface Gap {
  from: number;
  oldest: number;
}
