#!/usr/bin/env python3
"""Attacks a real node over HTTP and sees that nothing stays of it: memory and
file descriptors as before, no answer beyond the documented ones, a lock cycle
at its usual speed, no secret in the log, a store in which `verify` finds
nothing. What single refusals look like is tested in tests/integration
(protocol, limits, access) and tests/unit/gateway.

attack_test.py HOLDFAST [SEED]"""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

TOKEN = "attack-token-which-nobody-may-read"
GUESS = "guessed-token-"
SECRETS = (TOKEN, GUESS, "secret-in-a-body")
HOST = "127.0.0.1"
# What a stranger's bytes may be answered, if at all.
REFUSED = {400, 401, 403, 404, 405, 408, 413, 414, 415, 421, 429, 431, 501, 505}
# Kept by allocator and log, whatever was asked.
MEMORY_GROWTH_MAX = 48 << 20


class Wrong(AssertionError):
    pass


class Node:
    """A node with tokens and short time-outs, in a folder of its own."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, pathlib.Path(folder)
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        (self.folder / "tokens").touch(mode=0o600)
        (self.folder / "tokens").write_text(f"me operate {digest}\n")
        (self.folder / "node.toml").write_text(f"""[node]
data_dir = "{folder}/data"
listen = "{HOST}:0"
map_size_gib = 1
log_level = "debug"
log_format = "json"
[auth]
tokens_file = "{folder}/tokens"
[limits]
header_timeout_ms = 500
body_timeout_ms = 500
idle_timeout_ms = 2000
write_timeout_ms = 1000
event_stream_bytes_max = 65536
""")
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([binary, "node", "--config", self.folder / "node.toml"],
                                        stdout=self.log, stderr=self.log)
        self.port = self.listening_port()

    def listening_port(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"listening on http://[^:]+:(\d+)", self.log_text())
            if found:
                return int(found[1])
            time.sleep(0.02)
        raise Wrong("the node does not come up:\n" + self.log_text())

    def log_text(self):
        return (self.folder / "log").read_text(errors="replace")

    def memory(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def ask(self, method, target, body=None):
        with contextlib.closing(http.client.HTTPConnection(HOST, self.port, timeout=20)) as c:
            head = {"Authorization": "Bearer " + TOKEN}
            if body is not None:
                head["Content-Type"] = "application/json"
            c.request(method, target, None if body is None else json.dumps(body), head)
            answer = c.getresponse()
            return answer.status, answer.read()

    def cycle(self, name):
        """One lock, granted and released."""
        status, text = self.ask("POST", "/v1/locks", {"resourceId": name, "ownerId": "me"})
        if status != 201:
            raise Wrong(f"an acquire is answered {status}: {text!r}")
        lock = json.loads(text)["lock"]
        status, text = self.ask("POST", f"/v1/locks/{lock['lockId']}/release",
                                {"fencingToken": lock["fencingToken"]})
        if status != 200:
            raise Wrong(f"a release is answered {status}: {text!r}")

    def connect(self):
        return socket.create_connection((HOST, self.port), timeout=20)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.log.close()
        if code != 0:
            raise Wrong(f"the node ended with {code}")


def statuses(node, data, half_close=False):
    """Sends `data` and gives every status until the node hangs up, in order."""
    with node.connect() as s:
        with contextlib.suppress(ConnectionError):
            s.sendall(data)
            if half_close:
                s.shutdown(socket.SHUT_WR)
        got = b""
        with contextlib.suppress(ConnectionError):
            while len(got) < 8 << 20:
                more = s.recv(65536)
                if not more:
                    break
                got += more
    return [int(x) for x in re.findall(rb"HTTP/1\.[01] (\d{3}) ", got)]


def request(line, *headers, body=b""):
    head = [line, b"Host: localhost", *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


AUTH = b"Authorization: Bearer " + TOKEN.encode()
JSON = b"Content-Type: application/json"
CHUNKED = b"Transfer-Encoding: chunked"
POST = b"POST /v1/locks HTTP/1.1"
SMUGGLED = b"DELETE /v1/owners/me/locks HTTP/1.1\r\nHost: localhost\r\n" + AUTH + b"\r\n\r\n"


def smuggling():
    """Messages whose end two readers could see in two places: refused, and
    what hides behind them is not run."""
    def post(*headers, body=SMUGGLED):
        return request(POST, AUTH, JSON, *headers, body=body)
    yield "two lengths", post(b"Content-Length: 2", b"Content-Length: 200")
    yield "two lengths in one", post(b"Content-Length: 2, 200")
    yield "length and chunks", post(b"Content-Length: 2", CHUNKED, body=b"0\r\n\r\n" + SMUGGLED)
    yield "chunks and length", post(CHUNKED, b"Content-Length: 2", body=b"0\r\n\r\n" + SMUGGLED)
    yield "a signed length", post(b"Content-Length: +2")
    yield "a negative length", post(b"Content-Length: -1")
    yield "a length in hex", post(b"Content-Length: 0x2")
    yield "a length beyond 64 bits", post(b"Content-Length: 18446744073709551618")
    yield "a length in other words", post(b"Content-Length: 2 2")
    yield "an unknown coding", post(b"Transfer-Encoding: xchunked")
    yield "chunked is not last", post(b"Transfer-Encoding: chunked, identity")
    yield "space before the colon", post(b"Content-Length : 2")
    yield "coding, space, colon", post(b"Transfer-Encoding : chunked", body=b"0\r\n\r\n" + SMUGGLED)
    yield "a NUL in a header", post(b"X-A: a\0b", b"Content-Length: 0")
    yield "a bare CR in a header", post(b"X-A: a\rb", b"Content-Length: 0")
    yield "no chunk size", post(CHUNKED, body=b"\r\n" + SMUGGLED)
    yield "a signed chunk", post(CHUNKED, body=b"-1\r\n" + SMUGGLED)
    yield "a chunk in 0x", post(CHUNKED, body=b"0x0\r\n\r\n" + SMUGGLED)
    yield "a chunk beyond 64 bits", post(CHUNKED, body=b"10000000000000000\r\n" + SMUGGLED)
    yield "a chunk longer than told", post(CHUNKED, body=b"1\r\nabc\r\n0\r\n\r\n" + SMUGGLED)


def tricks():
    """Requests to be refused, whatever way; each ends its connection."""
    close = b"Connection: close"
    for path in (b"//v1/locks", b"/v1//locks", b"/v1/../v1/stats", b"/%2e%2e/%2e%2e/etc/passwd",
                 b"/../../etc/passwd", b"/assets/../../etc/passwd", b"/v1/stats%00", b"/v1/stats/",
                 b"/v1/stats\\..", b"/v1%2fstats", b"*", b"", b"v1/stats",
                 b"/v1/stats?a=1&a=2", b"/v1/locks?limit=1&limit=2", b"/v1/locks?limit=%zz",
                 b"/v1/locks?%", b"/v1/locks?ownerId=%ff%fe", b"/v1/resources/%00",
                 b"/v1/resources/" + b"a" * 12000, b"/v1/locks/" + b"%41" * 4000):
        yield repr(path[:30]), request(b"GET " + path + b" HTTP/1.1", AUTH, close)
    for line in (b"CONNECT localhost:80 HTTP/1.1", b"TRACE /v1/stats HTTP/1.1",
                 b"OPTIONS * HTTP/1.1", b"OPTIONS /v1/locks HTTP/1.1", b"PROPFIND / HTTP/1.1",
                 b"get /v1/stats HTTP/1.1", b"GET /v1/stats HTTP/9.9", b"GET /v1/stats HTTP/2.0",
                 b"GET  /v1/stats HTTP/1.1", b"GET /v1/stats", b"GET http://elsewhere/v1/stats HTTP/1.1",
                 b"PRI * HTTP/2.0", b"G\0T /v1/stats HTTP/1.1", b"A" * 20000):
        yield repr(line[:30]), request(line, AUTH, close)
    for name, head in {"another name": b"Host: evil.example", "no name": b"X-A: b",
                       "two names": b"Host: localhost\r\nHost: evil.example"}.items():
        yield name, b"GET /v1/stats HTTP/1.1\r\n" + head + b"\r\n" + AUTH + b"\r\nConnection: close\r\n\r\n"
    yield "another site", request(POST, AUTH, JSON, close, b"Origin: http://evil.example",
                                  b"Content-Length: 2", body=b"{}")
    yield "a folded header", request(b"GET /v1/stats HTTP/1.1", b"X-A: b\r\n c", b"X-B", close)
    yield "many headers", request(b"GET /v1/stats HTTP/1.1", *[b"X-%d: y" % i for i in range(3000)])
    deep = b"[" * 60000
    yield "deep", request(POST, AUTH, JSON, close, b"Content-Length: %d" % len(deep), body=deep)
    told = b'{"resourceId":"secret-in-a-body","ownerId":"\xff"}'
    yield "no UTF-8", request(POST, AUTH, JSON, close, b"Content-Length: %d" % len(told), body=told)
    yield "TLS", bytes.fromhex("16030100c8010000c40303") + b"\x11" * 200


def refuse_all(node):
    for name, data in smuggling():
        got = statuses(node, data)
        if len(got) > 1 or not set(got) <= REFUSED:
            raise Wrong(f"{name}: {got}")
    for name, data in tricks():
        got = statuses(node, data, half_close=True)
        if len(got) > 1 or not set(got) <= REFUSED:
            raise Wrong(f"{name}: {got}")


def garbage(node, dice, count):
    """Good requests with bytes changed, cut and doubled; no node falls."""
    whole = request(POST, JSON, b"Content-Length: 35", body=b'{"resourceId":"r","ownerId":"mallo"}')
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            at = dice.randrange(len(data))
            how = dice.randrange(3)
            if how == 0:
                data[at] = dice.randrange(256)
            elif how == 1:
                del data[at:at + dice.randint(1, 9)]
            else:
                data[at:at] = data[max(0, at - 20):at]
        got = statuses(node, bytes(data), half_close=True)
        if not set(got) <= REFUSED:
            raise Wrong(f"{bytes(data)!r}: {got}")


def guess_tokens(node, dice, count):
    heads = [GUESS.encode() + b"%d" % dice.randrange(10**9) for _ in range(count)]
    data = b"".join(request(b"GET /v1/stats HTTP/1.1", b"Authorization: Bearer " + x) for x in heads)
    got = statuses(node, data, half_close=True)
    if not got or not set(got) <= {401, 429}:
        raise Wrong(f"guessed tokens are answered {set(got)}")


def flood(node):
    """Pipelined requests by the thousand, whose answers nobody takes."""
    data = request(b"GET /v1/stats HTTP/1.1", AUTH) * 20000
    with node.connect() as s:
        s.settimeout(3)
        with contextlib.suppress(OSError):
            s.sendall(data)


def slow_clients(node, count):
    """Heads and bodies that never end, lines that never begin: all are dropped."""
    parts = (b"GET /v1/st", request(POST, AUTH, JSON, b"Content-Length: 100", body=b"{"), b"")
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(node.connect()) for _ in range(count)]
        for i, s in enumerate(sockets):
            s.sendall(parts[i % len(parts)])
        node.cycle("beside-slow-clients")
        for s in sockets:
            with contextlib.suppress(ConnectionError):
                while s.recv(4096):
                    pass


def deaf_readers(node, count):
    """Event streams whose readers do not read, while much happens."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            s = stack.enter_context(node.connect())
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.sendall(request(b"GET /v1/events HTTP/1.1", AUTH))
        for i in range(200):
            node.cycle(f"deaf-{i % 7}")


def cycles_per_second(node, count=150):
    start = time.monotonic()
    for i in range(count):
        node.cycle(f"speed-{i % 5}")
    return count / (time.monotonic() - start)


def settle(read, bound, what):
    """Waits until the node has let go of what it held."""
    deadline = time.monotonic() + 30
    while (now := read()) > bound:
        if time.monotonic() > deadline:
            raise Wrong(f"{what}: {now}, not {bound} or less")
        time.sleep(0.1)
    return now


def attack(node, dice, scale):
    refuse_all(node)
    garbage(node, dice, 150 * scale)
    guess_tokens(node, dice, 50 * scale)
    flood(node)
    slow_clients(node, 300)
    deaf_readers(node, 20)


def check_log(node):
    text = node.log_text()
    for secret in SECRETS:
        if secret in text:
            raise Wrong(f"{secret} stands in the log")
    for line in text.splitlines():
        try:
            json.loads(line)
        except ValueError as why:
            raise Wrong(f"a line of the log is no JSON ({why}): {line[:300]}") from why
    return text.count("\n")


def run(binary, seed):
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="holdfast-attack-") as folder:
        node = Node(binary, folder)
        try:
            attack(node, dice, 1)  # what is kept once: pools, tables, buffers
            node.ask("POST", "/v1/locks", {"resourceId": "kept", "ownerId": "me", "timeoutMs": 600000})
            speed = cycles_per_second(node)
            descriptors = settle(node.descriptors, 200, "descriptors")
            memory = node.memory()
            attack(node, dice, 2)
            now = settle(node.descriptors, descriptors, "descriptors")
            then = settle(node.memory, memory + MEMORY_GROWTH_MAX, "bytes of memory")
            again = cycles_per_second(node)
            if again < speed / 3:
                raise Wrong(f"{again:.0f} cycles/s after it, {speed:.0f} before")
            kept = json.loads(node.ask("GET", "/v1/resources/kept")[1])
            if not kept["locked"]:
                raise Wrong("a smuggled request was run: the lock is gone")
            if node.ask("GET", "/healthz")[0] != 200:
                raise Wrong("/healthz is not 200")
            node.stop()
            lines = check_log(node)
            subprocess.run([binary, "verify", "--data-dir", f"{folder}/data"], check=True,
                           stdout=subprocess.DEVNULL)
        except BaseException:
            sys.stderr.write(f"seed {seed}; the end of the log:\n{node.log_text()[-2000:]}\n")
            raise
        finally:
            if node.process.poll() is None:
                node.process.kill()
                node.process.wait()
    print(f"seed {seed}: {memory >> 10} -> {then >> 10} KiB, {descriptors} -> {now} descriptors, "
          f"{speed:.0f} -> {again:.0f} cycles/s, {lines} lines of log")


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
