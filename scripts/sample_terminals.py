"""Terminals for the scenes of sample_positions.py: what each account's writes
when it reports a position, and which calls wait for whose answers."""

import datetime
import decimal

DAY = datetime.datetime(2026, 2, 10)
DAY_MS = 60000  # how long the day takes when it is replayed

INSTRUMENTS = {  # price and how far it moves, in points; digits
    "EURUSD": (108550, 90, 5), "GBPUSD": (126240, 120, 5),
    "USDJPY": (151330, 110, 3), "EURJPY": (164270, 140, 3),
    "XAUUSD": (233045, 900, 2), "XAGUSD": (27415, 210, 3),
    "BTCUSDT": (6500050, 90000, 2), "US30": (391200, 2500, 1),
    "GER40": (178705, 1200, 1),
}

COMMENTS = [
    None, None, None, "", "scalper v2", "<b>bold</b> & <i>rest</i>", "R&D <3",
    "snake_case_entry", "*star* [link](x) `tick`", "$1 & $& for $$100",
    "{pair} at {sl}", "{signal.pair}", "🚀 to the moon 🌕", "שלום עולם",
    "مرحبا بالعالم", "größer als üblich", "say \"yes\" \\ no", "5% & 'more'",
]


class Habit:
    """How one account's terminal writes things down."""

    def __init__(self, suffix="", numbers=False, prefix="", says=False,
                 none="omit"):
        self.suffix = suffix    # what the broker adds to symbols
        self.numbers = numbers  # decimals as JSON numbers
        self.prefix = prefix    # of BUY and SELL
        self.says = says        # names the event when it opens or updates
        self.none = none        # how it writes that there is no stop loss

    def amount(self, value):
        if not self.numbers:
            return str(value)
        return int(value) if value == int(value) else float(value)


HABITS = {
    "acc-1": Habit(says=True),
    "acc-2": Habit(numbers=True),
    "5012345": Habit(".m", numbers=True, prefix="POSITION_TYPE_", none="zero"),
    "5012346": Habit("_i", says=True, none="null"),
    "prop-7": Habit("m", numbers=True, says=True, none="zero"),
    "demo_ftmo": Habit("-pro", prefix="POSITION_TYPE_"),
    "3f2b8c1e-7d41-4c6a-9b1e-0a5d2f6c8e11":
        Habit(numbers=True, prefix="POSITION_TYPE_", says=True),
    "konto-süd": Habit(none="null"),
    "fund.alpha": Habit(".raw", prefix="POSITION_TYPE_", none="zero"),
}
ACCOUNTS = list(HABITS)


class Holding:
    """A position as its terminal sees it."""

    def __init__(self, floor, account, ticket=None):
        rec = floor.rec
        self.floor, self.rec, self.account = floor, rec, account
        self.habit = HABITS[account]
        floor.tickets += rec.between(1, 40)
        self.ticket = ticket or str(floor.tickets)
        name = rec.one_of(list(INSTRUMENTS))
        price, self.swing, self.digits = INSTRUMENTS[name]
        self.symbol = name + self.habit.suffix
        self.side = rec.one_of([1, -1])
        self.entry = self.now = price + rec.between(-self.swing, self.swing)
        self.lots = rec.between(1, 200)
        self.stop = self.target = 0
        if rec.chance(0.7):
            self.new_stop()
        if rec.chance(0.6):
            self.new_target()
        self.comment = rec.one_of(COMMENTS)
        self.opened = (DAY + datetime.timedelta(
            seconds=round(floor.now * 86400 / DAY_MS))).isoformat() + ".000Z"
        self.gone = False
        floor.open[account][self.ticket] = self

    def new_stop(self):
        self.stop = self.entry - self.side * self.rec.between(
            self.swing, 3 * self.swing)

    def new_target(self):
        self.target = self.entry + self.side * self.rec.between(
            self.swing, 5 * self.swing)

    def move(self):
        self.now += self.rec.between(-self.swing, self.swing)

    def leave(self):
        """It is closed; no list of open positions has it any more."""
        self.gone = True
        self.floor.open[self.account].pop(self.ticket, None)

    def price(self, points):
        return self.habit.amount(decimal.Decimal(points).scaleb(-self.digits))

    def profit(self):
        cents = (self.now - self.entry) * self.side * self.lots // 7
        return self.habit.amount(decimal.Decimal(cents).scaleb(-2))

    def event(self, said=None, **more):
        """The whole state, as the terminal writes it."""
        event = {"event": said} if said else {}
        event.update({
            "accountId": self.account, "positionId": self.ticket,
            "symbol": self.symbol,
            "type": self.habit.prefix + ("BUY" if self.side > 0 else "SELL"),
            "volume": self.habit.amount(decimal.Decimal(self.lots).scaleb(-2)),
            "openPrice": self.price(self.entry),
            "currentPrice": self.price(self.now)})
        for name, level in (("stopLoss", self.stop),
                            ("takeProfit", self.target)):
            if level:
                event[name] = self.price(level)
            elif self.habit.none != "omit":
                event[name] = 0 if self.habit.none == "zero" else None
        event.update({"profit": self.profit(), "swap": self.habit.amount(
            decimal.Decimal(-self.lots).scaleb(-2)), "time": self.opened})
        if self.comment is not None:
            event["comment"] = self.comment
        event.update(more)
        return event

    def says(self, said):
        return self.event(said if self.habit.says else None)

    def close_event(self, price="closePrice"):
        """As made from the closing deal, which may not know the levels."""
        self.move()
        event = self.event("closed")
        if price != "currentPrice":
            del event["currentPrice"]
        if price == "closePrice":
            event["closePrice"] = self.price(self.now)
        if self.rec.chance(0.4):
            event.pop("stopLoss", None)
            event.pop("takeProfit", None)
        self.leave()
        return event


class Floor:
    """Everybody's terminals, and who waits for whose answer."""

    def __init__(self, rec):
        self.rec = rec
        self.now = 0
        self.tickets = 250999390
        self.open = {account: {} for account in ACCOUNTS}
        self.base = {account: [] for account in ACCOUNTS}
        self.last = {account: {} for account in ACCOUNTS}

    def before(self, events):
        """The calls whose answers a call with these events must wait for."""
        names = {}
        for event in events:
            account = event["accountId"]
            names.update(dict.fromkeys(self.last[account].get(
                event["positionId"], self.base[account])))
        return list(names)

    def send(self, *bodies):
        """Calls that do not wait for one another, all at once."""
        events = [x if isinstance(x, list) else [x] for x in bodies]
        after = [self.before(x) for x in events]
        touched = {}
        for body, own, names in zip(bodies, events, after):
            name = self.rec.call(self.now, "POST /v1/positions", body, names)
            for event in own:
                key = event["accountId"], event["positionId"]
                touched.setdefault(key, []).append(name)
        for (account, ticket), names in touched.items():
            self.last[account][ticket] = names

    def tails(self, account):
        names = dict.fromkeys(self.base[account])
        for more in self.last[account].values():
            names.update(dict.fromkeys(more))
        return list(names)

    def rows(self, account):
        return [x.event() for x in self.open[account].values()]

    def snapshot(self, account, rows=None, copies=1, **more):
        if rows is None:
            rows = self.rows(account)
        body = {"accountId": account, "positions": rows, **more}
        after = self.tails(account)
        self.base[account] = [
            self.rec.call(self.now, "POST /v1/positions/snapshot", body, after)
            for _ in range(copies)]
        self.last[account] = {}

    def restart(self, at):
        """The one line that knows what was before it; what comes later waits
        for it alone."""
        everything = [x for account in ACCOUNTS for x in self.tails(account)]
        self.rec.call(at, "GET /readyz", None, list(dict.fromkeys(everything)))
        self.rec.lines[-1]["as"] = "restart"
        self.rec.times["restart"] = at
        self.base = {account: ["restart"] for account in ACCOUNTS}
        self.last = {account: {} for account in ACCOUNTS}

    def wait(self, low=300, high=4500):
        return self.rec.between(low, high)
