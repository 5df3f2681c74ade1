// What can go wrong, one class for each thing a caller may want to tell apart.
// Must not know how requests are sent.
import type { Problem } from "./types.js";

/** Everything this package throws, wrong arguments apart. */
export class HoldfastError extends Error {
  /**
   * True when this request, or an earlier try of it, may have been carried out
   * although its answer never arrived.
   */
  answerLost = false;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No connection: the request surely was not carried out. */
export class NotSentError extends HoldfastError {}

/** The request was sent, and no answer (or none that can be read) came. */
export class AnswerLostError extends HoldfastError {
  override answerLost = true;
}

/** The node refused; `code` is stable, `detail` is for people. */
export class ProblemError extends HoldfastError {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The owner that holds the resource. */
  readonly holder: string | undefined;
  readonly lockId: string | undefined;
  readonly position: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly effectId: string | undefined;
  readonly exchangeCode: string | number | undefined;

  constructor(problem: Problem) {
    const detail = problem.detail ?? problem.title ?? "";
    super(`${problem.code}: ${detail}`);
    this.status = problem.status;
    this.code = problem.code;
    this.detail = detail;
    this.holder = problem.holder;
    this.lockId = problem.lockId;
    this.position = problem.position;
    this.retryAfterMs = problem.retryAfterMs;
    this.effectId = problem.effectId;
    this.exchangeCode = problem.exchangeCode;
  }
}

export class InvalidError extends ProblemError {}
export class UnauthorizedError extends ProblemError {}
export class ForbiddenError extends ProblemError {}
export class NotFoundError extends ProblemError {}
export class MethodNotAllowedError extends ProblemError {}
export class RequestTimeoutError extends ProblemError {}
/** Another transaction holds the resource. */
export class HeldError extends ProblemError {}
/** This very transaction (resource and key) is being worked on. */
export class InProgressError extends ProblemError {}
/** An effect's outcome is unknown; an operator resolves it. */
export class InDoubtError extends ProblemError {}
/** Not granted within `waitMs`; the place in the queue is given up. */
export class WaitTimeoutError extends ProblemError {}
/** The lock has ended, or the fencing token is not its own. */
export class StaleLockError extends ProblemError {}
export class NotWaitingError extends ProblemError {}
export class CancelledError extends ProblemError {}
export class TooLargeError extends ProblemError {}
export class UnsupportedMediaTypeError extends ProblemError {}
/** The idempotency key belongs to another owner, type or data. */
export class KeyMismatchError extends ProblemError {}
/** The exchange refused the order; `exchangeCode` says why. */
export class OrderRejectedError extends ProblemError {}
export class QueueFullError extends ProblemError {}
export class RateLimitedError extends ProblemError {}
export class HeadersTooLargeError extends ProblemError {}
export class InternalError extends ProblemError {}
/** Nothing can be made durable now, or there was no answer in time. */
export class StorageUnavailableError extends ProblemError {}
export class ShuttingDownError extends ProblemError {}
/** The order surely did not reach the exchange. */
export class ExchangeUnavailableError extends ProblemError {}
/** Nobody knows whether the order exists; see `effectId`. */
export class OutcomeUnknownError extends ProblemError {}

const classes: Record<string, new (problem: Problem) => ProblemError> = {
  invalid: InvalidError,
  unauthorized: UnauthorizedError,
  forbidden: ForbiddenError,
  "not-found": NotFoundError,
  "method-not-allowed": MethodNotAllowedError,
  "request-timeout": RequestTimeoutError,
  held: HeldError,
  "in-progress": InProgressError,
  "in-doubt": InDoubtError,
  "wait-timeout": WaitTimeoutError,
  "stale-lock": StaleLockError,
  "not-waiting": NotWaitingError,
  cancelled: CancelledError,
  "too-large": TooLargeError,
  "unsupported-media-type": UnsupportedMediaTypeError,
  "key-mismatch": KeyMismatchError,
  "order-rejected": OrderRejectedError,
  "queue-full": QueueFullError,
  "rate-limited": RateLimitedError,
  "headers-too-large": HeadersTooLargeError,
  internal: InternalError,
  "storage-unavailable": StorageUnavailableError,
  "shutting-down": ShuttingDownError,
  "exchange-unavailable": ExchangeUnavailableError,
  "outcome-unknown": OutcomeUnknownError,
};

/** The error for a refusal; a code of a later version is a ProblemError. */
export function problemError(problem: Problem): ProblemError {
  return new (classes[problem.code] ?? ProblemError)(problem);
}

/**
 * The lock was lost, or may have been, before the outcome was stored.
 * `completed` tells whether the work had ended well: then `result` is what it
 * returned, and the effect has happened although the node does not know it.
 */
export class LockLostError extends HoldfastError {
  constructor(
    readonly lockId: string,
    readonly fencingToken: number,
    why: string,
    readonly completed: boolean = false,
    readonly result: unknown = undefined,
    options?: { cause?: unknown },
  ) {
    super(`lock ${lockId} was lost: ${why}`, options);
  }
}
