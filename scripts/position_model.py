"""What must come of recorded position events, by a plain model of the rules
(docs/replay.md): a dictionary of positions whose decimals are compared. Shares
nothing with the node, nor with the scenes that it judges."""

import collections
import decimal
import json
import random
import re

EVENTS = "/v1/positions"
SNAPSHOT = "/v1/positions/snapshot"
OUTCOMES = ("created", "updated", "closed", "duplicate", "unchanged",
            "failed")
FIELDS = set("""event accountId positionId symbol type volume openPrice
    currentPrice stopLoss takeProfit profit commission swap closePrice time
    comment""".split())
DECIMALS = ("currentPrice", "stopLoss", "takeProfit", "profit", "commission",
            "swap", "closePrice")
TYPES = {"BUY": "BUY", "POSITION_TYPE_BUY": "BUY",
         "SELL": "SELL", "POSITION_TYPE_SELL": "SELL"}
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
CURRENCIES = set("""AUD CAD CHF CNH CZK DKK EUR GBP HKD HUF JPY MXN NOK NZD PLN
    SEK SGD TRY USD ZAR""".split())

decimal.getcontext().prec = 60


class BadEvent(Exception):
    pass


def number(value):
    """The exact value of a number or of a string that holds one."""
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return decimal.Decimal(value)
    if isinstance(value, decimal.Decimal):
        return value
    raise BadEvent(f"{value!r} is no number")


def plain(value):
    """Without exponent or trailing zeros; None stays None."""
    if value is None:
        return None
    return format(value.normalize(), "f") if value else "0"


def pip_size(symbol):
    if symbol.startswith("XAU"):
        return decimal.Decimal("0.1")
    if symbol.startswith("XAG"):
        return decimal.Decimal("0.01")
    bare = re.sub(r"[a-z]+$", "", re.split(r"[._-]", symbol)[0])
    if len(bare) == 6 and {bare[:3], bare[3:]} <= CURRENCIES:
        return decimal.Decimal("0.01" if bare[3:] == "JPY" else "0.0001")
    return decimal.Decimal(1)


class Event:
    """An event that was read and found good."""

    def __init__(self, raw):
        if not set(raw) <= FIELDS:
            raise BadEvent("a field that there is not")
        for name in ("accountId", "positionId", "symbol"):
            if not isinstance(raw.get(name), str) or not raw[name]:
                raise BadEvent(f"no {name}")
        self.key = raw["accountId"], raw["positionId"]
        self.symbol = raw["symbol"]
        self.said = raw.get("event")
        if self.said not in (None, "opened", "updated", "closed"):
            raise BadEvent("an event of no known kind")
        self.type = TYPES.get(raw.get("type"))
        if self.type is None:
            raise BadEvent("neither BUY nor SELL")
        values = {name: number(raw[name]) for name in DECIMALS
                  if raw.get(name) is not None}
        self.volume, self.entry = number(raw.get("volume")), number(
            raw.get("openPrice"))
        if self.volume <= 0 or self.entry <= 0:
            raise BadEvent("volume and openPrice are more than 0")
        # None, null and 0 all mean that there is none.
        self.stop = values.get("stopLoss") or None
        self.target = values.get("takeProfit") or None
        self.profit = values.get("profit")
        self.price = values.get("closePrice", values.get("currentPrice"))

    def state(self):
        return self.stop, self.target, self.volume, self.entry


class Position:
    def __init__(self, event, announced):
        self.key, self.symbol, self.type = event.key, event.symbol, event.type
        self.announced = announced
        self.state = event.state()
        self.first = self.levels()
        self.edits = 0
        self.open_again()

    def open_again(self):
        self.status, self.inferred = "active", False
        self.price = self.profit = None

    def close(self, price=None, profit=None, inferred=False):
        self.status, self.inferred = "closed", inferred
        self.price, self.profit = price, profit
        self.edits += 1

    def levels(self):
        stop, target, _, entry = self.state
        return stop, target, entry

    def pips(self):
        if self.price is None:
            return None
        way = self.price - self.state[3]
        return (way if self.type == "BUY" else -way) / pip_size(self.symbol)

    def row(self):
        stop, target, volume, entry = self.state
        return {"accountId": self.key[0], "positionId": self.key[1],
                "pair": self.symbol, "type": self.type,
                "entryPrice": plain(entry), "stopLoss": plain(stop),
                "takeProfit": plain(target), "volume": plain(volume),
                "status": self.status, "closePrice": plain(self.price),
                "resultPips": plain(self.pips()), "profit": plain(self.profit)}


class Book:
    """All positions of all accounts."""

    def __init__(self):
        self.positions = {}
        self.outcomes = {EVENTS: collections.Counter(),
                         SNAPSHOT: collections.Counter()}
        self.updates = self.closes = self.inferred = 0

    def steps(self, path, body):
        """Carries out a call, an event at each step."""
        if path == EVENTS:
            for raw in body if isinstance(body, list) else [body]:
                yield self.take(path, raw)
        elif path == SNAPSHOT:
            yield from self.snapshot(body)

    def snapshot(self, body):
        account, late = body["accountId"], "takenAt" in body
        whole = True
        for raw in body["positions"]:
            yield
            known = (account, raw.get("positionId")) in self.positions
            if raw.get("accountId") != account:
                outcome = "failed"
                self.outcomes[SNAPSHOT]["failed"] += 1
            else:
                # A recorded `takenAt` is older than whatever is replayed.
                outcome = self.take(SNAPSHOT, raw, late and known)
            whole = whole and outcome != "failed"
        yield
        if whole and not late:
            listed = {(account, raw["positionId"])
                      for raw in body["positions"]}
            for key, position in self.positions.items():
                if (key[0] == account and key not in listed
                        and position.status == "active"):
                    position.close(inferred=True)
                    self.closes += 1
                    self.inferred += 1

    def take(self, path, raw, too_late=False):
        try:
            event = Event(raw)
            outcome = "unchanged" if too_late else self.decide(event)
        except BadEvent:
            outcome = "failed"
        self.outcomes[path][outcome] += 1
        return outcome

    def decide(self, event):
        known = self.positions.get(event.key)
        if known is None:
            known = Position(event, announced=event.said != "closed")
            self.positions[event.key] = known
            if known.announced:
                return "created"
            known.status = "closed"
            return "closed"
        if known.status == "closed" and not known.inferred:
            return "unchanged"
        if event.said == "closed":
            if known.inferred:
                raise ValueError(f"{event.key}: nobody has said what comes of "
                                 "a close after an inferred one")
            known.close(event.price, event.profit)
            self.closes += 1
            return "closed"
        if known.inferred or event.state() != known.state:
            known.state = event.state()
            known.open_again()
            known.edits += 1
            self.updates += 1
            return "updated"
        return "unchanged" if event.said == "updated" else "duplicate"

    def report(self):
        announced = [x for x in self.positions.values() if x.announced]
        unseen = [x for x in self.positions.values() if not x.announced]
        closed = [x for x in announced if x.status == "closed"]
        total = sum(self.outcomes.values(), collections.Counter())
        count = {name: {x: counter[x] for x in OUTCOMES} for name, counter in [
            ("all", total), *(("POST " + path, counter)
                              for path, counter in self.outcomes.items())]}
        rows = sorted((x.row() for x in announced),
                      key=lambda x: (x["accountId"], x["positionId"]))
        return {
            "signals": len(announced), "closedSignals": len(closed),
            "messages": len(announced), "outcomes": count,
            # Also what became of positions that were missing in a snapshot,
            # and of those that were there again.
            "updates": self.updates, "closes": self.closes,
            "closesInferred": self.inferred,
            # At least: where the end differs from what was announced. At most:
            # one for each change, none of them sent together.
            "editsAtLeast": sum(x.status == "closed" or x.levels() != x.first
                                for x in announced),
            "editsAtMost": sum(x.edits for x in announced),
            "closedUnseen": [{"accountId": account, "positionId": ticket}
                             for account, ticket in sorted(
                                 x.key for x in unseen)],
            "positions": rows}


def play(lines, at_once, rng):
    """Lets a book take the calls, up to `at_once` of them at a time; which
    one goes on is left to chance, as it is on a node."""
    book, answered, under_way, waiting = Book(), set(), [], list(lines)
    while waiting or under_way:
        for line in waiting[:4 * at_once]:
            if (len(under_way) < at_once
                    and answered.issuperset(line.get("after", ()))):
                waiting.remove(line)
                under_way.append((line, book.steps(
                    line["call"].split(" ")[1], line.get("body"))))
        which = int(rng.random() * len(under_way))
        line, steps = under_way[which]
        if next(steps, "done") == "done":
            del under_way[which]
            answered.add(line.get("as"))
    return book.report()


def expected(recording):
    """What must come of the text of a recording, in whatever order its calls
    reach the node."""
    lines = [json.loads(line, parse_float=decimal.Decimal,
                        parse_int=decimal.Decimal)
             for line in recording.splitlines()]
    result = play(lines, 1, random.Random(0))
    for seed in range(4):
        if play(lines, 64, random.Random(seed)) != result:
            raise ValueError("the order of calls that do not wait for one "
                             f"another matters, with seed {seed}")
    return {"calls": len(lines), **result}


def to_text(report):
    """JSON with a line per position."""
    def listed(value):
        rows = [json.dumps(x, ensure_ascii=False) for x in value]
        return "[\n  " + ",\n  ".join(rows) + "\n ]"
    return "{\n" + ",\n".join(
        f" {json.dumps(name)}: " + (
            listed(value) if isinstance(value, list) else json.dumps(value))
        for name, value in report.items()) + "\n}\n"
