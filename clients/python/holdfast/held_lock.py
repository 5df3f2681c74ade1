# A lock in hand: renews it in the background and says in time when it is lost.
# Must not know how it was acquired or what is done under it.
from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any, Optional

from .errors import (HoldfastError, InDoubtError, LockLostError, NotFoundError,
                     StaleLockError)
from .shapes import Lock
from .transport import now_ms

if TYPE_CHECKING:
    from .client import Client


class HeldLock:
    """The lease is counted on the boot clock from before the request that began
    it was sent, so it ends here no later than at the node. A process that is
    stopped notices late all the same: `assert_held` just before an effect, and
    the fencing token with it."""

    def __init__(self, client: Client, lock: Lock, sent_at_ms: float) -> None:
        self.lock_id = lock["lockId"]
        self.resource_id = lock["resourceId"]
        #: Send it along with every effect.
        self.fencing_token = lock["fencingToken"]
        #: Set before a lost lease runs out.
        self.lost = threading.Event()
        #: With `client.lock(…)`: what the work leaves behind.
        self.result: Any = None
        self._client = client
        self._why = "its lease ran out and was not renewed"
        self._lease_ms = float(lock["timeoutMs"])
        self._ends_ms = sent_at_ms + self._lease_ms
        self._changed = threading.Condition()
        self._stopped = False

    def remaining_ms(self) -> float:
        """Until `lost` is set unless a renewal succeeds; 0: it was."""
        with self._changed:
            return self._remaining_ms()

    def assert_held(self) -> None:
        """Raises LockLostError when it is, or may be, no longer held."""
        if self.remaining_ms() == 0:
            self.lost.set()
            raise self.loss()
        with self._changed:
            if self._stopped:
                raise LockLostError(self.lock_id, self.fencing_token,
                                    "it has ended")

    def loss(self, completed: bool = False,
             result: Any = None) -> LockLostError:
        return LockLostError(self.lock_id, self.fencing_token, self._why,
                             completed, result)

    def lease_end_ms(self) -> float:
        """The last moment, by `now_ms()`, at which it may be held."""
        with self._changed:
            return self._ends_ms

    def start(self) -> None:
        """Renews it every third of its lease until `stop`."""
        # Two threads: a renewal that hangs must not keep the other from
        # noticing that the lease ends.
        for loop in (self._watch, self._renew):
            name = f"holdfast {loop.__name__[1:]} {self.lock_id}"
            threading.Thread(target=loop, name=name, daemon=True).start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _remaining_ms(self) -> float:
        if self.lost.is_set():
            return 0
        # What the work gets to notice that it has to end.
        margin = min(2000.0, self._lease_ms / 10)
        return max(0.0, self._ends_ms - margin - now_ms())

    def _lose(self, why: Optional[str] = None) -> None:
        with self._changed:
            if self._stopped or self.lost.is_set():
                return
            self._why = why or self._why
            self.lost.set()
            self._stopped = True
            self._changed.notify_all()

    def _watch(self) -> None:
        with self._changed:
            while not self._stopped:
                left = self._remaining_ms()
                if left == 0:
                    break
                self._changed.wait(left / 1000)
        self._lose()

    def _pause(self, failures: int) -> bool:
        """Waits until the next renewal; false: there is none."""
        with self._changed:
            third = self._lease_ms / 3
            if failures == 0:
                due = self._ends_ms - self._lease_ms + third
            else:
                most = min(third / 4, 50 * 2 ** min(failures, 20))
                due = now_ms() + random.random() * most
            while not self._stopped and now_ms() < due:
                self._changed.wait((due - now_ms()) / 1000)
            return not self._stopped

    def _renew(self) -> None:
        failures = 0
        while self._pause(failures):
            sent_at = now_ms()
            limit = min(self._client.transport.request_timeout_ms,
                        self._lease_ms / 3)
            try:
                lock = self._client.renew(self, attempts=1, timeout_ms=limit)
            except (StaleLockError, NotFoundError, InDoubtError) as error:
                self._lose(str(error))
                return
            except HoldfastError:
                failures += 1  # told by `lost` when none succeeds in time
                continue
            failures = 0
            with self._changed:
                self._lease_ms = float(lock["timeoutMs"])
                self._ends_ms = sent_at + self._lease_ms
                self._changed.notify_all()
