#!/usr/bin/env python3
"""Installs the build as an embedder would, builds the examples against what
was installed, in a clean environment, and runs them: each event has one
effect, and a lost engine fails its callers at once.

usage: package_test.py BUILD-DIR SOURCE-DIR [CXX-LAUNCHER]"""

import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BUILD, SOURCE = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
LAUNCHER = sys.argv[3] if len(sys.argv) > 3 else ""
SYMBOLS = ["BTCUSDT", "ETHUSDT", "XAUUSD"]
# Of examples/remote: lost_after, and the quarter that noticing may take.
LOST_AFTER_S = 2.5


def clean_environment():
    kept = ["PATH", "HOME", "TMPDIR", "CCACHE_DIR"]
    return {name: os.environ[name] for name in kept if name in os.environ}


def run(*command):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=clean_environment(), timeout=240, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n"
                             f"{done.stdout}")
    return done.stdout


class Program:
    """A process whose lines are read as they come."""

    def __init__(self, *command):
        self.process = subprocess.Popen(
            [str(part) for part in command], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=clean_environment())
        self.lines = queue.Queue()
        self.seen = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def expect(self, pattern, within_s=20):
        """The match of the next line with `pattern`."""
        until = time.monotonic() + within_s
        while True:
            try:
                left = max(0.001, until - time.monotonic())
                line = self.lines.get(timeout=left)
            except queue.Empty:
                raise AssertionError(f"no \"{pattern}\" within {within_s} s; "
                                     f"before: {self.seen}") from None
            self.seen.append(line)
            found = re.search(pattern, line)
            if found:
                return found

    def end(self, how=None):
        if how is not None:
            self.process.send_signal(how)
        self.process.stdin.close()
        status = self.process.wait(timeout=20)
        self.reader.join()
        self.process.stdout.close()
        return status

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.end(signal.SIGKILL)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.prefix = cls.dir / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        for name in ("embedding", "remote", "simulation"):
            run("cmake", "-S", SOURCE / "examples" / name, "-B",
                cls.dir / name, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                f"-DCMAKE_PREFIX_PATH={cls.prefix}",
                f"-DCMAKE_CXX_COMPILER_LAUNCHER={LAUNCHER}")
            run("cmake", "--build", cls.dir / name)
        cls.certs = cls.dir / "certs"
        run(SOURCE / "examples" / "remote" / "make-certificates", cls.certs,
            "server", "client")

    def test_installed_headers_include_only_what_is_installed(self):
        include = self.prefix / "include" / "holdfast"
        headers = list(include.rglob("*.hpp"))
        self.assertGreater(len(headers), 20)
        for header in headers:
            for name in re.findall(r'#include "([^"]+)"', header.read_text()):
                self.assertTrue((include / name).exists(),
                                f"{header} includes {name}")

    def test_the_package_says_nothing_of_where_it_was_built(self):
        for path in (self.prefix / "lib").rglob("*.cmake"):
            text = path.read_text()
            for word in (str(SOURCE), str(BUILD), "-Werror", "-fsanitize",
                         "holdfast_flags"):
                self.assertNotIn(word, text, f"in {path}")

    def test_the_installed_program_runs(self):
        self.assertIn("node", run(self.prefix / "bin" / "holdfast", "--help"))

    def test_each_signal_is_one_order_also_in_a_second_run(self):
        program = self.dir / "embedding" / "embedding"
        first = run(program, self.dir / "data")
        self.assertIn("orders sent: 3\n", first)
        orders = dict(re.findall(r"outcome: \S+ (\S+): replayed (.*)", first))
        self.assertEqual(sorted(orders), SYMBOLS)
        self.assertEqual(len(set(orders.values())), 3)
        for symbol in SYMBOLS:
            self.assertEqual(first.count(f"{symbol}: started"), 1)
            self.assertEqual(
                first.count(f"{symbol}: replayed {orders[symbol]}"), 4)
        second = run(program, self.dir / "data")
        self.assertIn("orders sent: 0\n", second)
        self.assertNotIn("started", second)
        self.assertEqual(orders, dict(
            re.findall(r"outcome: \S+ (\S+): replayed (.*)", second)))

    def test_a_careless_trader_is_found_out_and_a_careful_one_is_not(self):
        program = self.dir / "simulation" / "simulation"
        self.assertIn("one order per event", run(program))
        with self.assertRaisesRegex(AssertionError, "was sent again"):
            run(program, "careless")

    # -- an engine in one process, its user in another -----------------------

    def serve(self, data, port=0):
        program = Program(self.dir / "remote" / "remote", "server",
                          self.certs, data, port)
        self.addCleanup(program.kill)
        return program, int(program.expect(r"port (\d+)").group(1))

    def connect(self, port):
        program = Program(self.dir / "remote" / "remote", "client",
                          self.certs, port)
        self.addCleanup(program.kill)
        program.expect("^connected to")
        return program

    def hold_and_wait(self, client):
        """ann holds r, bob waits for it; ann's token."""
        client.say("acquire r ann")
        token = int(client.expect(r"ann has token (\d+)").group(1))
        client.say("wait r bob")
        # An answer to a later request: bob's is at the engine.
        client.say("acquire s eve")
        client.expect("eve has token")
        return token

    def test_a_killed_engine_fails_its_callers_at_once_and_comes_back(self):
        server, port = self.serve(self.dir / "killed")
        client = self.connect(port)
        token = self.hold_and_wait(client)
        killed = time.monotonic()
        server.end(signal.SIGKILL)
        # Both are due at once; which is first is nobody's promise.
        first = client.expect("^bob refused|^no connection", 1).group(0)
        client.expect("^no connection" if first.startswith("bob")
                      else "^bob refused: storage-unavailable", 1)
        took = time.monotonic() - killed
        print(f"killed: callers failed after {took * 1000:.0f} ms")
        self.assertLess(took, 1)
        client.say("acquire t tom")
        client.expect("tom refused: storage-unavailable.*nothing was sent", 1)

        server, _ = self.serve(self.dir / "killed", port)
        client.expect("^connected to")
        # ann's lock stands as it was, and bob's wait is not in its way.
        client.say("acquire r joe")
        client.expect("joe refused: held")
        client.say("acquire u joe")
        self.assertGreater(
            int(client.expect(r"joe has token (\d+)").group(1)), token)
        self.assertEqual(client.end(), 0)
        self.assertEqual(server.end(), 0)

    def test_a_frozen_engine_fails_its_callers_when_it_is_silent(self):
        server, port = self.serve(self.dir / "frozen")
        client = self.connect(port)
        self.hold_and_wait(client)
        frozen = time.monotonic()
        server.process.send_signal(signal.SIGSTOP)
        client.expect("^bob refused: storage-unavailable|^no connection",
                      LOST_AFTER_S + 1)
        took = time.monotonic() - frozen
        print(f"frozen: callers failed after {took * 1000:.0f} ms")
        self.assertLess(took, LOST_AFTER_S + 0.5)
        server.process.send_signal(signal.SIGCONT)
        client.expect("^connected to")
        client.say("acquire r joe")
        client.expect("joe refused: held")
        self.assertEqual(client.end(), 0)
        self.assertEqual(server.end(), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
