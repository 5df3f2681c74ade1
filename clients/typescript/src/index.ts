// What the package offers.
// Must not hold code of its own.
export { HoldfastClient, type CallOptions } from "./client.js";
export * from "./errors.js";
export { HeldLock } from "./held_lock.js";
export {
  TransactionLockService,
  transactionLockService,
  type LockResult,
  type LockRow,
  type TransactionLockConfig,
  type TransactionResult,
} from "./transaction_lock_service.js";
export type { ClientOptions, RetryOptions } from "./transport.js";
export * from "./types.js";
export type { LockedResult, WithLockRequest } from "./with_lock.js";
