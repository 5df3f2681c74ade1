"""The recorded day of positions, with the node killed at seeded moments while
Telegram fails in every way. Its chat is the judge: each position has one
message, which says in the end what it says after an undisturbed day.

    positions_test.py HOLDFAST FAKE_TELEGRAM SAMPLES

HOLDFAST_SEED repeats a run's choices, HOLDFAST_KILLS sets how often the node
is killed (12).
"""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

HOLDFAST, FAKE, SAMPLES = sys.argv[1:4]
SEED = int(os.environ.get("HOLDFAST_SEED", "0")) or random.randrange(1, 1 << 31)
KILLS = int(os.environ.get("HOLDFAST_KILLS", "12"))
TOKEN = "1234567:test-token"
DEADLINE_S = 240
FAULTS = ["429", "500_before", "500_after", "drop_request", "drop_response",
          "malformed", "truncated", "wrong_shape"]


def started(command, env=None):
    """A process, and the port that its output tells."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, env=env)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "listening on" in line:
            return process, int(line.rsplit(":", 1)[1].strip().rstrip("/"))
    sys.exit("did not start: " + "".join(lines))


def ask(port, method, path, body=None):
    """The answer's status and JSON; OSError when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body),
            {"content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None
    finally:
        connection.close()


class Telegram:
    def __init__(self):
        self.process, self.port = started([FAKE, "--seed", str(SEED)])

    def chaos(self, per_mille):
        status, _ = ask(self.port, "POST", "/fake/chaos",
                        {"seed": SEED, "perMille": per_mille, "faults": FAULTS})
        assert status == 200

    def messages(self):
        chats = ask(self.port, "GET", "/fake/chats")[1]["chats"]
        return chats[0]["messages"] if chats else []

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()


class Node:
    def __init__(self, folder, telegram):
        self.config = os.path.join(folder, "holdfast.toml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f'''[node]
data_dir = "{folder}/data"
listen = "127.0.0.1:0"
[telegram]
enabled = true
base_url = "http://127.0.0.1:{telegram.port}"
chat_id = "-100"
request_timeout_ms = 1000
chat_burst = 1000
chat_per_minute = 60000
per_second = 1000
''')
        self.start()

    def start(self):
        env = dict(os.environ, HOLDFAST_TELEGRAM_TOKEN=TOKEN)
        self.process, self.port = started(
            [HOLDFAST, "node", "--config", self.config], env)

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate()
        assert self.process.returncode == 0, "the node did not stop well"

    def items(self, path):
        """All pages of a list."""
        found, cursor = [], ""
        while True:
            status, page = ask(self.port, "GET", path + cursor)
            assert status == 200, (path, status, page)
            found += page["items"]
            if "nextCursor" not in page:
                return found
            cursor = ("&" if "?" in path else "?") + \
                "cursor=" + page["nextCursor"]


def send(node, call, body, kill_after_s=None):
    """Until it is answered, whatever happens to the node."""
    method, path = call.split(" ", 1)
    if kill_after_s is not None:
        # Its answer, if any, is not waited for; then it is sent again.
        connection = http.client.HTTPConnection("127.0.0.1", node.port)
        connection.request(method, path, json.dumps(body),
                           {"content-type": "application/json"})
        time.sleep(kill_after_s)  # the moment is what the seed chooses
        node.kill()
        connection.close()
        node.start()
    status, answer = ask(node.port, method, path, body)
    assert status in (200, 400), (call, body, status, answer)


def settle(node, telegram, deadline):
    """An operator looks into the chat until nothing is left to send."""
    while True:
        assert time.monotonic() < deadline, "messages do not come to an end"
        open_effects = [x for x in node.items("/v1/effects?limit=1000")
                        if x["state"] in ("pending", "sending", "unknown")]
        if not open_effects:
            return
        shown = {}
        for message in telegram.messages():
            for text in [message["text"]] + message["edits"]:
                shown.setdefault(text, message["messageId"])
        for effect in open_effects:
            if effect["state"] != "unknown":
                continue
            there = shown.get(effect["intent"]["text"])
            how = {"outcome": "retry", "reason": "it is not there"}
            if there:
                how = {"outcome": "done", "reason": "it is there",
                       "reference": str(there)}
            status, answer = ask(node.port, "POST",
                                 f"/v1/effects/{effect['effectId']}/resolve",
                                 how)
            assert status == 200, (effect, how, status, answer)
        time.sleep(0.05)  # between two looks; the deadline is above


def day(kills):
    """What a day leaves: the chat by signal's position, positions, signals."""
    with open(os.path.join(SAMPLES, "positions.jsonl"), encoding="utf-8") as f:
        calls = [json.loads(line) for line in f if line.strip()]
    chance = random.Random(SEED)
    moments = set(chance.sample(range(len(calls)), kills)) if kills else set()
    telegram = Telegram()
    with tempfile.TemporaryDirectory() as folder:
        node = Node(folder, telegram)
        if kills:
            telegram.chaos(150)
        for number, line in enumerate(calls):
            wait = chance.random() * 0.02 if number in moments else None
            send(node, line["call"], line.get("body"), wait)
        telegram.chaos(0)
        settle(node, telegram, time.monotonic() + DEADLINE_S)
        signals = node.items("/v1/signals?limit=1000")
        positions = node.items("/v1/positions?limit=1000")
        letters = node.items("/v1/dead-letters?limit=1000")
        stats = ask(node.port, "GET", "/v1/stats")[1]
        node.stop()
        subprocess.run([HOLDFAST, "verify", "--data-dir", folder + "/data"],
                       check=True, stdout=subprocess.DEVNULL)
    messages = telegram.messages()
    telegram.stop()
    return signals, positions, letters, stats, messages


def told(signals, messages):
    """What the chat shows of each position; more than one message is a fault."""
    by_signal = {x["signalId"]: (x["accountId"], x["positionId"])
                 for x in signals}
    chat = {}
    for message in messages:
        name = message["text"].rsplit("· ", 1)[1].split("<")[0]
        key = by_signal[name]
        assert key not in chat, f"{key} has two messages"
        # Ids differ between runs, and are no part of what is told.
        chat[key] = message["shown"].replace(name, "")
    return chat


def check_model(signals, positions):
    with open(os.path.join(SAMPLES, "positions.expected.json"),
              encoding="utf-8") as file:
        expected = json.load(file)
    assert len(signals) == expected["signals"], len(signals)
    closed = sum(x["status"] == "closed" for x in signals)
    assert closed == expected["closedSignals"], closed
    by_key = {(x["accountId"], x["positionId"]): x for x in signals}
    for want in expected["positions"]:
        key = (want["accountId"], want["positionId"])
        have = by_key[key]
        names = ["pair", "type", "entryPrice", "stopLoss", "takeProfit",
                 "status", "closePrice", "resultPips"]
        if want["status"] == "closed":
            names.append("profit")  # until then it is what was heard last
        for name in names:
            assert have.get(name) == want.get(name), (key, name, have, want)
    assert all(x["status"] == "completed" for x in positions)


def main():
    print(f"HOLDFAST_SEED={SEED} HOLDFAST_KILLS={KILLS}", flush=True)
    calm = day(0)
    calm_chat = told(calm[0], calm[4])
    check_model(calm[0], calm[1])
    assert len(calm_chat) == len(calm[0]), "a signal has no message"
    print(f"undisturbed: {len(calm[0])} signals, {len(calm[4])} messages, "
          f"{sum(len(x['edits']) for x in calm[4])} edits", flush=True)
    wild = day(KILLS)
    check_model(wild[0], wild[1])
    chat = told(wild[0], wild[4])
    assert not wild[2], wild[2][:3]
    different = [key for key in calm_chat if chat.get(key) != calm_chat[key]]
    assert not different, [(key, calm_chat[key], chat.get(key))
                           for key in different[:3]]
    print(f"killed {KILLS} times: {len(wild[0])} signals, {len(wild[4])} "
          f"messages, {sum(len(x['edits']) for x in wild[4])} edits; every "
          "final text as after the undisturbed day")


main()
