"""What a kiosk gives out while nobody hears the hub: which number, whether at all, and what its screen says. Pure.

A lease (`Lease`) is what the hub granted at the last meeting; a `Book` is what was given out since, as
`kiosk/rim/kept_book.py` keeps it. `now` is the hub's time as the kiosk reckons it, epoch seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from config import Text
from kiosk.flow.events import RequestTicket
from kiosk.flow.view import Called, Print, Sentence, Service, Ticket, View


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


class Block(_Told):
    """Numbers of a letter that are this book's."""

    prefix: str
    first: int
    last: int


class Allowance(_Told):
    """As `server/verbs/offline.py` says of a service."""

    prefix: str
    left: int | None = None
    per_day: int | None = None
    closed: Sentence | None = None
    always: bool = False


class Line(_Told):
    """Who waits for a tile, in the order of calls."""

    zh: str
    en: str = ""
    numbers: tuple[str, ...] = ()


class Paper(_Told):
    """What paper needs to go on."""

    at: str = ""
    lines: tuple[Line, ...] = ()
    called: tuple[str, ...] = ()
    next: dict[str, str] = {}


class Lease(_Told):
    """What may be given out; as the hub answered at `now`, epoch seconds."""

    entered: int = 0
    now: float
    epoch: int = 0
    until: str
    day_starts: int = 0
    blocks: tuple[Block, ...]
    used: dict[str, frozenset[int]] = {}
    hours: tuple[tuple[float, float], ...]
    services: dict[str, Allowance]
    shut: Sentence | None = None
    per_min: int = 0
    paper: Paper = Paper()


class Given(_Told):
    """One line of the book: a number that was given out at `at` by the kiosk's reckoning, epoch seconds."""

    line: int
    day: str
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

    @property
    def label(self) -> str:
        return f"{self.prefix}{self.number:03d}"


@dataclass(frozen=True)
class Book:
    """All that a kiosk must know to go on alone, as it lies on its disk.

    `heard`: the hub's time when it was last heard, epoch seconds; `damaged`: some line can't be read, so that nobody
    knows which numbers are out: none is given out until the hub has granted others, to a new book. `unread`: so many
    lines of the book before this one could not be read.
    """

    id: str = ""
    lease: Lease | None = None
    lines: tuple[Given, ...] = ()
    entered: int = 0
    heard: float = 0.0
    damaged: bool = False
    unread: int = 0

    @property
    def newest(self) -> float:
        """Nothing is older than this: what was given out last, and when the hub was last heard."""
        return max(self.heard, self.lines[-1].at if self.lines else 0.0)

    @property
    def owed(self) -> tuple[Given, ...]:
        """The lines that the hub may not have."""
        return tuple(one for one in self.lines if one.line > self.entered)


class Refusal(NamedTuple):
    """Why no number is given out now, and what to do."""

    why: Text


AWAY = Text("系统连不上，本机不能取号：请到咨询台。", "The system cannot be reached: please ask at the guide desk.")
TOO_FAST = Text("取号太快：请稍等再取，或到咨询台。", "Too many numbers at once: wait, or ask at the guide desk.")
USED_UP = Text(
    "本机的脱机号已经发完：请到另一台取号机或咨询台取号。",
    "This kiosk has no numbers left: use another kiosk, or ask at the guide desk.",
)
NO_NUMBERS = Text(
    "系统连不上，本机没有脱机号，不能取号：请到另一台取号机或咨询台。",
    "The system cannot be reached, and this kiosk has no numbers of its own: use another kiosk, or ask at the guide"
    " desk.",
)
CLOSED = Text("现在不是取号时间：请在办公时间来，或到咨询台问。", "No numbers at this hour: come in office hours.")
SOLD_OUT = Text(
    "这个事项今天的号已取完：请改日再来，或到咨询台。",
    "No more numbers for this today: come another day, or ask at the guide desk.",
)
LATER = Text(
    "系统暂时连不上，这个功能现在用不了：取号照常，其他请到咨询台。",
    "The system cannot be reached: you can still take a number; for anything else ask at the guide desk.",
)
ONE_BY_ONE = Text(
    "系统暂时连不上，一次只能取一个事项的号：请选一个事项，其余到窗口再说。",
    "The system cannot be reached: choose one item, and tell the counter the rest.",
)
ENTERED = Text("这个号已经入系统：要取消请到咨询台。", "This number is in the system by now: ask at the guide desk.")
NOTICE = Text(
    "系统暂时连不上，照常取号，一次一个事项：脱机号同样有效，按取号时间排队。",
    "The system cannot be reached. Take a number as usual, one item each: it counts from now.",
)


def day_of(at: float, lease: Lease, zone: tzinfo) -> str:
    """The service day of an instant, ISO."""
    return (datetime.fromtimestamp(at, zone) - timedelta(seconds=lease.day_starts)).date().isoformat()


def reckoned(book: Book, told: float) -> float:
    """The hub's time by a clock that says `told`: a clock that went back never makes anything older than what is in the
    book.
    """
    return max(told, book.newest)


def usable(book: Book, now: float, zone: tzinfo) -> bool:
    """Whether this kiosk can go on alone: it has a lease that holds, and knows which of its numbers are out."""
    lease = book.lease
    return lease is not None and not book.damaged and day_of(now, lease, zone) <= lease.until


def wrong(book: Book, service: str, now: float, zone: tzinfo) -> Text | None:
    """Why no number of a service is given out now; None where one is."""
    lease = book.lease
    if lease is None or not usable(book, now, zone):
        return AWAY
    allowed, today = lease.services.get(service), day_of(lease.now, lease, zone)
    day = day_of(now, lease, zone)
    if allowed is None:
        return AWAY
    if lease.shut and day == today:
        return lease.shut
    if not any(start <= now < end for start, end in lease.hours):
        return CLOSED
    if allowed.closed and (allowed.always or day == today):
        return allowed.closed
    if not lease.blocks:
        return NO_NUMBERS
    most = allowed.left if day == today else allowed.per_day
    given = [g for g in book.lines if g.day == day and not g.back and g.line > lease.entered]
    if most is not None and sum(g.service == service for g in given) >= most:
        return SOLD_OUT
    return None if free(book, allowed.prefix, day, zone) is not None else USED_UP


def free(book: Book, prefix: str, day: str, zone: tzinfo) -> int | None:
    """The next number of a letter on a day that neither this book nor, as far as the lease says, anybody else has given
    out; None where all are out.
    """
    lease, out = book.lease, {g.number for g in book.lines if (g.prefix, g.day) == (prefix, day)}
    if lease and day == day_of(lease.now, lease, zone):
        out |= lease.used.get(prefix, frozenset())
    spans = (range(b.first, b.last + 1) for b in (lease.blocks if lease else ()) if b.prefix == prefix)
    return next((n for span in spans for n in span if n not in out), None)


def give(book: Book, wish: RequestTicket, now: float, zone: tzinfo) -> Given | Refusal:
    """The number for a touch: the one that it has already, where it is asked for again."""
    before = next((one for one in book.lines if one.wish == wish.key), None)
    if before:
        return before
    if wish.items or wish.package:
        return Refusal(ONE_BY_ONE)
    if why := wrong(book, wish.service, now, zone):
        return Refusal(why)
    assert book.lease is not None
    limit = book.lease.per_min
    if limit and sum(one.at > now - 60.0 for one in book.lines) >= limit:
        return Refusal(TOO_FAST)
    prefix, day = book.lease.services[wish.service].prefix, day_of(now, book.lease, zone)
    number = free(book, prefix, day, zone)
    assert number is not None
    return Given(
        line=book.lines[-1].line + 1 if book.lines else book.entered + 1,
        day=day,
        prefix=prefix,
        number=number,
        service=wish.service,
        at=round(max(now, book.newest), 3),
        wish=wish.key,
        klass=wish.klass,
        ground=wish.ground,
        party=wish.party,
        language=wish.language,
        large_print=wish.large_print,
    )


def noted(book: Book, given: Given) -> Book:
    """The book with one more line, or with a line as it is now."""
    kept = tuple(one for one in book.lines if one.line != given.line)
    return replace(book, lines=tuple(sorted((*kept, given), key=lambda one: one.line)))


def met(book: Book, lease: Lease, zone: tzinfo) -> Book:
    """After the hub's answer. Lines that are entered stay for their service day, so that none of their numbers comes
    again on it.

    A hub that knows of fewer lines than it once said has lost its last rows (a backup laid back, a take-over that did
    not wait): what is still here is owed again.
    """
    today, entered = day_of(lease.now, lease, zone), lease.entered
    kept = tuple(one for one in book.lines if one.line > entered or one.day >= today)
    last = max((one.line for one in book.lines), default=entered)
    kept = kept or tuple(one for one in book.lines if one.line == last)  # the count of lines goes on
    return replace(book, lease=lease, lines=kept, entered=entered, heard=max(book.heard, lease.now))


# --- what the screen says ---------------------------------------------------------------------------------------------


def view_of(shown: View, book: Book, now: float, zone: tzinfo) -> View:
    """What a kiosk that is alone shows: the guide as it was, numbers where there are any, and nothing that nobody can
    know now.
    """
    groups = tuple(
        group.model_copy(
            update={
                "ahead": -1,
                "estimate_min": None,
                "services": tuple(_service(one, book, now, zone) for one in group.services),
            }
        )
        for group in shown.groups
    )
    shut = wrong(book, shown.help_service, now, zone)
    lease = book.lease
    over = bool(lease and day_of(now, lease, zone) != day_of(lease.now, lease, zone))
    classes = tuple(one.model_copy(update={"closed": None}) for one in shown.classes) if over else shown.classes
    closed = bool(lease and (lease.shut or not any(start <= now < end for start, end in lease.hours)) and shut)
    if none := _out(book, now, zone):  # whatever the hours: nobody gets a number here
        closed, shut = True, shut if closed else none
    return shown.model_copy(
        update={
            "now": datetime.fromtimestamp(now, zone),
            "issuing": not closed,
            "notice": shut if closed else NOTICE,
            "waiting": -1,
            "counters_open": 0,
            "groups": groups,
            "classes": classes,
            "packages": (),
            "pickup": None,
            "bookings": False,
            "cases": False,
            "texts": False,
            "lists": False,
            "rates": False,
            "lodge": "",
            "long_wait_min": 0,
        }
    )


def _out(book: Book, now: float, zone: tzinfo) -> Text | None:
    """Why this kiosk has no number of any letter; None where it has one."""
    if not book.lease:
        return None
    day, letters = day_of(now, book.lease, zone), {one.prefix for one in book.lease.services.values()}
    if any(free(book, letter, day, zone) is not None for letter in letters):
        return None
    return USED_UP if book.lease.blocks else NO_NUMBERS


def _service(one: Service, book: Book, now: float, zone: tzinfo) -> Service:
    """No card is asked for: nobody could count whose it is."""
    shut = wrong(book, one.code, now, zone)
    return one.model_copy(update={"closed": shut, "booking": None, "per_person": False})


def ticket_of(given: Given, view: View, paper: Print, place_url: str = "") -> Ticket:
    """The number as its page shows it. Its id is below zero: no hub knows it. `place_url` opens when one does."""
    service = view.service(given.service)
    group = next((g for g in view.groups if any(s.code == given.service for s in g.services)), None)
    return Ticket(
        id=-given.line,
        number=given.label,
        state="left" if given.back else "waiting",
        service=Called(code=given.service, name=service.name, name_en=service.name_en) if service else Called(),
        group=Called(name=group.name, name_en=group.name_en) if group else None,
        ahead=0,
        klass=given.klass,
        print=paper,
        place_url=place_url,
        offline=True,
    )
