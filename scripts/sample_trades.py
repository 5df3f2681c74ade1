"""The scenes of config/samples/trades.jsonl: what bots send to POST /v1/trades
in a lively quarter of an hour. scripts/make-samples writes the file.

The prices are those of config/samples/samples.toml; some trades must be
rejected at them."""

SCENES = 270

PRICES = {
    "BTCUSDT": "65000.5", "ETHUSDT": "3400.25", "BNBUSDT": "590.1",
    "SOLUSDT": "150.75", "XRPUSDT": "0.5213", "ADAUSDT": "0.4502",
    "DOGEUSDT": "0.13017", "DOTUSDT": "6.114", "LTCUSDT": "72.31",
    "LINKUSDT": "14.052", "AVAXUSDT": "27.6", "ATOMUSDT": "7.219",
    "UNIUSDT": "8.94", "ETCUSDT": "23.05", "XLMUSDT": "0.09114",
    "NEARUSDT": "5.302", "APTUSDT": "7.713", "ARBUSDT": "0.8044",
    "OPUSDT": "1.7021", "INJUSDT": "24.11", "SUIUSDT": "0.9087",
    "TIAUSDT": "6.402", "SEIUSDT": "0.3511", "PEPEUSDT": "0.00001183",
}

CONFIG_HEAD = """\
# For a node that the recordings of this folder are replayed to: a price for
# each symbol of trades.jsonl, and messages about positions.jsonl on the
# console. Written by scripts/make-samples.
#
#   holdfast node --config config/samples/samples.toml
#   holdfast replay config/samples/trades.jsonl --check
#   holdfast replay config/samples/positions.jsonl --check
[telegram]
enabled = true
transport = "console"
chat_id = "console"

[trades]
exchange = "paper"

[paper]
fill_delay_ms = 15

[paper.prices]
"""


def config_text():
    return CONFIG_HEAD + "".join(
        f'{symbol} = "{price}"\n' for symbol, price in PRICES.items())


class Bot:
    """One sender and its habits: how it writes numbers and names keys."""

    def __init__(self, rec):
        self.rec = rec
        self.owner = f"{rec.one_of(['user', 'sniper', 'flow'])}-" \
                     f"{rec.between(1, 30)}"
        self.numbers = rec.chance(0.4)  # sends quantities as JSON numbers
        self.keyed = rec.chance(0.55)   # sends keys of its own

    def amount(self, text):
        """As a string, or as a number with these very digits."""
        if not self.numbers:
            return text
        whole, _, fraction = text.partition(".")
        return float(text) if fraction.strip("0") else int(whole)


class TradeDesk:
    def __init__(self, rec):
        self.rec = rec
        self.count = 0
        self.intents = 0

    # What bots send -------------------------------------------------------

    def order(self, bot, side=None, kind=None, **more):
        """A trade that nobody has asked for yet: its target sees to that."""
        rec = self.rec
        self.intents += 1
        symbol = more.pop("symbol", None) or rec.one_of(list(PRICES))
        side = side or rec.one_of(["BUY", "BUY", "SELL"])
        kind = kind or rec.one_of(["MARKET", "MARKET", "LIMIT",
                                   "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL",
                                   "LIMIT_MAKER"])
        body = {"symbol": symbol, "side": side, "type": kind}
        if kind == "MARKET" and side == "BUY" and rec.chance(0.5):
            body["quoteQuantity"] = bot.amount(str(rec.between(10, 900)))
        else:
            body["quantity"] = bot.amount(
                f"{rec.between(1, 90000) / 1000:.3f}")
        if kind != "MARKET":
            # LIMIT_MAKER keeps away from the price, the others try it.
            away = 0.97 if kind == "LIMIT_MAKER" else \
                rec.one_of([0.99, 1.01, 1.02])
            factor = away if side == "BUY" else 2 - away
            price = float(PRICES[symbol]) * factor
            body["price"] = bot.amount(
                f"{price:.8f}" if price < 0.01 else f"{price:.4f}")
        body["ownerId"] = bot.owner
        body["snipeTargetId"] = f"snipe-{self.intents}"
        if bot.keyed:
            body["idempotencyKey"] = f"{bot.owner}-{symbol}-{self.intents}"
        body.update(more)
        return body

    # What bots do ---------------------------------------------------------

    def trade(self, at, body, after=()):
        return self.rec.call(at, "POST /v1/trades", body, after)

    def burst(self, at, body, copies, after=()):
        """The same event reaches several workers within milliseconds."""
        return [self.trade(at + self.rec.between(0, 4), body, after)
                for _ in range(copies)]

    def retry(self, at, body, after):
        """Seconds later, by a bot whose call timed out."""
        return self.trade(at + self.rec.between(900, 2500),
                          {**body, "onLocked": "wait", "waitMs": 20000}, after)

    # Scenes ---------------------------------------------------------------

    def simple(self, at):
        self.trade(at, self.order(Bot(self.rec)))

    def duplicates(self, at):
        body = self.order(Bot(self.rec))
        self.burst(at, body, self.rec.between(2, 5))

    def impatient(self, at):
        """Duplicates that wait for the first one's outcome, and a late one."""
        body = self.order(Bot(self.rec), onLocked="wait", waitMs=20000)
        names = self.burst(at, body, self.rec.between(2, 4))
        self.retry(at, body, names)

    def timed_out(self, at):
        body = self.order(Bot(self.rec))
        first = [self.trade(at, body)]
        for _ in range(self.rec.between(1, 3)):
            first = [self.retry(at, body, first)]
            at += 800

    def spelled(self, at):
        """Two programs write one trade differently; it stays one trade."""
        body = self.order(Bot(self.rec), side="BUY", kind="MARKET")
        body.pop("quoteQuantity", None)
        body.pop("idempotencyKey", None)
        body["quantity"] = "0.250"
        first = self.trade(at, body)
        self.trade(at + 300, {**body, "symbol": body["symbol"].lower(),
                              "quantity": 0.25, "onLocked": "wait"}, [first])

    def crowd(self, at):
        """Several trades on one snipe target, one behind the other."""
        rec = self.rec
        symbol, side = rec.one_of(list(PRICES)), rec.one_of(["BUY", "SELL"])
        target = f"snipe-crowd-{self.intents}"
        waiting = []
        for i in range(rec.between(3, 5)):
            bot = Bot(rec)
            bot.keyed = True
            how = rec.one_of(["queue", "queue", "wait"])
            body = self.order(bot, side=side, symbol=symbol, kind="MARKET",
                              snipeTargetId=target, onLocked=how,
                              priority=rec.between(1, 9))
            waiting.append((body, self.burst(at + i, body,
                                             rec.between(1, 3))))
        for body, names in waiting:  # who was queued asks how it went
            self.retry(at, body, names)

    def unwilling(self, at):
        """Does not want to queue, and comes back when it was refused."""
        bot = Bot(self.rec)
        bot.keyed = True
        first = self.order(bot)
        other = {**first, "idempotencyKey": first["idempotencyKey"] + "-b",
                 "onLocked": "reject"}
        self.intents += 1
        holder = self.trade(at, first)
        refused = self.trade(at + 2, other)
        self.retry(at, other, [holder, refused])

    def emergency(self, at):
        """A stop loss that must not wait; sent twice, of course."""
        bot = Bot(self.rec)
        body = self.order(bot, side="SELL", kind="MARKET", emergency=True)
        self.burst(at, body, 2)

    def too_small(self, at):
        """Less money than the smallest quantity costs."""
        body = self.order(Bot(self.rec), side="BUY", kind="MARKET",
                          symbol="BTCUSDT")
        body.pop("quantity", None)
        body["quoteQuantity"] = "0.0000001"
        self.burst(at, body, 2)

    def crossing(self, at):
        """A maker's order that would take: the exchange refuses it."""
        body = self.order(Bot(self.rec), side="BUY", kind="LIMIT_MAKER",
                          symbol="ETHUSDT", price="3500")
        self.burst(at, body, self.rec.between(1, 3))


def record(rec):
    """Adds the calls of all scenes to `rec`."""
    desk = TradeDesk(rec)
    scenes = [TradeDesk.simple] * 4 + [TradeDesk.duplicates] * 7 + [
        TradeDesk.impatient, TradeDesk.impatient, TradeDesk.timed_out,
        TradeDesk.timed_out, TradeDesk.spelled, TradeDesk.crowd,
        TradeDesk.crowd, TradeDesk.unwilling]
    rare = [TradeDesk.emergency, TradeDesk.too_small, TradeDesk.crossing]
    at = 0
    for number in range(SCENES):
        rec.one_of(scenes if number % 18 else rare)(desk, at)
        at += rec.between(10, 70)
    for second in range(500, at, 1500):
        rec.call(second, rec.one_of(["GET /v1/trades?limit=20",
                                     "GET /v1/stats", "GET /v1/queue"]))
    return desk.intents
