# Trades against a stand-in that speaks the contract's shapes: what is sent,
# what is repeated, and what a refusal becomes.
from __future__ import annotations

import json
import threading
import unittest
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, List, Optional, Tuple

import holdfast
from holdfast import errors

TRADE = {"tradeId": "trade-1", "status": "filled"}


class StandIn:
    """Answers requests with what `answers` holds, in order; None: hangs up."""

    def __init__(self) -> None:
        self.answers: List[Optional[Tuple[int, Any]]] = []
        self.asked: List[Tuple[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                text = self.rfile.read(size)
                outer.asked.append((f"{self.command} {self.path}",
                                    json.loads(text) if text else None))
                answer = outer.answers.pop(0)
                if answer is None:
                    self.close_connection = True
                    return
                self.send_response(answer[0])
                if answer[0] in (429, 503):
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(json.dumps(answer[1]).encode())

            do_GET = do_POST = answer

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Trades(unittest.TestCase):
    def setUp(self) -> None:
        self.node = StandIn()
        self.addCleanup(self.node.close)
        self.client = holdfast.Client(
            self.node.url, retry=holdfast.Retry(attempts=4, base_ms=1))

    def buy(self) -> Any:
        return self.client.trade(symbol="BTCUSDT", side="BUY", type="MARKET",
                                 owner_id="bot", quantity=Decimal("1E-8"))

    def test_amounts_are_sent_digit_by_digit(self) -> None:
        self.node.answers = [(201, TRADE)]
        self.assertEqual(self.buy(), TRADE)
        self.assertEqual(self.node.asked, [("POST /v1/trades", {
            "symbol": "BTCUSDT", "side": "BUY", "type": "MARKET",
            "ownerId": "bot", "quantity": "0.00000001"})])

    def test_a_lost_trade_is_asked_for_again_and_its_outcome_awaited(
            self) -> None:
        self.node.answers = [
            None, (409, {"code": "in-progress", "detail": "x"}), (200, TRADE)]
        self.assertEqual(self.buy(), TRADE)
        sent = [body.get("onLocked") for _, body in self.node.asked]
        self.assertEqual(sent, [None, None, "wait"])

    def test_anothers_trade_in_progress_is_not_awaited(self) -> None:
        self.node.answers = [(409, {"code": "in-progress"})]
        with self.assertRaises(errors.InProgressError):
            self.buy()

    def test_a_refused_or_unknown_order_is_never_repeated(self) -> None:
        for status, code, more, kind in (
                (422, "order-rejected", {"exchangeCode": "30002"},
                 errors.OrderRejectedError),
                (503, "exchange-unavailable", {},
                 errors.ExchangeUnavailableError),
                (504, "outcome-unknown", {"effectId": "effect-1"},
                 errors.OutcomeUnknownError)):
            self.node.answers = [(status, {"code": code, **more})]
            with self.subTest(code), self.assertRaises(kind) as caught:
                self.buy()
            self.assertEqual(caught.exception.exchange_code,
                             more.get("exchangeCode"))
            self.assertEqual(caught.exception.effect_id, more.get("effectId"))

    def test_what_was_not_carried_out_is_repeated_when_asked_to(self) -> None:
        self.node.answers = [
            (503, {"code": "shutting-down", "retryAfterMs": 1}),
            (429, {"code": "queue-full", "retryAfterMs": 1}), (201, TRADE)]
        self.assertEqual(self.buy(), TRADE)

    def test_an_unheard_keyless_acquire_is_not_repeated(self) -> None:
        self.node.answers = [
            (503, {"code": "storage-unavailable", "retryAfterMs": 1})]
        with self.assertRaises(errors.StorageUnavailableError) as caught:
            self.client.acquire("r", "a")
        self.assertTrue(caught.exception.answer_lost)

    def test_lists_and_single_trades_are_read(self) -> None:
        self.node.answers = [(200, {"items": [TRADE]}), (200, TRADE)]
        self.assertEqual(self.client.list_trades(limit=1)["items"], [TRADE])
        self.assertEqual(self.client.get_trade("trade/1"), TRADE)
        self.assertEqual([call for call, _ in self.node.asked],
                         ["GET /v1/trades?limit=1", "GET /v1/trades/trade%2F1"])
