"""好差评: who may rate what, and what a rating is (docs/wording.md 7).

Pure: plain data in, an event or `Refused` out.

A round is one leg of a ticket: it is rated once. A default rating (默认) fills the gap after some days and gives way
to a real one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config import Text
from server.domain import events as ev
from server.domain.rating_options import unknown
from server.domain.register import Record
from server.domain.rules import Refused
from server.domain.ticket import Ticket

LEVELS = {5: Text("非常满意", "Very satisfied"), 4: Text("满意", "Satisfied"), 3: Text("基本满意", "Mostly satisfied"),
          2: Text("不满意", "Dissatisfied"), 1: Text("非常不满意", "Very dissatisfied")}  # fmt: skip
BAD = 2
"""This level and below are 差评."""
DEFAULT_LEVEL = 4
GOOD = 3
"""This level and above are spot-checked."""
LATE_DAYS = 30
"""So many days after the service day a round may still be rated by its code, and second thoughts be added."""
LEVEL_CHOICE = {1: "very_dissatisfied", 2: "dissatisfied", 3: "mostly", 4: "satisfied", 5: "very"}
"""A level as the registers name it (`bad_rating`, `rating_check`)."""
CLOSED = ("finished", "left", "passed", "expired")
"""States in which a ticket is over: only then may staff see that it was rated."""


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What one round got. `day` and `service` are the ticket's; `staff` and `counter` who had served it."""

    ticket: int
    leg: int
    day: str
    service: str
    counter: str | None
    staff: str | None
    level: int
    source: str
    is_default: bool
    options: tuple[str, ...]
    at: float
    second: int | None = None
    """追评: the level of the second thoughts, and what was added to it."""
    second_options: tuple[str, ...] = ()
    second_at: float | None = None


def rating_of(event: ev.Rated, ticket: Ticket, at: float) -> Rating:
    """The row that an event makes."""
    return Rating(
        ticket=ticket.id,
        leg=event.leg,
        day=ticket.day,
        service=ticket.service,
        counter=event.counter,
        staff=event.staff,
        level=event.level,
        source=event.source,
        is_default=event.default,
        options=event.options,
        at=at,
    )


def appended_to(rating: Rating, event: ev.RatingAppended, at: float) -> Rating:
    """The row with its second thoughts."""
    return replace(rating, second=event.level, second_options=event.options, second_at=at)


def round_at(holding: Ticket | None, last: Ticket | None, now: float, within_s: float) -> Ticket | None:
    """Whose round a visitor at a counter can mean: who is being served there, else who was finished there a moment
    ago.
    """
    if holding and holding.state == "serving":
        return holding
    fresh = last and last.state == "finished" and last.ended_at is not None and now - last.ended_at <= within_s
    return last if fresh and holding is None else None


def invite(
    ticket: Ticket | None, counter: str, rated: Rating | None, raters: Collection[str], named: Callable[[str], Text]
) -> ev.RatingInvited:
    """Ask the visitor. Whether somebody who is still here has rated already is not given away."""
    if counter not in raters:
        raise Refused(f"{named(counter).zh}没有评价器。", f"{named(counter).en} has no rater.")
    if ticket is None:
        raise Refused(
            "没有可以评价的号：请在办理中或刚办结时邀请。",
            "Nobody to ask: invite while serving, or just after finishing.",
        )
    if rated and not rated.is_default and ticket.state in CLOSED:
        raise Refused(f"{ticket.label}已经评价过。", f"{ticket.label} was rated already.")
    return ev.RatingInvited(ticket=ticket.id, counter=counter, leg=ticket.legs)


def rate(
    ticket: Ticket | None,
    rated: Rating | None,
    level: int,
    counter: str | None,
    source: str = "rater",
    options: Sequence[str] = (),
) -> ev.Rated:
    """One rating for each round, by a rater's key, on a tablet or a telephone; the first real one holds. `options`:
    codes of the national list, of that level.
    """
    if ticket is None:
        raise Refused("没有待评价的业务：请在办理时评价。", "There is nothing to rate now.")
    if rated and not rated.is_default:
        raise Refused("这次业务已经评价过，谢谢。", "This was rated already, thank you.")
    _of_level(level, options)
    return ev.Rated(
        ticket=ticket.id,
        counter=counter,
        leg=ticket.legs,
        level=level,
        source=source,
        staff=ticket.staff,
        options=tuple(dict.fromkeys(options)),
    )


def append(
    ticket: Ticket | None, rated: Rating | None, level: int, source: str, options: Sequence[str] = ()
) -> ev.RatingAppended:
    """追评 of a round that its visitor has rated, once; the first rating stays what it was."""
    if ticket is None or rated is None or rated.is_default:
        raise Refused("还没有评价过，请先评价。", "It was not rated yet: rate it first.")
    if rated.second is not None:
        raise Refused("已经追评过，谢谢。", "Second thoughts were added already, thank you.")
    _of_level(level, options)
    return ev.RatingAppended(
        ticket=ticket.id,
        counter=rated.counter,
        leg=rated.leg,
        level=level,
        source=source,
        options=tuple(dict.fromkeys(options)),
        staff=rated.staff,
    )


def _of_level(level: int, options: Sequence[str]) -> None:
    if level not in LEVELS:
        raise Refused("请从五个等级中选择。", "Choose one of the five levels.")
    if odd := unknown(level, options):
        raise Refused(f"指标{odd[0]}不属于这个等级。", f"Option {odd[0]} is none of this level.")


def may_be_rated(ticket: Ticket, today: date, rated: Rating | None) -> bool:
    """Whether whoever holds the number's code may rate its last round now, or add second thoughts."""
    if ticket.state != "finished" or (today - date.fromisoformat(ticket.day)).days > LATE_DAYS:
        return False
    return rated is None or rated.is_default or rated.second is None


def uncontacted(record: Record) -> bool:
    """Whether nobody has said of a bad rating's record yet that its visitor was reached, or could not be."""
    return record.state == "verifying" and record.who_made("contact") is None


def reasons_of(options: Sequence[str]) -> list[str]:
    """Options of the national list as the register 差评整改 names them."""
    return [f"o{code}" for code in options if int(code[0]) <= BAD]


def by_default(ticket: Ticket) -> ev.Rated:
    """Nobody rated in time: 满意, marked as such."""
    return ev.Rated(
        ticket=ticket.id,
        counter=ticket.counter,
        leg=ticket.legs,
        level=DEFAULT_LEVEL,
        source="default",
        default=True,
        staff=ticket.staff,
    )
