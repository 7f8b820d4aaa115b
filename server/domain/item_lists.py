"""事项清单: 进驻, 一趟不用跑, 最多跑一趟. What belongs on each by the catalogue, and which list is in force. Pure.

A list is a record of the register `item_list`; what is in force is the published one whose day has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from config import Hall, Service, Text
from server.domain.register import Record

REGISTER = "item_list"
IN_HALL, NO_VISIT, ONE_VISIT = "in_hall", "no_visit", "one_visit"
NAMES = {
    IN_HALL: Text("进驻事项清单", "Items of this hall"),
    NO_VISIT: Text("“一趟不用跑”事项清单", "Items that need no visit"),
    ONE_VISIT: Text("“最多跑一趟”事项清单", "Items of one visit at most"),
}
PUBLISHED = "published"


@dataclass(frozen=True)
class InForce:
    """The list of a kind that counts today. `number` is the record's; `items` codes in the catalogue's order."""

    kind: str
    record: int
    number: str
    effective: date
    items: tuple[str, ...]


def entrances(hall: Hall) -> frozenset[str]:
    """Services that are doors and no items: 咨询, and what the pick-up counters keep for themselves. They are on no
    list, and no list closes them.
    """
    return frozenset({hall.tickets.help_service, *hall.reserved})


def proposed(hall: Hall, kind: str) -> list[str]:
    """What a new list of a kind has by the catalogue: all items, those of no visit, those of one at most."""
    wanted = {NO_VISIT: ("0",), ONE_VISIT: ("0", "1")}.get(kind)
    doors = entrances(hall)
    return [
        code
        for code, one in hall.services.items()
        if code not in doors and (wanted is None or one.visits.strip() in wanted)
    ]


def in_force(records: Iterable[Record], today: date) -> dict[str, InForce]:
    """Kind -> the published list that counts on a day: of those whose day has come, the one that begins last; of two
    of one day the one that was published last.
    """
    found: dict[str, tuple[tuple[date, float, int], InForce]] = {}
    for record in records:
        if record.state != PUBLISHED:
            continue
        effective, kind = date.fromisoformat(record.values["effective"]), record.values["kind"]
        order = (effective, record.closed_at or 0.0, record.id)
        if effective <= today and (kind not in found or found[kind][0] < order):
            one = InForce(kind, record.id, record.number, effective, tuple(record.values["items"]))
            found[kind] = (order, one)
    return {kind: found[kind][1] for kind in NAMES if kind in found}


def shown(hall: Hall, lists: Mapping[str, InForce]) -> dict[str, Service]:
    """The services that a kiosk offers: those of the 进驻 list in force, and the doors; all while there is none."""
    if IN_HALL not in lists:
        return hall.services
    may = {*lists[IN_HALL].items, *entrances(hall)}
    return {code: one for code, one in hall.services.items() if code in may}


def visits(lists: Mapping[str, InForce], service: Service) -> str:
    """How often a visitor is told to come: "0" 一趟不用跑 and "1" 最多跑一趟 by the lists in force alone, more
    than that by the catalogue; empty where nothing may be said.
    """
    for kind, told in ((NO_VISIT, "0"), (ONE_VISIT, "1")):
        if kind in lists and service.code in lists[kind].items:
            return told
    own = service.visits.strip()
    return "" if own in ("0", "1") else own


def moved(before: Iterable[str], after: Iterable[str]) -> tuple[list[str], list[str]]:
    """(codes that came in, codes that went out) from one list to the next."""
    old, new = [*before], [*after]
    return [code for code in new if code not in old], [code for code in old if code not in new]
