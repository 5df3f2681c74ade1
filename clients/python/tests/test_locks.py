# Locks from beginning to end against a real node.
from __future__ import annotations

import itertools
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import holdfast
from holdfast import errors

from .node_process import NodeProcess, until

numbers = itertools.count(1)


class Locks(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.node = NodeProcess().start()
        cls.addClassCleanup(cls.node.remove)
        cls.client = holdfast.Client(cls.node.url)

    def setUp(self) -> None:
        self.resource = f"test/größe:{next(numbers)}"

    def test_a_lock_is_granted_renewed_and_released_with_a_result(self) -> None:
        answer = self.client.acquire(
            self.resource, "bot",
            transaction_data={"quantity": Decimal("0.00000001")})
        self.assertEqual(answer["outcome"], "granted")
        lock = answer["lock"]
        self.assertEqual(lock["transactionData"], {"quantity": "0.00000001"})
        page = self.client.list_locks(resource_id=self.resource,
                                      status="active")
        self.assertEqual([x["lockId"] for x in page["items"]],
                         [lock["lockId"]])
        self.assertTrue(self.client.get_resource(self.resource)["locked"])
        renewed = self.client.renew(lock, lease_ms=5000)
        self.assertEqual(renewed["timeoutMs"], 5000)
        self.client.release(lock, result={"orderId": "7"})
        ended = self.client.get_lock(lock["lockId"])
        self.assertEqual((ended["status"], ended["result"]),
                         ("released", {"orderId": "7"}))
        journal = self.client.journal(resource_id=self.resource)
        self.assertEqual([x["kind"] for x in journal["items"]],
                         ["granted", "released"])

    def test_a_queued_request_is_polled_or_cancelled(self) -> None:
        lock = self.client.acquire(self.resource, "a")["lock"]
        entry = self.client.acquire(self.resource, "b")["entry"]
        self.assertEqual(entry["position"], 1)
        last = self.client.acquire(self.resource, "c")["entry"]
        self.assertEqual(self.client.cancel(last["entryId"])["status"],
                         "cancelled")
        with ThreadPoolExecutor() as pool:
            turn = pool.submit(self.client.get_entry, entry["entryId"],
                               wait_ms=20_000)
            self.client.release(lock)
            granted = turn.result()
        self.assertEqual(granted["status"], "granted")
        self.assertGreater(granted["lock"]["fencingToken"],
                           lock["fencingToken"])

    def test_refusals_are_errors_of_their_own_class(self) -> None:
        lock = self.client.acquire(self.resource, "a",
                                   idempotency_key="k")["lock"]
        with self.assertRaises(errors.HeldError) as caught:
            self.client.acquire(self.resource, "b", on_locked="reject")
        held = caught.exception
        self.assertEqual((held.status, held.code, held.holder, held.lock_id),
                         (409, "held", "a", lock["lockId"]))
        self.assertGreater(held.retry_after_ms or 0, 0)
        self.assertFalse(held.answer_lost)
        for kind, ask in (
                (errors.WaitTimeoutError,
                 dict(owner_id="b", on_locked="wait", wait_ms=5)),
                (errors.KeyMismatchError,
                 dict(owner_id="b", idempotency_key="k")),
                (errors.InProgressError,
                 dict(owner_id="a", idempotency_key="k")),
                (errors.InvalidError, dict(owner_id="b", priority=99))):
            with self.subTest(kind), self.assertRaises(kind):
                self.client.acquire(self.resource, **ask)
        with self.assertRaises(errors.StaleLockError):
            self.client.release({**lock, "fencingToken": 1})
        with self.assertRaisesRegex(TypeError, "leese_ms"):
            self.client.acquire(self.resource, "b", leese_ms=1)

    def test_batches_pausing_statistics_and_force_release_answer(self) -> None:
        results = self.client.acquire_batch([
            {"resourceId": self.resource, "ownerId": "stuck"},
            {"resourceId": self.resource, "ownerId": "x", "priority": 99}])
        self.assertEqual([x["status"] for x in results], [201, 400])
        self.assertEqual(self.client.pause(), {"paused": True})
        self.assertTrue(self.client.stats()["paused"])
        self.assertEqual(self.client.resume(), {"paused": False})
        self.assertEqual(self.client.force_release_owner("stuck", "test"), 1)
        self.assertEqual(self.client.list_dead_letters()["items"], [])

    def test_work_is_done_once_and_replayed(self) -> None:
        runs = []

        def work(lock: holdfast.HeldLock) -> Any:
            lock.assert_held()
            runs.append(lock.fencing_token)
            return {"orderId": "42"}

        def ask() -> holdfast.LockedResult:
            return self.client.with_lock(self.resource, "bot", work,
                                         idempotency_key="order-1")

        first, again = ask(), ask()
        self.assertEqual(runs, [first.fencing_token])
        self.assertEqual((first.replayed, again.replayed), (False, True))
        self.assertEqual(first.result, again.result)
        self.assertEqual(first.lock_id, again.lock_id)

    def test_the_context_manager_does_not_enter_what_is_done(self) -> None:
        with self.client.lock(self.resource, "b", idempotency_key="k") as lock:
            lock.result = {"orderId": "1"}
        with self.assertRaises(holdfast.LockLostError):
            lock.assert_held()
        with self.assertRaises(holdfast.AlreadyDone) as done:
            with self.client.lock(self.resource, "b", idempotency_key="k"):
                self.fail("entered")
        self.assertEqual(done.exception.result, {"orderId": "1"})
        self.assertEqual(done.exception.lock_id, lock.lock_id)

    def test_work_that_raises_is_failed_and_may_be_tried_again(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "éé"):
            with self.client.lock(self.resource, "b", idempotency_key="k"):
                raise RuntimeError("é" * 4000)
        row = self.client.list_locks(resource_id=self.resource)["items"][0]
        self.assertEqual((row["status"], row["error"]), ("failed", "é" * 2048))
        second = self.client.with_lock(self.resource, "b", lambda _: "fine",
                                       idempotency_key="k")
        self.assertEqual((second.result, second.replayed), ("fine", False))

    def test_a_result_that_cannot_be_stored_does_not_undo_it(self) -> None:
        for n, result in enumerate((object(), "x" * 70_000, float("nan"))):
            with self.assertLogs("holdfast", "WARNING"):
                done = self.client.with_lock(f"{self.resource}{n}", "b",
                                             lambda _: result,
                                             idempotency_key="k")
            self.assertIs(done.result, result)
            again = self.client.with_lock(f"{self.resource}{n}", "b", self.fail,
                                          idempotency_key="k")
            self.assertEqual((again.result, again.replayed), (None, True))

    def test_fifty_callers_work_one_at_a_time(self) -> None:
        inside = threading.Lock()
        tokens = []

        def work(lock: holdfast.HeldLock) -> None:
            self.assertTrue(inside.acquire(blocking=False), "two at a time")
            tokens.append(lock.fencing_token)
            inside.release()

        with ThreadPoolExecutor(50) as pool:
            for done in [pool.submit(self.client.with_lock, self.resource,
                                     f"bot-{i}", work) for i in range(50)]:
                done.result()
        self.assertEqual(len(tokens), 50)
        self.assertEqual(tokens, sorted(tokens))

    def test_fifty_copies_of_one_transaction_do_the_work_once(self) -> None:
        runs = itertools.count(1)

        def ask(_: int) -> holdfast.LockedResult:
            return self.client.with_lock(
                self.resource, "bot", lambda _: next(runs),
                transaction_data={"symbol": "BTCUSDT", "quantity": "1"})

        with ThreadPoolExecutor(50) as pool:
            everybody = list(pool.map(ask, range(50)))
        self.assertEqual({x.result for x in everybody}, {1})
        self.assertEqual(sum(not x.replayed for x in everybody), 1)
        self.assertEqual(next(runs), 2)

    def test_who_does_not_wait_is_refused(self) -> None:
        self.client.acquire(self.resource, "a")
        with self.assertRaises(errors.HeldError):
            self.client.with_lock(self.resource, "b", self.fail, wait_ms=0)
        with self.assertRaises(errors.WaitTimeoutError):
            self.client.with_lock(self.resource, "b", self.fail, wait_ms=30)
        until(lambda: not self.client.list_queue(
            resource_id=self.resource)["items"])
