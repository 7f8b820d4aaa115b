"""一件事一次办: which items a number is taken for, and how it goes on from one to the next. Within others' turns.

What may be done when is `server/domain/agenda.py`'s; whose turn it is, tickets' and calls'.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from config import Hall, PackageTable, Service
from config.packages import MOST
from server.domain import agenda as agendas
from server.domain import events as ev
from server.domain import order, rules
from server.domain.agenda import Agenda
from server.domain.rules import Refused
from server.domain.ticket import Counter, Ticket
from server.domain.vocabulary import NEXT_ITEM
from server.store.transaction import Turn
from server.verbs.hub import By, Closed, Hub, Unknown


@dataclass(frozen=True)
class Several:
    """What a number is taken for: items in their order; `package` empty for items chosen one by one."""

    items: tuple[str, ...]
    package: str = ""
    after: dict[str, list[str]] = field(default_factory=dict)


def known_package(hall: Hall, name: str) -> PackageTable:
    """Raises Unknown."""
    found = hall.packages.get(name)
    if found is None:
        raise Unknown(f"没有一件事“{name}”。", f"There is no package '{name}' in config.toml.")
    return found


def several(hall: Hall, package: str = "", yes: Collection[str] = (), items: Sequence[str] = ()) -> Several:
    """What is done for whoever answers yes to these questions of a package; `items` leave others of it out, or are the
    items themselves where there is no package. Raises Unknown, or Refused with what to do.
    """
    wanted = tuple(dict.fromkeys(items))
    if odd := next((code for code in wanted if code not in hall.services), None):
        raise Unknown(f"没有事项“{odd}”。", f"There is no service '{odd}' in the catalogue.")
    if len(wanted) > MOST:
        raise Refused(
            f"一个号最多办{MOST}项：其余的请另取号。",
            f"One number is for {MOST} items at most: take another for the rest.",
        )
    if not package:
        return Several(wanted)
    table = known_package(hall, package)
    if odd := next((key for key in yes if key not in table.ask), None):
        raise Unknown(f"“{table.name}”没有问题“{odd}”。", f"'{table.name_en}' has no question '{odd}'.")
    if odd := next((code for code in wanted if code not in table.items), None):
        raise Refused(
            f"“{hall.service_name(odd).zh}”不属于“{table.name}”：请另取号，或不按一件事取号。",
            f"“{hall.service_name(odd).en}” is no part of “{table.name_en}”: take another number for it, or none of the"
            " package.",
        )
    chosen = [code for code in table.items if code in wanted] if wanted else [*table.chosen(yes)]
    return Several(
        tuple(code for code in chosen if code in hall.services),
        package,
        {
            code: kept
            for code, before in table.after.items()
            if code in chosen and (kept := [one for one in before if one in chosen])
        },
    )


def services(hall: Hall, codes: Sequence[str]) -> list[Service]:
    """Those of the catalogue among them."""
    return [hall.services[code] for code in codes if code in hall.services]


def may_be_taken(hub: Hub, turn: Turn, day: str, wish: Several, sold_out: Collection[str]) -> None:
    """Refuse a number of which one item has none today: nobody finds out at the counter."""
    closures = turn.closures(day)
    shut = next((code for code in wish.items if code in closures or code in sold_out), None)
    if shut is None:
        return
    zh, en = hub.hall.service_name(shut)
    raise Closed(
        f"“{zh}”今天不办：请去掉这一项再取号，或到咨询台。",
        f"“{en}” is not done today: leave it out and take the number again, or ask at the guide desk.",
    )


def begin(hub: Hub, by: By, turn: Turn, ticket: int, day: str, wish: Several) -> None:
    """Written down in the turn in which the number is given out."""
    turn.record(
        ev.AgendaSet(
            ticket=ticket,
            day=day,
            package=wish.package,
            items=wish.items,
            after=wish.after,
            saved=agendas.saved(services(hub.hall, wish.items)),
        ),
        by.actor,
    )


def here(hall: Hall, counter: Counter, agenda: Agenda, ticket: Ticket) -> list[str]:
    """The items that a counter does while it has the number: its own, those it helps with, and the one it was called
    for.
    """
    mine = order.profile(hall, counter)
    return agendas.here(agenda, lambda code: code == ticket.service or mine.own(code) or mine.may_help(code))


def settle(
    hub: Hub, by: By, turn: Turn, ticket: Ticket, agenda: Agenda, outcome: str, items: Sequence[str]
) -> ev.Event:
    """Items of a number have this outcome (all that this counter does, where none is named): recorded but for the last
    event, which is what the number does then. It stays here for the items that are left, goes on to where the next is
    done, or is finished.
    """
    counter = turn.counter(ticket.counter or "")
    codes = tuple(dict.fromkeys(items)) or tuple(here(hub.hall, counter, agenda, ticket)) or (ticket.service,)
    rules.finish(ticket, outcome, codes, hub.hall.services)
    after = agenda
    told = [rules.settle(ticket, code, outcome, counter.staff or "") for code in codes]
    for one in told:
        after = agendas.evolve(after, one, turn.now) or after
    left = here(hub.hall, counter, after, ticket)
    if left and ticket.state == "called":
        turn.record(rules.start(ticket), by.actor)
    last: ev.Event | None = None
    if not left:
        further = agendas.next_item(after)
        last = (
            rules.transfer(ticket, further, "", ticket.rank, NEXT_ITEM.zh)
            if further
            else rules.finish(ticket, agendas.overall(after), [one.service for one in after.settled], hub.hall.services)
        )
    for one in told if last else told[:-1]:
        turn.record(one, by.actor)
    return last or told[-1]
