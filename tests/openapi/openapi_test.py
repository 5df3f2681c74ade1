#!/usr/bin/env python3
"""What a real node answers, held against the openapi.json that it serves: each
answer has a status, a type and a shape that stand there, and each status that
stands there was answered, but for those in UNSEEN.

openapi_test.py HOLDFAST"""

import hashlib
import http.client
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

# Statuses that take a node in trouble, or one asked too often.
UNSEEN = {429, 503, 504}
# Where a status is possible, and not made here.
UNSEEN_CALLS = {("POST", "/v1/dead-letters/{deadLetterId}/requeue", 409),
                ("POST", "/v1/dead-letters/{deadLetterId}/requeue", 422),
                ("POST", "/v1/effects/{effectId}/resolve", 200),
                ("DELETE", "/v1/locks/{lockId}", 409),
                ("DELETE", "/v1/owners/{ownerId}/locks", 409),
                ("POST", "/api/mexc/trade", 422),
                ("DELETE", "/api/transaction-locks", 409)}
TOKENS = {scope: f"{scope}-token" for scope in ("read", "trade", "operate")}
SCOPES = ["open", "read", "trade", "operate"]


class Wrong(AssertionError):
    pass


def check_shape(api, schema, value, where):
    """The part of JSON Schema that openapi.json uses."""
    if "$ref" in schema:
        schema = resolve(api, schema)
    if "oneOf" in schema:
        return check_one_of(api, schema["oneOf"], value, where)
    if "const" in schema and value != schema["const"]:
        raise Wrong(f"{where}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        raise Wrong(f"{where}: {value!r} is none of {schema['enum']}")
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_a(kind, value) for kind in kinds):
        raise Wrong(f"{where}: {value!r} is no {' or '.join(kinds)}")
    if schema.get("format") == "date-time" and not re.fullmatch(
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
        raise Wrong(f"{where}: {value!r} is no time")
    if isinstance(value, list):
        for i, item in enumerate(value):
            check_shape(api, schema.get("items", {}), item, f"{where}[{i}]")
    if isinstance(value, dict) and "properties" in schema:
        check_members(api, schema, value, where)


def check_members(api, schema, value, where):
    for name in schema.get("required", []):
        if name not in value:
            raise Wrong(f"{where} has no {name}")
    for name, member in value.items():
        if name in schema["properties"]:
            check_shape(api, schema["properties"][name], member, f"{where}.{name}")
        elif not schema.get("additionalProperties", True):
            raise Wrong(f"{where} has a {name}")


def check_one_of(api, choices, value, where):
    faults = []
    for schema in choices:
        try:
            return check_shape(api, schema, value, where)
        except Wrong as fault:
            faults.append(str(fault))
    raise Wrong(f"{where} is none of its shapes: {faults}")


def is_a(kind, value):
    if isinstance(value, bool):
        return kind == "boolean"
    types = {"string": str, "integer": int, "number": (int, float), "boolean": bool,
             "object": dict, "array": list, "null": type(None)}
    return isinstance(value, types[kind])


def resolve(api, what):
    if "$ref" not in what:
        return what
    at = api
    for key in what["$ref"].removeprefix("#/").split("/"):
        at = at[key]
    return at


class Node:
    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="holdfast-openapi-")
        folder = pathlib.Path(self.folder.name)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        lines = [f"{scope} {scope} {hashlib.sha256(token.encode()).hexdigest()}\n"
                 for scope, token in TOKENS.items()]
        (folder / "tokens").touch(mode=0o600)
        (folder / "tokens").write_text("".join(lines))
        (folder / "node.toml").write_text(
            f'[node]\ndata_dir = "{folder}/data"\nlisten = "127.0.0.1:{self.port}"\n'
            f'map_size_gib = 1\n[auth]\ntokens_file = "{folder}/tokens"\n')
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen([binary, "node", "--config", folder / "node.toml"],
                                        stdout=self.log, stderr=self.log)
        self.wait()
        self.api = json.loads(self.send("GET", "/openapi.json", "open")[2])
        self.seen = set()

    def wait(self):
        deadline = time.monotonic() + 30
        while True:
            try:
                if self.send("GET", "/readyz", "open")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                raise Wrong("the node does not come up:\n" + self.log.read())
            time.sleep(0.05)

    def send(self, method, target, scope, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = dict(headers or {})
        if scope != "open":
            headers["Authorization"] = "Bearer " + TOKENS[scope]
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        stream = answer.getheader("Content-Type", "") == "text/event-stream"
        text = b"" if stream else answer.read()
        result = answer.status, answer, text
        connection.close()
        return result

    def call(self, method, path, scope="operate", body=None, query="", headers=None, **ids):
        """Calls `path` as openapi.json has it, holds the answer against it,
        and gives status and body."""
        target = path
        for name in re.findall(r"\{(\w+)\}", path):
            target = target.replace(f"{{{name}}}",
                                    urllib.parse.quote(ids.get(name, "nothing"), safe=""))
        status, answer, text = self.send(method, target + query, scope, body, headers)
        where = f"{method} {target}{query} as {scope}: {status} {text[:300]!r}"
        told = self.api["paths"][path][method.lower()]["responses"].get(str(status))
        if told is None:
            raise Wrong(f"{where} is a status that does not stand there")
        self.seen.add((method, path, status))
        return status, self.check_answer(resolve(self.api, told), answer, text, where)

    def check_answer(self, told, answer, text, where):
        for name, header in told.get("headers", {}).items():
            value = answer.getheader(name)
            if value is None:
                raise Wrong(f"{where} has no {name}")
            check_shape(self.api, header["schema"], value, f"{where}: {name}")
        kind = answer.getheader("Content-Type", "").split(";")[0]
        if "content" not in told:
            if text:
                raise Wrong(f"{where} has a body")
            return None
        if kind not in told["content"]:
            raise Wrong(f"{where} is {kind}, not {list(told['content'])}")
        if not kind.endswith("json") or told["content"][kind]["schema"].get("type") == "string":
            return text
        body = json.loads(text)
        check_shape(self.api, told["content"][kind]["schema"], body, where)
        return body

    def stop(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        self.folder.cleanup()


def calls(api):
    for path, methods in api["paths"].items():
        for method, call in methods.items():
            yield method.upper(), path, call


def expect(answer, *statuses):
    if answer[0] not in statuses:
        raise Wrong(f"{answer} instead of {statuses}")
    return answer[1]


def refusals(node):
    """What every call refuses in the same way."""
    for method, path, call in calls(node.api):
        scope = call["x-scope"]
        body = {} if "requestBody" in call else None
        expect(node.call(method, path, scope, body, query="?nonsense=1"), 400)
        if scope != "open":
            expect(node.call(method, path, "open", body), 401)
        if scope in ("trade", "operate"):
            below = SCOPES[SCOPES.index(scope) - 1]
            expect(node.call(method, path, below, body), 403)
        if "requestBody" in call:
            expect(node.call(method, path, scope, b"x", headers={"Content-Type": "text/plain"}), 415)
            expect(node.call(method, path, scope, b" " * (5 << 20),
                             headers={"Content-Type": "application/json"}), 413)
        if "404" in call["responses"]:
            bodies = {"resolve": {"outcome": "done", "reason": "r"},
                      "renew": {"fencingToken": 1}, "release": {"fencingToken": 1}}
            expect(node.call(method, path, scope, bodies.get(path.split("/")[-1]),
                             query="?lockId=nothing" if path.startswith("/api") else ""), 404)


def locks(node):
    ask = lambda **more: node.call("POST", "/v1/locks", "trade",
                                   {"resourceId": "r", "ownerId": "ann", **more})
    lock = expect(ask(idempotencyKey="k", transactionData={"a": [1]}), 201)["lock"]
    entry = expect(ask(ownerId="bob"), 202)["entry"]
    other = expect(ask(ownerId="cal"), 202)["entry"]
    expect(ask(ownerId="dan", onLocked="reject"), 409)
    expect(ask(ownerId="eve", idempotencyKey="k"), 422)
    one = dict(lockId=lock["lockId"])
    token = {"fencingToken": lock["fencingToken"]}
    expect(node.call("GET", "/v1/locks/{lockId}", "read", **one), 200)
    expect(node.call("GET", "/v1/resources/{resourceId}", "read", resourceId="r"), 200)
    expect(node.call("GET", "/v1/queue", "read", query="?limit=1"), 200)
    expect(node.call("GET", "/v1/queue/{entryId}", "read", entryId=entry["entryId"]), 200)
    expect(node.call("DELETE", "/v1/queue/{entryId}", "trade", entryId=other["entryId"]), 200)
    expect(node.call("DELETE", "/v1/queue/{entryId}", "trade", entryId=other["entryId"]), 409)
    expect(node.call("POST", "/v1/locks/{lockId}/renew", "trade", token, **one), 200)
    expect(node.call("POST", "/v1/locks/{lockId}/renew", "trade", {"fencingToken": 1 << 40}, **one), 409)
    expect(node.call("POST", "/v1/locks/{lockId}/release", "trade", {"fencingToken": 1 << 40}, **one), 409)
    expect(node.call("POST", "/v1/locks/{lockId}/release", "trade", {**token, "result": 1}, **one), 200)
    expect(ask(idempotencyKey="k", transactionData={"a": [1]}), 200)
    expect(node.call("DELETE", "/v1/owners/{ownerId}/locks", ownerId="bob"), 200)
    mine = expect(ask(resourceId="mine"), 201)["lock"]
    expect(node.call("DELETE", "/v1/locks/{lockId}", lockId=mine["lockId"], query="?reason=gone"), 200)
    batch = {"requests": [{"resourceId": "b", "ownerId": "x"}, {"resourceId": ""}]}
    expect(node.call("POST", "/v1/locks:batch", "trade", batch), 200)
    expect(node.call("GET", "/v1/locks", "read", query="?limit=2"), 200)


def dead_letters(node):
    """A grant out of the queue that nobody claims."""
    ask = lambda owner, resource: node.call(
        "POST", "/v1/locks", "trade", {"resourceId": resource, "ownerId": owner, "timeoutMs": 100})[1]
    for resource in ("dead", "gone"):
        ask("ann", resource)
        ask("bob", resource)
    deadline = time.monotonic() + 20
    while True:
        letters = expect(node.call("GET", "/v1/dead-letters", "read"), 200)["items"]
        if len(letters) == 2:
            break
        if time.monotonic() > deadline:
            raise Wrong(f"dead letters: {letters}")
        time.sleep(0.1)
    expect(node.call("POST", "/v1/dead-letters/{deadLetterId}/requeue",
                     deadLetterId=letters[0]["deadLetterId"]), 202)
    expect(node.call("DELETE", "/v1/dead-letters/{deadLetterId}",
                     deadLetterId=letters[1]["deadLetterId"]), 204)


def trades(node):
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.1", "ownerId": "bot"}
    ask = lambda **more: node.call("POST", "/v1/trades", "trade", {**order, **more})
    trade = expect(ask(), 201)
    expect(ask(), 200)
    expect(ask(ownerId="other", idempotencyKey=trade["idempotencyKey"]), 422)
    expect(node.call("GET", "/v1/trades", "read"), 200)
    expect(node.call("GET", "/v1/trades/{tradeId}", "read", tradeId=trade["tradeId"]), 200)
    resource = {"resourceId": trade["resourceId"], "ownerId": "ann"}
    held = expect(node.call("POST", "/v1/locks", "trade", resource), 201)["lock"]
    queued = expect(ask(quantity="0.2"), 202)
    expect(ask(quantity="0.3", onLocked="reject"), 409)
    expect(node.call("GET", "/v1/trades/{tradeId}", "read", tradeId=queued["tradeId"]), 200)
    old = {**{k: v for k, v in order.items() if k != "ownerId"}, "userId": "u"}
    expect(node.call("POST", "/api/mexc/trade", "trade", {**old, "quantity": 0.4}), 409)
    expect(node.call("POST", "/api/mexc/trade", "trade", {**old, "quantity": 0.5, "queue": True}), 202)
    expect(node.call("POST", "/v1/locks/{lockId}/release", "trade",
                     {"fencingToken": held["fencingToken"]}, lockId=held["lockId"]), 200)
    expect(node.call("POST", "/api/mexc/trade", "trade", {**old, "symbol": "ETHUSDT", "quantity": 1}), 200)
    effects = expect(node.call("GET", "/v1/effects", "read"), 200)["items"]
    effect = {"effectId": effects[-1]["effectId"]}
    expect(node.call("GET", "/v1/effects/{effectId}", "read", **effect), 200)
    word = {"outcome": "done", "reason": "seen"}
    expect(node.call("POST", "/v1/effects/{effectId}/resolve", "operate", word, **effect), 409)



def positions(node):
    report = {"accountId": "a", "positionId": "1", "symbol": "EURUSD", "type": "BUY", "volume": 0.1,
              "openPrice": "1.08", "stopLoss": "1.07"}
    expect(node.call("POST", "/v1/positions", "trade", [report, {"accountId": "a"}]), 200)
    expect(node.call("POST", "/v1/positions/snapshot", "trade", {"accountId": "a", "positions": []}), 200)
    expect(node.call("GET", "/v1/positions", "read"), 200)
    signals = expect(node.call("GET", "/v1/signals", "read"), 200)["items"]
    expect(node.call("GET", "/v1/signals/{signalId}", "read", signalId=signals[0]["signalId"]), 200)


def todays(node):
    path = "/api/transaction-locks"
    lock = expect(node.call("POST", "/v1/locks", "trade", {"resourceId": "t", "ownerId": "u"}), 201)["lock"]
    expect(node.call("GET", path, "read"), 200)
    expect(node.call("POST", path, "read", {"action": "check", "resourceId": "t"}), 200)
    expect(node.call("DELETE", path, query="?lockId=" + lock["lockId"]), 200)


def rest(node):
    for method, path, call in calls(node.api):
        if call["tags"] == ["page"]:
            _, answer, _ = node.send(method, path, "open")
            expect(node.call(method, path, "open"), 200)
            expect(node.call(method, path, "open",
                             headers={"If-None-Match": answer.getheader("ETag")}), 304)
    for path in ("/v1/journal", "/v1/events", "/v1/session", "/v1/stats", "/metrics"):
        expect(node.call("GET", path, "read"), 200)
    for path in ("/healthz", "/readyz"):
        expect(node.call("GET", path, "open"), 200)
    for path in ("/v1/pause", "/v1/resume"):
        expect(node.call("POST", path), 200)


def check_all_seen(node):
    told = {(method, path, int(status)) for method, path, call in calls(node.api)
            for status in call["responses"]}
    unseen = {x for x in told - node.seen - UNSEEN_CALLS if x[2] not in UNSEEN}
    if unseen:
        raise Wrong(f"never answered: {sorted(unseen)}")
    if UNSEEN_CALLS & node.seen:
        raise Wrong(f"seen after all: {UNSEEN_CALLS & node.seen}")


def main():
    node = Node(sys.argv[1])
    try:
        refusals(node)
        locks(node)
        dead_letters(node)
        trades(node)
        positions(node)
        todays(node)
        rest(node)
        check_all_seen(node)
        print(f"{len(node.seen)} kinds of answers are as openapi.json has them")
    finally:
        node.stop()


if __name__ == "__main__":
    main()
