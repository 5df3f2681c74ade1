"""Client of Holdfast: one event, one effect."""
from .client import Client
from .errors import (AlreadyDone, AnswerLostError, CancelledError,
                    ExchangeUnavailableError, ForbiddenError,
                    HeadersTooLargeError, HeldError, HoldfastError,
                    InDoubtError, InProgressError, InternalError,
                    InvalidError, KeyMismatchError, LockLostError,
                    MethodNotAllowedError, NotFoundError, NotSentError,
                    NotWaitingError, OrderRejectedError, OutcomeUnknownError,
                    ProblemError, QueueFullError, RateLimitedError,
                    RequestTimeoutError, ShuttingDownError, StaleLockError,
                    StorageUnavailableError, TooLargeError, UnauthorizedError,
                    UnsupportedMediaTypeError, WaitTimeoutError)
from .held_lock import HeldLock
from .locked import Locked, LockedResult
from .shapes import (AcquireAnswer, BatchResult, Entry, Lock, Page, Resource,
                     Trade)
from .transport import Retry

__all__ = [
    "AcquireAnswer", "AlreadyDone", "AnswerLostError", "BatchResult",
    "CancelledError", "Client", "Entry", "ExchangeUnavailableError",
    "ForbiddenError", "HeadersTooLargeError", "HeldError", "HeldLock",
    "HoldfastError", "InDoubtError", "InProgressError", "InternalError",
    "InvalidError", "KeyMismatchError", "Lock", "LockLostError", "Locked",
    "LockedResult", "MethodNotAllowedError", "NotFoundError", "NotSentError",
    "NotWaitingError", "OrderRejectedError", "OutcomeUnknownError", "Page",
    "ProblemError", "QueueFullError", "RateLimitedError",
    "RequestTimeoutError", "Resource", "Retry", "ShuttingDownError",
    "StaleLockError", "StorageUnavailableError", "TooLargeError", "Trade",
    "UnauthorizedError", "UnsupportedMediaTypeError", "WaitTimeoutError",
]
