# Requests over http.client: deadlines, the bearer token, and repeating what is
# safe to repeat. Must not know what a call means.
from __future__ import annotations

import decimal
import http.client
import json
import os
import random
import re
import ssl
import time
from dataclasses import dataclass
from typing import Any, Dict, Optional
from urllib.parse import quote, urlencode, urlsplit

from .errors import (AnswerLostError, HoldfastError, NotSentError,
                     ProblemError, ShuttingDownError, StorageUnavailableError,
                     problem_error)


def now_ms() -> float:
    """A clock that never goes back, and where the system has one, that runs on
    while the machine sleeps: leases do."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    seconds = time.monotonic() if clock is None else time.clock_gettime(clock)
    return seconds * 1000


@dataclass(frozen=True)
class Retry:
    """`attempts` in all, the first included; the first pause is up to
    `base_ms`, each next one up to twice as much, at most `max_ms`."""

    attempts: int = 8
    base_ms: float = 100
    max_ms: float = 5000


def segment(text: str) -> str:
    return quote(text, safe="")


class Transport:
    def __init__(self, url: Optional[str], token: Optional[str],
                 token_file: Optional[str], request_timeout_ms: float,
                 retry: Retry, ssl_context: Optional[ssl.SSLContext]) -> None:
        text = url or os.environ.get("HOLDFAST_URL") or "http://127.0.0.1:8080"
        parts = urlsplit(text)
        if parts.username is not None or parts.password is not None:
            raise ValueError(
                "url must hold no credentials; give a token instead")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must be http://… or https://…")
        self._tls = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._path = parts.path.rstrip("/")
        self._ssl = ssl_context
        self._token = _read_token(token, token_file)
        self.request_timeout_ms = request_timeout_ms
        self.retry = retry

    def send(self, method: str, path: str, *, body: Any = None,
             query: Optional[Dict[str, Any]] = None, repeatable: bool = False,
             wait_ms: float = 0, timeout_ms: Optional[float] = None,
             attempts: Optional[int] = None,
             retry_until_ms: Optional[float] = None) -> Any:
        """The answer's JSON. `repeatable`: a second request does no harm when
        the first was carried out unheard. `retry_until_ms`: try until this
        moment of `now_ms()`, however often.

        Raises ProblemError, NotSentError, AnswerLostError.
        """
        data = None if body is None else to_json(body).encode()
        query = {k: v for k, v in (query or {}).items() if v is not None}
        target = path + ("?" + urlencode(query) if query else "")
        limit_ms = wait_ms + (self.request_timeout_ms
                              if timeout_ms is None else timeout_ms)
        lost = False
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._send_once(method, target, data, limit_ms)
            except HoldfastError as error:
                lost = lost or error.answer_lost
                error.answer_lost = lost
                pause = self.pause_ms(error, attempt, repeatable)
                if pause is None:
                    raise
                if retry_until_ms is None:
                    more = attempt < (attempts or self.retry.attempts)
                else:
                    more = now_ms() + pause < retry_until_ms
                if not more:
                    raise
            time.sleep(pause / 1000)

    def pause_ms(self, error: HoldfastError, attempt: int,
                 repeatable: bool) -> Optional[float]:
        """How long to pause before the next try: full jitter, and no less than
        the node asks for. None: another could do harm or cannot help."""
        if not _may_repeat(error, repeatable):
            return None
        most = min(self.retry.max_ms,
                   self.retry.base_ms * 2 ** min(attempt - 1, 30))
        least = getattr(error, "retry_after_ms", None) or 0
        return least + random.random() * most

    def _send_once(self, method: str, target: str, data: Optional[bytes],
                   limit_ms: float) -> Any:
        what = f"{method} {target.split('?')[0]}"
        ends = now_ms() + limit_ms
        connection = self._connection(limit_ms / 1000)
        try:
            try:
                connection.connect()
            except OSError as why:
                raise NotSentError(f"{what}: {why}") from why
            try:
                connection.sock.settimeout(max(0.001, (ends - now_ms()) / 1000))
                connection.request(method, self._path + target, data,
                                   self._headers(data))
                connection.sock.settimeout(max(0.001, (ends - now_ms()) / 1000))
                response = connection.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as why:
                raise AnswerLostError(
                    f"{what}: {why or type(why).__name__}") from why
        finally:
            connection.close()
        return _understood(response, text, what)

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        if not self._tls:
            return http.client.HTTPConnection(self._host, self._port,
                                              timeout=timeout_s)
        context = self._ssl or ssl.create_default_context()
        return http.client.HTTPSConnection(self._host, self._port,
                                           timeout=timeout_s, context=context)

    def _headers(self, data: Optional[bytes]) -> Dict[str, str]:
        headers = {"Connection": "close"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers


def to_json(body: Any) -> str:
    """Decimals become strings, digit by digit; NaN is an error."""
    return json.dumps(body, allow_nan=False, default=_decimal_text)


def _decimal_text(value: Any) -> str:
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is no JSON")


def _may_repeat(error: HoldfastError, repeatable: bool) -> bool:
    if isinstance(error, NotSentError):
        return True
    if isinstance(error, AnswerLostError):
        return repeatable
    if not isinstance(error, ProblemError):
        return False
    # Refused before anything was done.
    if error.status == 429 or isinstance(error, ShuttingDownError):
        return True
    # The node itself may have lost the answer: it may have been carried out.
    return isinstance(error, StorageUnavailableError) and repeatable


def _understood(response: http.client.HTTPResponse, text: bytes,
                what: str) -> Any:
    status = response.status
    try:
        body = json.loads(text) if text else None
    except ValueError as why:
        raise AnswerLostError(
            f"{what}: status {status} with a body that is no JSON") from why
    if 200 <= status < 300:
        return body
    if not isinstance(body, dict) or not isinstance(body.get("code"), str):
        why = f"{what}: status {status}, which is no node's answer"
        # A proxy in between may have passed the request on.
        raise AnswerLostError(why) if status >= 500 else HoldfastError(why)
    seconds = response.getheader("Retry-After", "")
    if seconds.isdigit():
        body.setdefault("retryAfterMs", int(seconds) * 1000)
    error = problem_error(status, body)
    error.answer_lost = isinstance(error, StorageUnavailableError)
    raise error


def _read_token(token: Optional[str], token_file: Optional[str]) -> str:
    if token is None and token_file is not None:
        with open(token_file, encoding="utf-8") as file:
            token = file.read().strip()
    if token is None:
        token = os.environ.get("HOLDFAST_TOKEN", "")
    # http.client would quote it in its error.
    if token and not re.fullmatch(r"[\x21-\x7e]+", token):
        raise ValueError("the token has characters that no token can have")
    return token
