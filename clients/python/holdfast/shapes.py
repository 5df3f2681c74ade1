# The shapes of the HTTP API, version 1; docs/http-api.md says what they mean.
# Must not know how they travel.
from __future__ import annotations

from typing import Any, Dict, List, TypedDict


class _Work(TypedDict):
    resourceId: str
    ownerId: str
    ownerType: str
    transactionType: str
    transactionData: Any
    idempotencyKey: "str | None"
    priority: int


class _LockAlways(_Work):
    lockId: str
    fencingToken: int
    timeoutMs: int
    maxRetries: int
    attempts: int
    status: str
    acquiredAt: str
    expiresAt: str


class Lock(_LockAlways, total=False):
    """One grant of a resource to an owner. Times are RFC 3339 UTC."""

    releasedAt: str
    result: Any
    error: str


class _EntryAlways(_Work):
    entryId: str
    queuedAt: str
    status: str


class Entry(_EntryAlways, total=False):
    """A place in a queue; `position` 1 is served next."""

    position: int
    estimatedWaitMs: int
    lock: Lock


class _AnswerAlways(TypedDict):
    outcome: str


class AcquireAnswer(_AnswerAlways, total=False):
    """`granted` has lock, `replayed` lock and result, `queued` entry."""

    lock: Lock
    result: Any
    entry: Entry


class BatchResult(TypedDict):
    status: int
    body: Dict[str, Any]


class _ResourceAlways(TypedDict):
    resourceId: str
    locked: bool
    queue: List[Entry]


class Resource(_ResourceAlways, total=False):
    lock: Lock


class _PageAlways(TypedDict):
    items: List[Dict[str, Any]]


class Page(_PageAlways, total=False):
    nextCursor: str


class _TradeAlways(TypedDict):
    tradeId: str
    resourceId: str
    symbol: str
    side: str
    type: str
    ownerId: str
    priority: int
    status: str
    createdAt: str
    updatedAt: str


class Trade(_TradeAlways, total=False):
    """Decimals are strings, never floats."""

    lockId: str
    quantity: str
    quoteQuantity: str
    price: str
    snipeTargetId: str
    order: Dict[str, Any]
    error: str
    entry: Entry
