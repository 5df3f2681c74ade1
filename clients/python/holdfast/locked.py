# Work under a lock, from acquire to release.
# Must not know how requests are sent or repeated.
from __future__ import annotations

import logging
from dataclasses import dataclass
from types import TracebackType
from typing import (TYPE_CHECKING, Any, Callable, Dict, Literal, Optional,
                    Type)

from .errors import AlreadyDone, HoldfastError, LockLostError, TooLargeError
from .held_lock import HeldLock
from .obtain import Obtaining
from .transport import to_json

if TYPE_CHECKING:
    from .client import Client

log = logging.getLogger("holdfast")

#: An error's text is kept verbatim, up to this.
ERROR_BYTES_MAX = 4096


@dataclass(frozen=True)
class LockedResult:
    """`replayed`: the outcome was stored already, and the work was not run."""

    result: Any
    replayed: bool
    lock_id: str
    fencing_token: int


def with_lock(client: Client, body: Dict[str, Any], wait_ms: float,
              work: Callable[[HeldLock], Any]) -> LockedResult:
    got = Obtaining(client, body, wait_ms).obtain()
    lock_id, token = got.lock["lockId"], got.lock["fencingToken"]
    if got.held is None:
        return LockedResult(got.replayed, True, lock_id, token)
    with _Working(client, got.held) as held:
        held.result = work(held)
    return LockedResult(held.result, False, lock_id, token)


class Locked:
    """A lock for the length of a `with` block; enter it once."""

    def __init__(self, client: Client, body: Dict[str, Any],
                 wait_ms: float) -> None:
        self._client = client
        self._obtaining = Obtaining(client, body, wait_ms)
        self._working: Optional[_Working] = None

    def __enter__(self) -> HeldLock:
        got = self._obtaining.obtain()
        if got.held is None:
            raise AlreadyDone(got.lock["lockId"], got.lock["fencingToken"],
                              got.replayed)
        self._working = _Working(self._client, got.held)
        return self._working.__enter__()

    def __exit__(self, kind: Optional[Type[BaseException]],
                 error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> Literal[False]:
        assert self._working is not None
        return self._working.__exit__(kind, error, trace)


class _Working:
    """From the grant to the release."""

    def __init__(self, client: Client, held: HeldLock) -> None:
        self._client = client
        self._held = held

    def __enter__(self) -> HeldLock:
        self._held.start()
        return self._held

    def __exit__(self, kind: Optional[Type[BaseException]],
                 error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> Literal[False]:
        held = self._held
        held.stop()
        if error is None:
            self._release_done(held)
            return False
        self._release_failed(held, error)
        if (held.lost.is_set() and isinstance(error, Exception)
                and not isinstance(error, LockLostError)):
            raise held.loss() from error
        return False

    def _release_done(self, held: HeldLock) -> None:
        """Stores the outcome; tries as long as the lock may be held."""
        until = held.lease_end_ms()
        result = _storable(held)
        try:
            try:
                self._client.release(held, result=result, retry_until_ms=until)
            except TooLargeError:
                log.warning("the result under %s is too large to be stored",
                            held.lock_id)
                self._client.release(held, result=None, retry_until_ms=until)
        except HoldfastError as error:
            raise LockLostError(
                held.lock_id, held.fencing_token,
                f"the work was done, but its outcome could not be stored: "
                f"{error}", True, held.result) from error

    def _release_failed(self, held: HeldLock, why: BaseException) -> None:
        """The caller hears of the work's error; of this one the log tells."""
        text = _shortened(str(why) or type(why).__name__)
        lost = held.lost.is_set()
        try:
            self._client.release(
                held, error=text, attempts=1,
                retry_until_ms=None if lost else held.lease_end_ms())
        except HoldfastError as error:
            if not lost:
                log.warning("%s could not be released: %s", held.lock_id,
                            error)


def _storable(held: HeldLock) -> Any:
    """The effect has happened: the lock ends well even if this is no JSON."""
    try:
        to_json(held.result)
        return held.result
    except (TypeError, ValueError, RecursionError) as error:
        log.warning("the result under %s is no JSON and is not stored: %s",
                    held.lock_id, error)
        return None


def _shortened(text: str) -> str:
    data = text.encode("utf-8", "replace")
    if len(data) > ERROR_BYTES_MAX:
        data = data[:ERROR_BYTES_MAX]
    return data.decode("utf-8", "ignore")
