#!/usr/bin/env python3
"""The scenes of config/samples/positions.jsonl: a day of MT5 positions as
terminals and their replicas report them, told in a minute. scripts/make-samples
writes the file, and what must come of it.

    scripts/sample_positions.py --expect [FILE]   prints what must come of FILE

Calls on one position wait for one another (`after`), copies from replicas do
not: whatever reaches the node first, the same must come of it."""

import heapq
import pathlib
import sys

sys.dont_write_bytecode = True
import position_model  # noqa: E402  (beside this file)
from sample_terminals import ACCOUNTS, DAY_MS, Floor, Holding  # noqa: E402

LIVES = 312
DOWN, UP = 30000, 33000  # when nobody listens, in ms
OLD = "2026-02-01T00:00:00.000Z"  # before any of the day's events

# How a position is opened -------------------------------------------------

def open_once(floor, h):
    floor.send(h.says("opened"))


def open_from_replicas(floor, h):
    body = h.says("opened")
    floor.send(body, body, body)


def open_among_ticks(floor, h):
    """Three replicas, and ticks of it in between."""
    body = h.event("opened")
    h.move()
    tick = h.event()
    floor.send(body, tick, body, tick, body)


def open_after_update(floor, h):
    """An update is faster than the open, which is older."""
    floor.send(h.event("updated"))
    if floor.rec.chance(0.6):
        h.new_stop()
    floor.send(h.event("opened"))


def open_and_update(floor, h):
    """Both in one array."""
    first = h.event("opened")
    h.new_stop()
    floor.send([first, h.event("updated")])


# What happens to it -------------------------------------------------------

def tick(floor, h):
    h.move()
    body = h.event()
    floor.send(*[body] * floor.rec.one_of([1, 1, 1, 3]))


def tick_said(floor, h):
    h.move()
    floor.send(h.event("updated"))


def levels(floor, h):
    if floor.rec.chance(0.6):
        h.new_stop()
    if floor.rec.chance(0.4):
        h.new_target()
    body = h.says("updated")
    floor.send(*[body] * floor.rec.one_of([1, 1, 1, 3]))


def no_stop(floor, h):
    h.stop = 0
    if floor.rec.chance(0.3):
        h.target = 0
    floor.send(h.says("updated"))


def there_and_back(floor, h):
    """One, two, one: each of them is a change."""
    h.new_stop()
    first = h.stop
    floor.send(h.says("updated"))
    h.stop += h.side * (1 + h.swing // 3)
    floor.send(h.says("updated"))
    h.stop = first
    floor.send(h.says("updated"))


def part_closed(floor, h):
    h.lots -= h.lots // 2
    h.move()
    floor.send(h.says("updated"))


def spelled(floor, h):
    """The same values, written in other ways."""
    event = h.event()
    for name in ("volume", "openPrice", "stopLoss", "takeProfit"):
        value = event.get(name)
        if isinstance(value, str) and float(value) != 0:
            event[name] = value + "0" if "." in value else value + ".00"
        elif value:
            event[name] = str(value)
    floor.send(event)


def entry_corrected(floor, h):
    h.entry += 1
    floor.send(h.event("updated"))


def opened_again(floor, h):
    """A replica says opened, and knows better."""
    h.new_target()
    floor.send(h.event("opened"))


def closed_by_mistake(floor, h):
    """It is missing in one list, and there again later."""
    floor.snapshot(h.account, [x for x in floor.rows(h.account)
                               if x["positionId"] != h.ticket])
    h.move()
    floor.send(h.event(floor.rec.one_of([None, "opened", "updated"])))


# How it ends --------------------------------------------------------------

def close(floor, h):
    body = h.close_event()
    floor.send(*[body] * floor.rec.one_of([1, 1, 1, 3]))


def close_and_late(floor, h):
    """What is still on its way when it is over changes nothing."""
    h.move()
    late = h.event(floor.rec.one_of([None, "opened", "updated"]))
    floor.send(h.close_event())
    if floor.rec.chance(0.5):
        late["stopLoss"] = h.price(h.entry)
    floor.send(late, late)


def close_twice(floor, h):
    """The second one has another price: the first one counts."""
    floor.send(h.close_event())
    h.move()
    floor.send(h.event("closed", closePrice=h.price(h.now)))


def close_at_current(floor, h):
    body = h.close_event("currentPrice")
    floor.send(body, body)


def close_without_price(floor, h):
    floor.send(h.close_event(None))


def vanish(floor, h):
    """Only a list of what is open tells."""
    h.leave()


def stay(floor, h):
    pass


OPENINGS = [open_once] * 9 + [open_from_replicas] * 5 + [
    open_among_ticks, open_after_update, open_and_update]
HAPPENINGS = [tick] * 4 + [tick_said] + [levels] * 5 + [
    no_stop, there_and_back, part_closed, part_closed, spelled, opened_again]
ENDINGS = [close] * 9 + [close_and_late] * 2 + [
    close_twice, close_at_current, close_without_price, vanish] + [stay] * 5


# Who does what: each yields how long it waits -----------------------------

def life(floor, account, first=None, special=None):
    rec = floor.rec
    h = Holding(floor, account)
    (first or rec.one_of(OPENINGS))(floor, h)
    todo = [rec.one_of(HAPPENINGS) for _ in range(rec.one_of([0, 0, 1, 1, 2]))]
    todo += [special] if special else []
    for act in todo + [rec.one_of(ENDINGS)]:
        yield floor.wait()
        if h.gone:
            return
        act(floor, h)


def twins(floor, one, other):
    """R22: one ticket on two accounts, mixed up on the way."""
    a = Holding(floor, one)
    b = Holding(floor, other, a.ticket)
    x, y = a.event("opened"), b.event("opened")
    floor.send(x, y, x, y, x, y)
    for h, act in ((a, levels), (b, tick), (a, close), (b, levels)):
        yield floor.wait()
        if not h.gone:
            act(floor, h)


def ghost(floor, account):
    """Its close is all that is ever seen of it, or the first."""
    h = Holding(floor, account)
    late = h.event("opened")
    body = h.close_event()
    floor.send(*[body] * floor.rec.one_of([1, 3]))
    yield floor.wait()
    if floor.rec.chance(0.5):
        floor.send(late)


def spoiled(floor, h):
    """An event that must fail, and harm nobody."""
    event = h.event()
    how = floor.rec.between(0, 4)
    if how == 0:
        del event["symbol"]
    elif how == 1:
        event["volume"] = "-0.10" if floor.rec.chance(0.5) else -0.1
    elif how == 2:
        event["type"] = "SIDEWAYS"
    elif how == 3:
        event["volume"] = "0.10 lots"
    else:
        event["stopLos"] = event.pop("stopLoss", 1)
    return event


def never(floor, account):
    """A position that only bad events tell of."""
    h = Holding(floor, account)
    h.leave()
    return h


def basket(floor, accounts):
    """Arrays: opened, changed and closed together, bad ones among them."""
    rec = floor.rec
    held = [Holding(floor, rec.one_of(accounts))
            for _ in range(rec.between(3, 6))]
    body = [h.says("opened") for h in held]
    body.insert(rec.between(0, len(body)),
                spoiled(floor, never(floor, accounts[0])))
    floor.send(*[body] * rec.one_of([1, 3]))
    for _ in range(2):
        yield floor.wait()
        held = [h for h in held if not h.gone]
        body = []
        for h in held:
            h.move()
            if rec.chance(0.4):
                h.new_stop()
            body.append(h.event())
        if held:
            body.insert(1, spoiled(floor, rec.one_of(held)))
            floor.send(body)
    yield floor.wait()
    body = [h.close_event(rec.one_of(["closePrice"] * 4 + [None]))
            for h in held if not h.gone and rec.chance(0.8)]
    if body:
        body.insert(1, spoiled(floor, never(floor, accounts[-1])))
        floor.send(*[body] * rec.one_of([1, 3]))


def lists(floor, account, number):
    """An account's lists of what is open: in the morning, after the restart,
    and in the evening, when something may be wrong with them."""
    rec = floor.rec
    yield 6000 + 700 * number - floor.now
    floor.snapshot(account)
    yield DOWN - 10 - floor.now
    for h in list(floor.open[account].values())[:4]:  # while nobody listens
        rec.one_of([h.leave, h.leave, h.new_stop, h.new_target, h.move])()
    Holding(floor, account)
    yield UP + 20 * number - floor.now
    floor.snapshot(account, copies=3 if number % 3 == 0 else 1)
    yield 47000 + 900 * number - floor.now
    EVENINGS.get(number, Floor.snapshot)(floor, account)


def bad_row(floor, account):
    """Two are missing, but nobody knows whether the list is whole."""
    rows = floor.rows(account)
    bad = spoiled(floor, never(floor, account))
    floor.snapshot(account, [*rows[:1], bad, *rows[1:-2]])


def row_of_another(floor, account):
    other = ACCOUNTS[ACCOUNTS.index(account) - 1]
    floor.snapshot(account, floor.rows(account)[1:] + [
        never(floor, other).event()])


def old_list(floor, account):
    """It was on its way since long: what it does not know, and what it knows
    otherwise, is newer. What nobody else has told is news."""
    known = {**floor.rows(account)[0], "stopLoss": "0.5"}
    unknown = Holding(floor, account).event()
    floor.snapshot(account, [known, unknown], takenAt=OLD)


def empty_list(floor, account):
    for h in list(floor.open[account].values()):
        h.leave()
    floor.snapshot(account)


EVENINGS = {1: bad_row, 2: row_of_another, 3: old_list, 5: bad_row,
            7: empty_list}


def asleep(floor, life):
    """No life goes on while the node is down; the lists come first then."""
    for wait in life:
        at = floor.now + wait
        if DOWN - 10 <= at < UP + 1000:
            at = UP + 1000 + (at - DOWN) // 4
        yield at - floor.now


def restart(floor):
    floor.restart(UP)
    yield from ()


def record(rec):
    """Adds the calls of the whole day to `rec`."""
    floor = Floor(rec)
    starts = [(0, lists(floor, account, number))
              for number, account in enumerate(ACCOUNTS)]
    starts.append((DOWN, restart(floor)))

    def start(life):
        at = rec.between(0, DAY_MS - 4000 - (UP - DOWN) - 1010)
        at += 0 if at < DOWN - 10 else UP - DOWN + 1010
        starts.append((at, asleep(floor, life)))

    for _ in range(LIVES):
        start(life(floor, rec.one_of(ACCOUNTS)))
    for number in range(6):
        one, other = ACCOUNTS[number:number + 2]
        start(life(floor, one, special=entry_corrected))
        start(life(floor, one, special=closed_by_mistake))
        start(life(floor, one, special=there_and_back))
        start(life(floor, one, first=open_after_update))
        start(twins(floor, one, other))
        start(ghost(floor, other))
        start(basket(floor, [one, other]))
        start(basket(floor, [one, other]))
    queue = [(at, number, one) for number, (at, one) in enumerate(starts)]
    heapq.heapify(queue)
    while queue:
        floor.now, number, one = heapq.heappop(queue)
        wait = next(one, None)
        if wait is not None:
            heapq.heappush(queue, (floor.now + wait, number, one))


def main():
    if sys.argv[1:2] != ["--expect"] or len(sys.argv) > 3:
        sys.exit(__doc__)
    name = sys.argv[2] if sys.argv[2:] else pathlib.Path(
        __file__).resolve().parent.parent / "config/samples/positions.jsonl"
    recording = pathlib.Path(name).read_text(encoding="utf-8")
    sys.stdout.write(position_model.to_text(position_model.expected(recording)))


if __name__ == "__main__":
    main()
