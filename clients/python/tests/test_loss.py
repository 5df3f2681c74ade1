# Lost locks, lost answers, and a node that goes away.
from __future__ import annotations

import hashlib
import signal
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, List

import holdfast
from holdfast import errors
from holdfast.transport import now_ms

from .node_process import LossyProxy, NodeProcess, free_port, until


def wall_ms(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1e3


class Leases(unittest.TestCase):
    def setUp(self) -> None:
        self.node = NodeProcess().start()
        self.addCleanup(self.node.remove)
        self.client = holdfast.Client(self.node.url)

    def test_work_may_take_longer_than_its_lease(self) -> None:
        with self.client.lock("r", "slow", timeout_ms=600) as lock:
            first = self.client.get_lock(lock.lock_id)["expiresAt"]
            until(lambda: time.time() * 1e3 > wall_ms(first) + 600)
            lock.assert_held()
            holder = self.client.get_resource("r")["lock"]
            self.assertEqual(holder["fencingToken"], lock.fencing_token)

    def test_work_is_told_before_its_lease_runs_out(self) -> None:
        for how in (signal.SIGSTOP, signal.SIGKILL):
            with self.subTest(how):
                with self.assertRaises(holdfast.LockLostError) as caught:
                    with self.client.lock("r", "bot", timeout_ms=1500) as lock:
                        self.node.send(how)
                        self.assertTrue(lock.lost.wait(20))
                        self.assertLess(now_ms(), lock.lease_end_ms())
                        with self.assertRaises(holdfast.LockLostError):
                            lock.assert_held()
                        self.node.send(signal.SIGCONT)
                        raise RuntimeError("stopped in the middle")
                self.assertFalse(caught.exception.completed)
                self.assertIsInstance(caught.exception.__cause__, RuntimeError)

    def test_a_lock_taken_away_is_told_at_the_next_renewal(self) -> None:
        def work(lock: holdfast.HeldLock) -> str:
            self.client.force_release(lock.lock_id, "test")
            self.assertTrue(lock.lost.wait(20))
            return "too late"

        with self.assertRaises(holdfast.LockLostError) as caught:
            self.client.with_lock("r", "bot", work, timeout_ms=900,
                                  idempotency_key="k")
        # The caller has to know that the effect happened all the same.
        self.assertTrue(caught.exception.completed)
        self.assertEqual(caught.exception.result, "too late")

    def test_callers_come_through_a_restart(self) -> None:
        for how in (signal.SIGTERM, signal.SIGKILL):
            started, restarted = threading.Event(), threading.Event()

            def work(_: holdfast.HeldLock) -> str:
                started.set()
                restarted.wait(20)
                return "a"

            with ThreadPoolExecutor() as pool:
                holder = pool.submit(self.client.with_lock, "r", "a", work,
                                     idempotency_key=f"a-{how}")
                self.assertTrue(started.wait(20))
                waiter = pool.submit(self.client.with_lock, "r", "b",
                                     lambda _: "b")
                until(lambda: len(self.client.list_queue()["items"]) == 1)
                self.node.end(how)
                self.node.start()
                restarted.set()
                self.assertEqual(holder.result().result, "a")
                self.assertEqual(waiter.result().result, "b")

    def test_a_node_that_is_not_there_is_told_as_such(self) -> None:
        away = holdfast.Client(f"http://127.0.0.1:{free_port()}",
                               retry=holdfast.Retry(attempts=3, base_ms=1))
        with self.assertRaises(errors.NotSentError) as caught:
            away.acquire("r", "a")
        self.assertFalse(caught.exception.answer_lost)


class LostAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.node = NodeProcess().start()
        cls.addClassCleanup(cls.node.remove)
        cls.proxy = LossyProxy(cls.node.port)
        cls.addClassCleanup(cls.proxy.close)
        cls.direct = holdfast.Client(cls.node.url)
        cls.client = holdfast.Client(cls.proxy.url,
                                     retry=holdfast.Retry(base_ms=5))

    def kinds(self, resource: str) -> List[Any]:
        journal = self.direct.journal(resource_id=resource)
        return [event["kind"] for event in journal["items"]]

    def test_a_plain_mutex_is_not_asked_for_again(self) -> None:
        self.proxy.lose_next("POST /v1/locks ")
        with self.assertRaises(errors.AnswerLostError):
            self.client.acquire("bare", "a")
        self.assertEqual(self.kinds("bare"), ["granted"])

    def test_with_lock_takes_up_what_was_granted_unheard(self) -> None:
        for wait_ms in (0, 20_000):
            before = self.proxy.swallowed
            self.proxy.lose_next("POST /v1/locks ", 2)
            start = time.monotonic()
            done = self.client.with_lock("up", "a", lambda _: "done",
                                         wait_ms=wait_ms)
            self.assertEqual(done.result, "done")
            self.assertEqual(self.proxy.swallowed, before + 2)
            # At once, not after the lease that the lost grant began.
            self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(self.kinds("up"), ["granted", "released"] * 2)

    def test_with_lock_takes_a_place_again_when_it_was_cut(self) -> None:
        held = self.direct.acquire("cut", "first")["lock"]
        with ThreadPoolExecutor() as pool:
            outcome = pool.submit(self.client.with_lock, "cut", "a",
                                  lambda _: "mine")
            until(lambda: self.kinds("cut").count("queued") == 1)
            self.proxy.cut()
            until(lambda: self.kinds("cut").count("queued") == 2)
            self.proxy.cut()
            self.direct.release(held)
            self.assertEqual(outcome.result().result, "mine")
        self.assertEqual(self.kinds("cut").count("granted"), 2)

    def test_who_gives_up_leaves_no_place_behind(self) -> None:
        self.direct.acquire("given-up", "first")
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(self.client.with_lock, "given-up", "a",
                                  self.fail, wait_ms=1500)
            until(lambda: "queued" in self.kinds("given-up"))
            self.proxy.cut()
            self.assertIsInstance(waiting.exception(), errors.WaitTimeoutError)
        queue = self.direct.list_queue(resource_id="given-up")
        self.assertEqual(queue["items"], [])

    def test_a_grant_under_a_callers_key_is_waited_out(self) -> None:
        self.proxy.lose_next("POST /v1/locks ")
        runs: List[int] = []
        done = self.client.with_lock("shared", "a", lambda _: runs.append(1),
                                     idempotency_key="k", timeout_ms=700)
        self.assertFalse(done.replayed)
        self.assertEqual(runs, [1])
        what = [x for x in self.kinds("shared")
                if x not in ("queued", "dead_lettered")]
        self.assertEqual(what, ["granted", "expired", "granted", "released"])

    def test_in_progress_after_a_lost_answer_may_be_ones_own(self) -> None:
        self.proxy.lose_next("POST /v1/locks ")
        with self.assertRaises(errors.InProgressError) as caught:
            self.client.acquire("own", "a", idempotency_key="k")
        self.assertTrue(caught.exception.answer_lost)

    def test_renew_and_release_are_asked_for_again(self) -> None:
        lock = self.direct.acquire("rr", "a")["lock"]
        before = self.proxy.swallowed
        self.proxy.lose_next("/renew")
        self.client.renew(lock)
        self.proxy.lose_next("/release")
        self.client.release(lock, result=1)
        self.proxy.lose_next("GET /v1/locks/")
        self.assertEqual(self.client.get_lock(lock["lockId"])["status"],
                         "released")
        self.assertEqual(self.proxy.swallowed, before + 3)


class Tokens(unittest.TestCase):
    def test_a_token_opens_what_its_scope_allows(self) -> None:
        node = NodeProcess('[auth]\ntokens_file = "DIRECTORY/tokens"\n')
        self.addCleanup(node.remove)
        tokens = node.directory / "tokens"
        tokens.touch(0o600)
        tokens.write_text("".join(
            f"{scope} {scope} {hashlib.sha256(scope.encode()).hexdigest()}\n"
            for scope in ("read", "trade")))
        try:
            node.start()
        except RuntimeError as error:
            # A node that fails in any other way is a failure.
            if "[auth] is not supported" not in str(error):
                raise
            self.skipTest("this binary knows no [auth]")
        with self.assertRaises(errors.UnauthorizedError):
            holdfast.Client(node.url).stats()
        with self.assertRaises(errors.ForbiddenError):
            holdfast.Client(node.url, token="read").acquire("r", "a")
        file = node.directory / "mine"
        file.write_text("trade\n")
        trader = holdfast.Client(node.url, token_file=str(file))
        self.assertEqual(trader.acquire("r", "a")["outcome"], "granted")
        with self.assertRaises(errors.ForbiddenError):
            trader.pause()

    def test_what_cannot_be_one_is_refused_without_being_told(self) -> None:
        for wrong in (dict(token="secret\r\nx: 1"),
                      dict(url="http://a:secret@127.0.0.1")):
            with self.assertRaises(ValueError) as caught:
                holdfast.Client(**wrong)
            self.assertNotIn("secret", str(caught.exception))
