# A real node on a free port, in a directory of its own, and a proxy before it
# that loses answers. Must not know the client: tests do.
from __future__ import annotations

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from typing import Callable, Optional


def until(condition: Callable[[], bool], patience_s: float = 20) -> None:
    """Waits for a condition, not for a time."""
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain")
        time.sleep(0.005)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class NodeProcess:
    def __init__(self, more: str = "") -> None:
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-py-"))
        self.port = 0
        self._more = more
        self._child: Optional[subprocess.Popen[bytes]] = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> NodeProcess:
        """On the port it had before, so that clients find it again."""
        config = self.directory / "holdfast.toml"
        listen = self.port or free_port()
        config.write_text(
            f'[node]\ndata_dir = "{self.directory}/data"\n'
            f'listen = "127.0.0.1:{listen}"\nmap_size_gib = 0.25\n'
            + self._more.replace("DIRECTORY", str(self.directory)))
        output = self.directory / "output"
        with open(output, "wb") as sink:
            self._child = subprocess.Popen(
                [os.environ["HOLDFAST_BINARY"], "node", "--config", config],
                stdout=sink, stderr=sink)

        def listening() -> bool:
            assert self._child is not None
            if self._child.poll() is not None:
                raise RuntimeError(f"the node ended:\n{output.read_text()}")
            found = re.search(r"listening on http://127\.0\.0\.1:(\d+)",
                              output.read_text())
            if found:
                self.port = int(found.group(1))
            return found is not None

        until(listening)
        until(self._ready)
        return self

    def send(self, number: int) -> None:
        if self._child is not None:
            self._child.send_signal(number)

    def end(self, number: int = signal.SIGKILL) -> None:
        """Ends it and waits until its port is free."""
        child, self._child = self._child, None
        if child is not None:
            child.send_signal(number)
            child.wait(20)

    def remove(self) -> None:
        self.send(signal.SIGCONT)
        self.end()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except OSError:
            return False


class LossyProxy:
    """Passes requests on and can swallow answers. One request a connection,
    which is how the client speaks."""

    def __init__(self, port: int) -> None:
        self.swallowed = 0
        self._target = port
        self._match = b""
        self._wanted = 0
        self._open: "set[socket.socket]" = set()
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next(self, text: str, times: int = 1) -> None:
        """Swallows the next answers to requests that hold `text`."""
        with self._lock:
            self._match, self._wanted = text.encode(), times

    def cut(self) -> None:
        """Ends all connections; new ones are served."""
        with self._lock:
            for each in self._open:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it has ended by itself

    def close(self) -> None:
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,),
                             daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        node = socket.create_connection(("127.0.0.1", self._target))
        with self._lock:
            self._open |= {client, node}
        try:
            self._pass_on(client, node)
        except OSError:
            pass  # cut
        finally:
            with self._lock:
                self._open -= {client, node}
            client.close()
            node.close()

    def _pass_on(self, client: socket.socket, node: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.I)
        missing = (int(length.group(1)) if length else 0) - len(body)
        while missing > 0:
            more = client.recv(65536)
            data += more
            missing -= len(more)
        with self._lock:
            lose = self._wanted > 0 and self._match in data
            self._wanted -= lose
        node.sendall(data)
        answer = b""
        while True:
            more = node.recv(65536)
            answer += more
            if not more:
                break
        if lose and answer:
            self.swallowed += 1
        else:
            client.sendall(answer)
