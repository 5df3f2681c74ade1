# What can go wrong, one class for each thing a caller may want to tell apart.
# Must not know how requests are sent.
from __future__ import annotations

from typing import Any, Dict, Optional, Type


class HoldfastError(Exception):
    """Everything this package raises, wrong arguments apart.

    `answer_lost` is true when this request, or an earlier try of it, may have
    been carried out although its answer never arrived.
    """

    answer_lost = False


class NotSentError(HoldfastError):
    """No connection: the request surely was not carried out."""


class AnswerLostError(HoldfastError):
    """The request was sent, and no answer (or none to be read) came."""

    answer_lost = True


class AlreadyDone(HoldfastError):
    """The outcome was stored already: the work must not be done again."""

    def __init__(self, lock_id: str, fencing_token: int, result: Any) -> None:
        super().__init__(f"already done under {lock_id}")
        self.lock_id = lock_id
        self.fencing_token = fencing_token
        self.result = result


class LockLostError(HoldfastError):
    """The lock was lost, or may have been, before the outcome was stored.

    `completed` tells whether the work had ended well: then `result` is what it
    returned, and the effect has happened although the node does not know it.
    """

    def __init__(self, lock_id: str, fencing_token: int, why: str,
                 completed: bool = False, result: Any = None) -> None:
        super().__init__(f"lock {lock_id} was lost: {why}")
        self.lock_id = lock_id
        self.fencing_token = fencing_token
        self.completed = completed
        self.result = result


class ProblemError(HoldfastError):
    """The node refused; `code` is stable, `detail` is for people."""

    def __init__(self, status: int, code: str,
                 problem: Optional[Dict[str, Any]] = None) -> None:
        problem = problem or {}
        self.status = status
        self.code = code
        self.detail: str = problem.get("detail") or problem.get("title") or ""
        #: The owner that holds the resource.
        self.holder: Optional[str] = problem.get("holder")
        self.lock_id: Optional[str] = problem.get("lockId")
        self.position: Optional[int] = problem.get("position")
        self.retry_after_ms: Optional[int] = problem.get("retryAfterMs")
        self.effect_id: Optional[str] = problem.get("effectId")
        self.exchange_code: Any = problem.get("exchangeCode")
        super().__init__(f"{code}: {self.detail}")


class InvalidError(ProblemError):
    pass


class UnauthorizedError(ProblemError):
    pass


class ForbiddenError(ProblemError):
    pass


class NotFoundError(ProblemError):
    pass


class MethodNotAllowedError(ProblemError):
    pass


class RequestTimeoutError(ProblemError):
    pass


class HeldError(ProblemError):
    """Another transaction holds the resource."""


class InProgressError(ProblemError):
    """This very transaction (resource and key) is being worked on."""


class InDoubtError(ProblemError):
    """An effect's outcome is unknown; an operator resolves it."""


class WaitTimeoutError(ProblemError):
    """Not granted within `wait_ms`; the place in the queue is given up."""


class StaleLockError(ProblemError):
    """The lock has ended, or the fencing token is not its own."""


class NotWaitingError(ProblemError):
    pass


class CancelledError(ProblemError):
    pass


class TooLargeError(ProblemError):
    pass


class UnsupportedMediaTypeError(ProblemError):
    pass


class KeyMismatchError(ProblemError):
    """The idempotency key belongs to another owner, type or data."""


class OrderRejectedError(ProblemError):
    """The exchange refused the order; `exchange_code` says why."""


class QueueFullError(ProblemError):
    pass


class RateLimitedError(ProblemError):
    pass


class HeadersTooLargeError(ProblemError):
    pass


class InternalError(ProblemError):
    pass


class StorageUnavailableError(ProblemError):
    """Nothing can be made durable now, or there was no answer in time."""


class ShuttingDownError(ProblemError):
    pass


class ExchangeUnavailableError(ProblemError):
    """The order surely did not reach the exchange."""


class OutcomeUnknownError(ProblemError):
    """Nobody knows whether the order exists; see `effect_id`."""


CLASSES: Dict[str, Type[ProblemError]] = {
    "invalid": InvalidError,
    "unauthorized": UnauthorizedError,
    "forbidden": ForbiddenError,
    "not-found": NotFoundError,
    "method-not-allowed": MethodNotAllowedError,
    "request-timeout": RequestTimeoutError,
    "held": HeldError,
    "in-progress": InProgressError,
    "in-doubt": InDoubtError,
    "wait-timeout": WaitTimeoutError,
    "stale-lock": StaleLockError,
    "not-waiting": NotWaitingError,
    "cancelled": CancelledError,
    "too-large": TooLargeError,
    "unsupported-media-type": UnsupportedMediaTypeError,
    "key-mismatch": KeyMismatchError,
    "order-rejected": OrderRejectedError,
    "queue-full": QueueFullError,
    "rate-limited": RateLimitedError,
    "headers-too-large": HeadersTooLargeError,
    "internal": InternalError,
    "storage-unavailable": StorageUnavailableError,
    "shutting-down": ShuttingDownError,
    "exchange-unavailable": ExchangeUnavailableError,
    "outcome-unknown": OutcomeUnknownError,
}


def problem_error(status: int, problem: Dict[str, Any]) -> ProblemError:
    """The error for a refusal; a code of a later version is a ProblemError."""
    code = problem["code"]
    return CLASSES.get(code, ProblemError)(status, code, problem)
