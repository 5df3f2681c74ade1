# Gets a lock, or the stored outcome, through lost answers and restarts.
# Must not know what is done under the lock.
from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Dict, Optional

from .errors import (CancelledError, HoldfastError, InProgressError,
                     NotFoundError, NotWaitingError, StaleLockError,
                     WaitTimeoutError)
from .held_lock import HeldLock
from .shapes import Entry, Lock
from .transport import now_ms

if TYPE_CHECKING:
    from .client import Client

log = logging.getLogger("holdfast")


@dataclass
class Obtained:
    """`held` is None when the outcome was stored already: `replayed`."""

    lock: Lock
    held: Optional[HeldLock] = None
    replayed: Any = None


class Obtaining:
    """One request for a lock.

    When an answer is lost, the lock may have been granted to us unheard.

    With a key of the caller's, others may send it too: nobody can tell whose
    the lock is, and to take it could let two work at once. So the request is
    repeated as it is. It joins the transaction in flight; if that is our own,
    orphaned, it expires, and the repetition is granted a new lock.

    Without one, a random key is sent that nobody else knows. What is held or
    waits under that key is ours and is taken up at once.
    """

    def __init__(self, client: Client, body: Dict[str, Any],
                 wait_ms: float) -> None:
        if not 0 <= wait_ms <= 300_000:
            raise ValueError(
                f"wait_ms must be from 0 to 300000, not {wait_ms}")
        self._client = client
        self._key_is_ours = (body.get("idempotencyKey") is None
                             and body.get("transactionData") is None)
        self._body = dict(body)
        if self._key_is_ours:
            self._body["idempotencyKey"] = f"client-{uuid.uuid4()}"
        self._wait_ms = wait_ms
        self._ends_ms = now_ms() + wait_ms
        self._entry_id: Optional[str] = None

    def obtain(self) -> Obtained:
        try:
            return self._obtain()
        except BaseException:
            self._abandon()
            raise

    def _obtain(self) -> Obtained:
        transport = self._client.transport
        lost = False
        attempt = 0
        while True:
            attempt += 1
            try:
                if lost and self._key_is_ours:
                    return self._take_up()
                return self._ask()
            except HoldfastError as error:
                lost = lost or error.answer_lost
                error.answer_lost = lost
                # StaleLock: granted, and lost again before we had it in hand.
                pause = (0.0 if isinstance(error, StaleLockError)
                         else transport.pause_ms(error, attempt, True))
                if pause is None or attempt >= transport.retry.attempts:
                    raise
                if self._wait_ms > 0 and now_ms() + pause > self._ends_ms:
                    raise
            time.sleep(pause / 1000)

    def _abandon(self) -> None:
        """Leaves what may wait under a key that is ours alone."""
        if self._entry_id is None:
            return
        try:
            self._client.cancel(self._entry_id)
        except HoldfastError as error:
            log.warning("queue entry %s could not be cancelled: %s",
                        self._entry_id, error)

    def _left_ms(self) -> float:
        return max(0.0, self._ends_ms - now_ms())

    def _ask(self) -> Obtained:
        sent_at = now_ms()
        if self._wait_ms > 0:
            answer = self._client.acquire_raw(
                self._body, "wait", max(1, self._left_ms()), 1)
        else:
            answer = self._client.acquire_raw(self._body, "reject", None, 1)
        entry = answer.get("entry")
        if entry is not None:
            # `reject`, and a duplicate with `queue` waits under the same key.
            raise InProgressError(409, "in-progress", {
                "detail": "this transaction waits in the queue as "
                          + entry["entryId"]})
        return self._taken(answer["outcome"], answer, sent_at)

    def _taken(self, outcome: str, answer: Any, sent_at: float) -> Obtained:
        lock: Lock = answer["lock"]
        if outcome == "replayed":
            return Obtained(lock, replayed=answer["result"])
        # A grant that took long to be heard of has used up some of its lease.
        if now_ms() - sent_at > lock["timeoutMs"] / 3:
            return self._claim(lock)
        return Obtained(lock, HeldLock(self._client, lock, sent_at))

    def _take_up(self) -> Obtained:
        """After a lost answer, under a key that nobody else knows."""
        sent_at = now_ms()
        how = "queue" if self._wait_ms > 0 else "reject"
        try:
            answer = self._client.acquire_raw(self._body, how, None, 1)
        except InProgressError as error:
            if error.lock_id is None:
                raise
            lock = self._client.get_lock(error.lock_id, attempts=1)
            if (lock["idempotencyKey"] != self._body["idempotencyKey"]
                    or lock["ownerId"] != self._body["ownerId"]):
                raise
            return self._claim(lock)
        entry = answer.get("entry")
        if entry is None:
            return self._taken(answer["outcome"], answer, sent_at)
        self._entry_id = entry["entryId"]
        return self._await_turn(entry)

    def _await_turn(self, entry: Entry) -> Obtained:
        entry_id = entry["entryId"]
        while entry["status"] == "waiting" and self._left_ms() >= 1:
            entry = self._client.get_entry(
                entry_id, wait_ms=min(self._left_ms(), 20_000), attempts=1)
        if entry["status"] == "waiting":
            try:
                self._client.cancel(entry_id, attempts=1)
                self._entry_id = None
                raise WaitTimeoutError(409, "wait-timeout", {
                    "detail": f"not granted within {self._wait_ms:.0f} ms"})
            except NotWaitingError:
                entry = self._client.get_entry(entry_id, attempts=1)
        self._entry_id = None
        lock = entry.get("lock")
        if lock is not None and lock["status"] == "active":
            return self._claim(lock)
        raise CancelledError(409, "cancelled", {
            "detail": f"queue entry {entry_id} is {entry['status']}"})

    def _claim(self, lock: Lock) -> Obtained:
        sent_at = now_ms()
        try:
            renewed = self._client.renew(lock)
        except NotFoundError as error:
            raise StaleLockError(409, "stale-lock",
                                 {"detail": error.detail}) from error
        return Obtained(renewed, HeldLock(self._client, renewed, sent_at))
