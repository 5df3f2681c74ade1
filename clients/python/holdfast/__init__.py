"""Client of Holdfast: one event, one effect."""
from .client import Client
from .errors import *  # noqa: F401,F403
from .held_lock import HeldLock
from .locked import Locked, LockedResult
from .shapes import (AcquireAnswer, BatchResult, Entry, Lock, Page, Resource,
                     Trade)
from .transport import Retry

__all__ = [
    "AcquireAnswer", "BatchResult", "Client", "Entry", "HeldLock", "Lock",
    "Locked", "LockedResult", "Page", "Resource", "Retry", "Trade",
    *[name for name in dir() if name.endswith("Error")], "AlreadyDone",
]
