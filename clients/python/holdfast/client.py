# The calls of a node, one method each.
# Must not know how to keep a lock; held_lock.py and locked.py do.
from __future__ import annotations

import ssl
from typing import Any, Callable, Dict, List, Optional, Union

from .errors import InProgressError
from .held_lock import HeldLock
from .locked import Locked, LockedResult, with_lock
from .shapes import (AcquireAnswer, BatchResult, Entry, Lock, Page, Resource,
                     Trade)
from .transport import Retry, Transport, segment


class Client:
    """A node, by `url` (HOLDFAST_URL, http://127.0.0.1:8080). The bearer token
    is `token`, the text of `token_file`, or HOLDFAST_TOKEN.
    `request_timeout_ms` limits one try, beside what the request itself waits.
    May be shared by threads."""

    def __init__(self, url: Optional[str] = None, *,
                 token: Optional[str] = None, token_file: Optional[str] = None,
                 request_timeout_ms: float = 10_000, retry: Retry = Retry(),
                 ssl_context: Optional[ssl.SSLContext] = None) -> None:
        #: For locked.py; not part of the interface.
        self.transport = Transport(url, token, token_file, request_timeout_ms,
                                   retry, ssl_context)

    def with_lock(self, resource_id: str, owner_id: str,
                  work: Callable[[HeldLock], Any], *, wait_ms: float = 30_000,
                  **more: Any) -> LockedResult:
        """Acquires, runs `work` under the lock while renewing it, and releases
        with its result or error. When the outcome is already stored, `work` is
        not run and the stored result is returned, `replayed`. `wait_ms` 0: do
        not wait; `more`: as for `acquire`.

        Raises LockLostError, what `work` raises, or why there is no lock.
        """
        request = acquire_body(resource_id, owner_id, **more)
        return with_lock(self, request, wait_ms, work)

    def lock(self, resource_id: str, owner_id: str, *, wait_ms: float = 30_000,
             **more: Any) -> Locked:
        """`with client.lock(…) as lock:`; what is assigned to `lock.result` is
        stored. Entering raises AlreadyDone when the outcome is stored."""
        request = acquire_body(resource_id, owner_id, **more)
        return Locked(self, request, wait_ms)

    def acquire(self, resource_id: str, owner_id: str, *,
                on_locked: Optional[str] = None,
                wait_ms: Optional[float] = None,
                attempts: Optional[int] = None, **more: Any) -> AcquireAnswer:
        """Asks for a lock; `more`: owner_type, transaction_type,
        transaction_data, priority, timeout_ms, max_retries, idempotency_key.
        Repeated after a lost answer only with a key or with transaction data;
        then an InProgressError with `answer_lost` may speak of the caller's
        own lock. `with_lock` sorts that out."""
        body = acquire_body(resource_id, owner_id, **more)
        return self.acquire_raw(body, on_locked, wait_ms, attempts)

    def acquire_raw(self, body: Dict[str, Any], on_locked: Optional[str],
                    wait_ms: Optional[float],
                    attempts: Optional[int]) -> AcquireAnswer:
        """`acquire` with the JSON of the request."""
        body = dict(body)
        if on_locked is not None:
            body["onLocked"] = on_locked
        if wait_ms is not None:
            body["waitMs"] = int(wait_ms)
        return self.transport.send(
            "POST", "/v1/locks", body=body, repeatable=has_key(body),
            wait_ms=_wait_of(body), attempts=attempts)

    def acquire_batch(
            self, requests: List[Dict[str, Any]]) -> List[BatchResult]:
        """At most 256 requests as JSON; each is answered on its own."""
        answer = self.transport.send(
            "POST", "/v1/locks:batch", body={"requests": requests},
            wait_ms=max([_wait_of(one) for one in requests], default=0))
        results: List[BatchResult] = answer["results"]
        return results

    def renew(self, lock: Union[Lock, HeldLock], *,
              lease_ms: Optional[int] = None, attempts: Optional[int] = None,
              timeout_ms: Optional[float] = None) -> Lock:
        """The lease starts anew. Raises StaleLockError when it has ended."""
        lock_id, token = _id_and_token(lock)
        body = {"fencingToken": token}
        if lease_ms is not None:
            body["timeoutMs"] = lease_ms
        return self.transport.send(
            "POST", f"/v1/locks/{segment(lock_id)}/renew", body=body,
            repeatable=True, attempts=attempts, timeout_ms=timeout_ms)

    def release(self, lock: Union[Lock, HeldLock], *, result: Any = None,
                error: Optional[str] = None, attempts: Optional[int] = None,
                retry_until_ms: Optional[float] = None) -> Lock:
        """Ends the lock: the work succeeded with `result`, or failed."""
        lock_id, token = _id_and_token(lock)
        outcome = {"result": result} if error is None else {"error": error}
        return self.transport.send(
            "POST", f"/v1/locks/{segment(lock_id)}/release",
            body={"fencingToken": token, **outcome}, repeatable=True,
            attempts=attempts, retry_until_ms=retry_until_ms)

    def get_lock(self, lock_id: str, *,
                 attempts: Optional[int] = None) -> Lock:
        return self._get(f"/v1/locks/{segment(lock_id)}", attempts=attempts)

    def list_locks(self, *, resource_id: Optional[str] = None,
                   owner_id: Optional[str] = None,
                   status: Optional[str] = None, limit: Optional[int] = None,
                   cursor: Optional[str] = None) -> Page:
        return self._get("/v1/locks", resourceId=resource_id, ownerId=owner_id,
                         status=status, limit=limit, cursor=cursor)

    def list_queue(self, *, resource_id: Optional[str] = None,
                   owner_id: Optional[str] = None, limit: Optional[int] = None,
                   cursor: Optional[str] = None) -> Page:
        return self._get("/v1/queue", resourceId=resource_id, ownerId=owner_id,
                         limit=limit, cursor=cursor)

    def get_entry(self, entry_id: str, *, wait_ms: float = 0,
                  attempts: Optional[int] = None) -> Entry:
        """With `wait_ms`: answers when its status changes, or then at last."""
        return self._get(f"/v1/queue/{segment(entry_id)}", attempts=attempts,
                         wait_ms=wait_ms)

    def cancel(self, entry_id: str, *,
               attempts: Optional[int] = None) -> Entry:
        """Leaves the queue. Raises NotWaitingError when granted before."""
        return self.transport.send("DELETE", f"/v1/queue/{segment(entry_id)}",
                                   attempts=attempts)

    def get_resource(self, resource_id: str) -> Resource:
        return self._get(f"/v1/resources/{segment(resource_id)}")

    def list_dead_letters(self, *, limit: Optional[int] = None,
                          cursor: Optional[str] = None) -> Page:
        return self._get("/v1/dead-letters", limit=limit, cursor=cursor)

    def requeue_dead_letter(self, dead_letter_id: str) -> Entry:
        return self.transport.send(
            "POST", f"/v1/dead-letters/{segment(dead_letter_id)}/requeue")

    def discard_dead_letter(self, dead_letter_id: str) -> None:
        self.transport.send("DELETE",
                            f"/v1/dead-letters/{segment(dead_letter_id)}")

    def journal(self, *, resource_id: Optional[str] = None,
                after: Optional[int] = None, limit: Optional[int] = None,
                cursor: Optional[str] = None, wait_ms: float = 0) -> Page:
        """Oldest first; with `wait_ms` it waits for the next event."""
        return self._get("/v1/journal", wait_ms=wait_ms,
                         resourceId=resource_id, after=after, limit=limit,
                         cursor=cursor)

    def stats(self) -> Dict[str, Any]:
        return self._get("/v1/stats")

    def pause(self) -> Dict[str, bool]:
        """No new task starts. Needs the operate scope, as what follows."""
        return self.transport.send("POST", "/v1/pause")

    def resume(self) -> Dict[str, bool]:
        return self.transport.send("POST", "/v1/resume")

    def force_release(self, lock_id: str, reason: str) -> int:
        """How many were released: 0 when it had already ended."""
        answer = self.transport.send("DELETE", f"/v1/locks/{segment(lock_id)}",
                                     query={"reason": reason})
        return int(answer["released"])

    def force_release_owner(self, owner_id: str, reason: str) -> int:
        answer = self.transport.send(
            "DELETE", f"/v1/owners/{segment(owner_id)}/locks",
            query={"reason": reason})
        return int(answer["released"])

    def trade(self, *, symbol: str, side: str, type: str, owner_id: str,
              on_locked: Optional[str] = None,
              wait_ms: Optional[int] = None, **more: Any) -> Trade:
        """Places an order, once; `more`: quantity, quote_quantity, price
        (strings or Decimals), snipe_target_id, priority, emergency,
        idempotency_key. It always has a key, derived from its fields if need
        be, so a lost answer is asked for again; and since the node does the
        work, waiting for its own trade is right."""
        body = {"symbol": symbol, "side": side, "type": type,
                "ownerId": owner_id, "onLocked": on_locked, "waitMs": wait_ms,
                **_camel(more, _TRADE_FIELDS)}
        body = {k: v for k, v in body.items() if v is not None}
        try:
            return self._trade(body)
        except InProgressError as error:
            if not error.answer_lost:
                raise
        return self._trade({**body, "onLocked": "wait"})

    def list_trades(self, *, limit: Optional[int] = None,
                    cursor: Optional[str] = None) -> Page:
        return self._get("/v1/trades", limit=limit, cursor=cursor)

    def get_trade(self, trade_id: str) -> Trade:
        return self._get(f"/v1/trades/{segment(trade_id)}")

    def _trade(self, body: Dict[str, Any]) -> Trade:
        return self.transport.send("POST", "/v1/trades", body=body,
                                   repeatable=True, wait_ms=_wait_of(body))

    def _get(self, path: str, *, wait_ms: float = 0,
             attempts: Optional[int] = None, **query: Any) -> Any:
        if wait_ms > 0:
            query["waitMs"] = int(wait_ms)
        return self.transport.send("GET", path, query=query, wait_ms=wait_ms,
                                   repeatable=True, attempts=attempts)


_ACQUIRE_FIELDS = {
    "owner_type": "ownerType",
    "transaction_type": "transactionType",
    "transaction_data": "transactionData",
    "priority": "priority",
    "timeout_ms": "timeoutMs",
    "max_retries": "maxRetries",
    "idempotency_key": "idempotencyKey",
}
_TRADE_FIELDS = {
    "quantity": "quantity",
    "quote_quantity": "quoteQuantity",
    "price": "price",
    "snipe_target_id": "snipeTargetId",
    "priority": "priority",
    "emergency": "emergency",
    "idempotency_key": "idempotencyKey",
}


def acquire_body(resource_id: str, owner_id: str,
                 **more: Any) -> Dict[str, Any]:
    return {"resourceId": resource_id, "ownerId": owner_id,
            **_camel(more, _ACQUIRE_FIELDS)}


def has_key(body: Dict[str, Any]) -> bool:
    """Whether the node recognises a second one as the same transaction."""
    return (body.get("idempotencyKey") is not None
            or body.get("transactionData") is not None)


def _camel(given: Dict[str, Any], known: Dict[str, str]) -> Dict[str, Any]:
    for name in given:
        if name not in known:
            raise TypeError(f"unknown argument '{name}'; known are "
                            + ", ".join(known))
    return {known[k]: v for k, v in given.items() if v is not None}


def _wait_of(body: Dict[str, Any]) -> float:
    if body.get("onLocked") != "wait":
        return 0
    return float(body.get("waitMs", 30_000))


def _id_and_token(lock: Union[Lock, HeldLock]) -> "tuple[str, int]":
    if isinstance(lock, HeldLock):
        return lock.lock_id, lock.fencing_token
    return lock["lockId"], lock["fencingToken"]
