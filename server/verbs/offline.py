"""Numbers given out without the hub: leases before, entering afterwards (docs/offline.md).

A kiosk and the hub meet in one message and one turn: what the kiosk gave out is entered, then its lease is begun anew.
Whatever is cut, the message is sent again: the book's line up to which all is entered stands in the same turn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from config import Hall, Text
from server.domain import codes, offline, order, rules, worktime
from server.domain import events as ev
from server.domain.offline import Asks, Block, Book, Span
from server.domain.overtaking import Place as Standing
from server.domain.rules import Refused
from server.domain.ticket import Ticket
from server.domain.vocabulary import OUTCOMES
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs import place, tickets
from server.verbs.hub import By, Hub


class Taken(NamedTuple):
    """One line of a kiosk's book: a number that it gave out at `at`, epoch seconds by its own clock.

    `wish`: the idempotency key of the touch, which may have reached the hub before it was lost. `back`: it was given
    back at once.
    """

    line: int
    prefix: str
    number: int
    service: str
    at: float
    wish: str = ""
    klass: str = "ordinary"
    ground: str = ""
    party: str = ""
    language: str = "zh"
    large_print: bool = False
    back: bool = False


@dataclass(frozen=True)
class Meeting:
    """What a kiosk says: its book, its clock now, when it last heard the hub (epoch seconds), the blocks that it
    believes to hold, the lines that the hub may not have (those behind `entered`), and how many of the book before it
    can't be read.
    """

    book: str
    clock: float
    heard: float = 0.0
    holds: Sequence[Span] = ()
    taken: Sequence[Taken] = ()
    unread: int = 0
    entered: int = 0


class Leased(NamedTuple):
    """What the kiosk may do from now on without the hub, and up to which line its book is entered. `used`: letter ->
    numbers of its blocks that somebody has today, whoever gave them out.
    """

    entered: int
    epoch: int
    until: str
    blocks: tuple[Span, ...]
    used: dict[str, list[int]]


def meet(hub: Hub, by: By, told: Meeting) -> Leased:
    """Enter a kiosk's book as far as it says, and begin its lease anew."""

    def work(turn: Turn) -> Leased:
        entered = _enter(hub, by, turn, told)
        granted = _lease(hub, turn, by.actor, told, entered)
        _lease(hub, turn, "", Meeting(offline.PAPER, turn.now), 0)  # its staff may print the list when nothing runs
        return granted

    return hub.turn(work)


def _enter(hub: Hub, by: By, turn: Turn, told: Meeting) -> int:
    book: Book | None = turn.row("offline_books", told.book)
    last, since = (book.last, book.at) if book else (0, turn.now - offline.LATEST_DAYS * 86400.0)
    fresh = sorted(one for one in told.taken if one.line > last)
    unread = 0 if book else told.unread
    if last < told.entered:
        return last  # this hub has lost lines: entering those behind them would lose them for good
    if not (fresh or unread) or not hub.certain:  # a clock in doubt can't say when a number was taken
        return last
    heard = min(told.heard, turn.now)
    at = offline.times([one.at for one in fresh], told.clock, turn.now, max(since, heard))
    known, today = turn.offline_blocks(), hub.day(turn.now)
    asks = Asks(by.actor, told.book, _place(hub, by.actor), holds=told.holds)
    doubled, twins, clashes = 0, [], []
    for one, when in zip(fresh, at, strict=True):
        paper = _label(one)
        if served := _served(hub, by, turn, one, when):
            doubled += 1
            _code_opens(turn, one, served.id)
            twins += [(paper, served.label)] if served.label != paper else []
            continue
        spans = offline.credited(known, asks, over=hub.day(when) < today)
        entered = _one(hub, by, turn, one, when, leased=offline.whose(one.number, one.prefix, spans))
        clashes += [(paper, entered)] if entered != paper else []
    done = ev.OfflineEntered(
        device=by.actor,
        book=told.book,
        last=fresh[-1].line if fresh else last,
        until=at[-1] if at else since,
        entered=len(fresh) - doubled,
        doubled=doubled,
        clashes=tuple(clashes),
        skew=round(turn.now - told.clock, 3),
        unread=unread,
        twins=tuple(twins),
    )
    turn.record(done, by.actor)
    return done.last


def _label(one: Taken) -> str:
    return f"{one.prefix}{one.number:03d}"


def _code_opens(turn: Turn, one: Taken, ticket: int) -> None:
    """The code on its paper opens this number from now on; what it opened before stays."""
    code = codes.offline_code(_label(one), one.wish)
    if code and turn.answered(offline.CODES, code) is None:
        turn.remember(offline.CODES, code, offline.CODES, ticket)


def _served(hub: Hub, by: By, turn: Turn, one: Taken, at: float) -> Ticket | None:
    """The number that the touch has here already: it had reached the hub, and that number is being served or was; or
    it was entered from a book that was begun anew. One that waits or is called is given up: nobody holds its paper, and
    whoever touched holds the kiosk's.
    """
    known = turn.answered(by.actor, one.wish) if one.wish else None
    twin = turn.ticket(known["ticket"]) if known else None
    if twin is None:
        same = turn.by_number(hub.day(at), one.prefix, one.number)
        entered = same is not None and same.channel == offline.CHANNEL and abs(same.issued_at - at) < offline.SKEW_S
        return same if entered else None
    if twin.channel == offline.CHANNEL:
        return twin
    if twin.state in ("waiting", "called"):
        turn.record(rules.leave(twin, hub.hall.counter_name, twin.counter or ""), by.actor)
    return twin if twin.state in ("serving", "suspended", "finished") else None


def _one(hub: Hub, by: By, turn: Turn, one: Taken, at: float, *, leased: bool) -> str:
    """The number entered: another than on paper only where somebody else has that, or no lease ever gave it."""
    hall, day = hub.hall, hub.day(at)
    service = one.service if one.service in hall.services else hall.tickets.help_service
    own, paper = one._replace(service=service), ""
    if not leased or turn.by_number(day, one.prefix, one.number):
        prefix, paper = hall.services[service].prefix, _label(one)
        own = own._replace(prefix=prefix, number=turn.next_number(day, prefix))
    ticket = _issued(hub, by, turn, own, day, at, offline.CHANNEL, paper)
    if one.wish and turn.answered(by.actor, one.wish) is None:
        turn.remember(by.actor, one.wish, offline.CHANNEL, ticket)  # the touch may still be on its way here
    _code_opens(turn, one, ticket)
    held = turn.ticket(ticket)
    assert held is not None
    if one.back:
        turn.record(rules.leave(held, hall.counter_name), by.actor)
    elif day < hub.day(turn.now) and (over := rules.day_end(held)):
        turn.record(over, "hub")
    return held.label


def _issued(hub: Hub, by: By, turn: Turn, one: Taken, day: str, at: float, channel: str, on_paper: str = "") -> int:
    ticket = turn.next_id("tickets")
    klass = one.klass if one.klass in hub.hall.classes else "ordinary"
    over = day != hub.day(turn.now)  # nobody stands in that line any more
    standing = (
        Standing(order.rank(at, hub.hall.classes[klass].head_start_min))
        if over
        else place.rank_since(hub.hall, turn, one.service, klass, at, turn.now)
    )
    issued = ev.Issued(
        ticket=ticket,
        day=day,
        prefix=one.prefix,
        number=one.number,
        service=one.service,
        klass=klass,
        channel=channel,
        rank=standing.rank,
        language=one.language,
        large_print=one.large_print,
        ground=one.ground,
        party=one.party,
        taken=at,
        placed=standing.held,
        on_paper=on_paper,
    )
    turn.record(issued, by.actor)
    return ticket


# --- leases -----------------------------------------------------------------------------------------------------------


def _lease(hub: Hub, turn: Turn, device: str, told: Meeting, entered: int) -> Leased:
    day, known = hub.day(turn.now), turn.offline_blocks()
    prefixes = {service.prefix for service in hub.hall.services.values()}
    used = {
        prefix: sum(_used(turn, day, one) for one in known if (one.book, one.prefix) == (told.book, prefix))
        for prefix in prefixes
    }
    asks = Asks(device, told.book, _place(hub, device), prefixes, told.holds, used)
    epoch = hub.pair.epoch if hub.pair else 0
    granted = offline.lease(known, asks, epoch, date.fromisoformat(day))
    if granted:
        turn.record(granted, device or "hub")
    mine = [one for one in turn.offline_blocks() if one.book == told.book]
    out: dict[str, list[int]] = {}
    for one in mine if device else ():
        out.setdefault(one.prefix, []).extend(turn.offline_given(day, one.prefix, one.first, one.last))
    spans = tuple(Span(one.prefix, one.first, one.last) for one in mine)
    until = mine[0].until if mine else day  # a kiosk behind the last place has none
    return Leased(entered, epoch, until, spans, {prefix: n for prefix, n in out.items() if n})


def _place(hub: Hub, device: str) -> int | None:
    return offline.places([*hub.hall.kiosks]).get(device)


def _used(turn: Turn, day: str, block: Block) -> int:
    """How many of a block can't be given out any more today: on paper none before the last that was entered."""
    given = turn.offline_given(day, block.prefix, block.first, block.last)
    return (given[-1] - block.first + 1 if given else 0) if block.book == offline.PAPER else len(given)


def for_paper(hub: Hub, by: By) -> list[Block]:
    """The numbers that may be written by hand, of each letter: set apart the first time that somebody asks."""

    def work(turn: Turn) -> None:
        _lease(hub, turn, "", Meeting(offline.PAPER, turn.now), 0)

    hub.turn(work, by)
    return [one for one in hub.read().offline_blocks() if one.book == offline.PAPER]


# --- what a kiosk must know to decide alone ---------------------------------------------------------------------------


def hours(hall: Hall, now: float) -> list[tuple[float, float]]:
    """When kiosks give out numbers, from now to the end of a lease: [from, to) in epoch seconds."""
    today, found = worktime.service_day(hall, now), []
    for day in (today + timedelta(days=n) for n in range(offline.DAYS + 1)):
        start, end = worktime.day_span(hall, day)
        spans = worktime.opening(hall, day)
        if hall.tickets.outside_hours == "issue":
            found.append((start, end))
        elif spans:
            first, last = spans[0][0], spans[-1][1]
            early = first - hall.tickets.issue_before_open_min * 60
            found.append((early, worktime.stops_at(hall, last) if last - first < 86400 else last))
    return found


class Allowance(NamedTuple):
    """What a kiosk may give out of a service: `left` today and `per_day` on another day, this kiosk's share of them;
    None for any number. `closed` today, or on each day since only the desk gives its numbers.
    """

    prefix: str
    left: int | None
    per_day: int | None
    closed: Text | None
    always: bool


def allowances(hub: Hub, reader: Reader) -> dict[str, Allowance]:
    """By service. Several kiosks may be alone at once, and share what is left; the
    hub goes on selling all of it, so that a quota is exceeded by that much at most (docs/offline.md).
    """
    hall, day = hub.hall, hub.day(hub.now())
    shut, kiosks = reader.closures(day), max(1, len(hub.hall.kiosks))
    limits = {code: table.per_day for code, table in hall.quotas.items() if table.per_day}
    given = reader.issued_of(day, limits)
    found = {}
    for code, service in hall.services.items():
        limit = limits.get(code)
        left = None if limit is None else max(0, limit - given.get(code, 0)) // kiosks
        card = tickets.needs_card(hall, code)
        row = shut.get(code) or shut.get("")
        why = tickets.NEEDS_CARD if card else Text(row["message"], row["message_en"]) if row else None
        found[code] = Allowance(service.prefix, left, None if limit is None else limit // kiosks, why, card)
    return found


# --- entered afterwards, from a tally sheet ---------------------------------------------------------------------------

ENDS = ("passed", "left")
"""How a number may have ended besides the outcomes of a finished one."""
OPEN = ("waiting", "called", "serving", "suspended")


class Row(NamedTuple):
    """One row of a tally sheet. Moments are epoch seconds, None where nothing was written. `end`: an outcome's code,
    passed or left; '' for a number that was written by hand and still waits. `unread`: what was typed for a time and is
    none.
    """

    label: str
    service: str = ""
    came: float | None = None
    counter: str = ""
    staff: str = ""
    called: float | None = None
    ended: float | None = None
    end: str = ""
    unread: str = ""


class Tallied(NamedTuple):
    """Numbers that were entered as served, and numbers written by hand that came into being with it."""

    served: int
    made: int


def tally(hub: Hub, by: By, rows: Sequence[Row]) -> Tallied:
    """Enter what was served while no machine ran, all rows or none. Raises Refused with every row that is wrong."""

    def decide(turn: Turn) -> int:
        wrong: list[Text] = []
        for n, row in enumerate(rows, start=1):
            why = _tallied(hub, by, turn, row)
            if why:
                wrong.append(Text(f"第{n}行{row.label}：{why.zh}", f"Row {n}, {row.label}: {why.en}"))
        if wrong:
            raise Refused("\n".join(one.zh for one in wrong), "\n".join(one.en for one in wrong))
        return len(rows)

    told = [[*row] for row in rows]
    hub.once(by, decide, lambda turn, count: count, "tally", told)
    day = hub.day(hub.now())
    made = sum(
        hub.read().by_number(day, *found) is not None for row in rows if row.service and (found := _parts(row.label))
    )
    return Tallied(sum(bool(row.end) for row in rows), made)


def _parts(label: str) -> tuple[str, int] | None:
    match = re.fullmatch(r"([A-Z])([0-9]{1,6})", label.strip().upper())
    return (match[1], int(match[2])) if match else None


def _tallied(hub: Hub, by: By, turn: Turn, row: Row) -> Text | None:
    """Enter one row; why it can't be."""
    if why := _misread(hub, turn, row):
        return why
    parts = _parts(row.label)
    assert parts is not None
    ticket = turn.by_number(hub.day(turn.now), *parts)
    if ticket is None:
        came = min(one for one in (row.came, row.called, row.ended, turn.now) if one is not None)
        made = Taken(0, *parts, row.service, came)
        ticket = turn.ticket(_issued(hub, by, turn, made, hub.day(turn.now), came, offline.BY_HAND))
    assert ticket is not None
    if row.end:
        called = None if row.called is None else max(row.called, ticket.issued_at)
        served = ev.ServedOffline(
            ticket=ticket.id,
            counter=row.counter or None,
            staff=row.staff or turn.counter(row.counter).staff or by.actor,
            called=called,
            ended=max(row.ended or 0.0, called or ticket.issued_at),
            state=row.end if row.end in ENDS else "finished",
            outcome=None if row.end in ENDS else row.end,
        )
        turn.record(served, by.actor)
    return None


def _misread(hub: Hub, turn: Turn, row: Row) -> Text | None:
    parts, hall = _parts(row.label), hub.hall
    if parts is None:
        return Text("这不是号码：请写字母和数字，如A012。", "no number: write a letter and digits, such as A012.")
    if row.unread:
        return Text(
            f"“{row.unread}”不是时间：请写四位数，如0935。",
            f"'{row.unread}' is no time: write four digits, such as 0935.",
        )
    ticket = turn.by_number(hub.day(turn.now), *parts)
    if ticket and ticket.state not in OPEN:
        return Text("系统里已经结束：请核对号码，或删去这一行。", "it has ended: check it, or leave the row out.")
    if ticket is None and not _by_hand(turn, *parts):
        return Text(
            "系统里没有这个号，也不在手写号段里：请照登记表核对号码。",
            "not known here, and not among the numbers that are written by hand: check it against the sheet.",
        )
    if ticket is None and row.service not in hall.services:
        return Text("手写的号请选事项。", "for a number by hand choose its item.")
    if ticket is None and hall.services[row.service].prefix != parts[0]:
        return Text("字头和事项不符：请核对。", "its letter is another item's: check both.")
    moments = [at for at in (row.came, row.called, row.ended) if at is not None]
    if moments != sorted(moments) or any(at > turn.now for at in moments):
        return Text("时间先后不对：请核对来、叫、结束的时间。", "the times are out of order: check them.")
    if row.end and row.end not in ENDS and row.end not in OUTCOMES:
        return Text("没有这种结果：请重新选。", "no such outcome: choose another.")
    if row.end and row.end != "left" and row.counter not in hall.counters:
        return Text("请选窗口。", "choose its counter.")
    if row.end and row.ended is None:
        return Text("请写结束时间。", "write when it ended.")
    return None


def _by_hand(turn: Turn, prefix: str, number: int) -> bool:
    return any(b.first <= number <= b.last for b in turn.offline_blocks(prefix) if b.book == offline.PAPER)
