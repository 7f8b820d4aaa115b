"""The figures of the catalogue on one day: 进驻率, 授权到位率, guides, what was simplified. Pure.

What each is stands in `server/reports/definitions.py`, CATALOGUE.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import ceil
from typing import Any

from config import Hall, Power, Service
from server.domain import guide, item_lists
from server.domain.guide import Saved, Version
from server.domain.item_lists import IN_HALL, NO_VISIT, ONE_VISIT, InForce
from server.reports.figures.groups import ratio

Lists = Mapping[str, InForce]
History = Mapping[str, Sequence[Version]]


def quarter(today: date) -> date:
    """The first day of a day's quarter."""
    return date(today.year, (today.month - 1) // 3 * 3 + 1, 1)


def figures(hall: Hall, lists: Lists, history: History, today: date) -> dict[str, Any]:
    """{"total": figure -> value, "departments": [{"department", figure -> value}]}, as CATALOGUE has them."""
    doors = item_lists.entrances(hall)
    items = [one for code, one in hall.services.items() if code not in doors]
    begins = datetime.combine(quarter(today), datetime.min.time(), tzinfo=hall.zone).timestamp()
    spared = {code: savings(versions, begins) for code, versions in history.items()}

    def row(items: Sequence[Service], powers: Sequence[Power], codes: Iterable[str]) -> dict[str, Any]:
        return _row(items, powers, lists, [spared[code] for code in codes], today)

    departments = sorted({one.department for one in items} | {one.department for one in hall.powers})
    of = {code: _department(hall, code, versions) for code, versions in history.items()}
    return {
        "total": row(items, hall.powers, spared),
        "departments": [
            {
                "department": name,
                **row(
                    [one for one in items if one.department == name],
                    [one for one in hall.powers if one.department == name],
                    [code for code in spared if of[code] == name],
                ),
            }
            for name in departments
        ],
    }


def _department(hall: Hall, code: str, versions: Sequence[Version]) -> str:
    """Whose a service is; of one that the catalogue has no more, whose it was."""
    if code in hall.services:
        return hall.services[code].department
    last = next((one.content for one in reversed(versions) if one.content), {})
    return str(last.get("department", ""))


def savings(versions: Sequence[Version], begins: float) -> Saved:
    """What the versions since a moment save, each against the one before it."""
    both = pairwise(versions)
    return sum((guide.saved(a.content, b.content) for a, b in both if b.at >= begins), Saved())


def _row(
    items: Sequence[Service], powers: Sequence[Power], lists: Lists, spared: Sequence[Saved], today: date
) -> dict[str, Any]:
    listed = {kind: {*one.items} for kind, one in lists.items()}
    here = [one for one in items if one.code in listed.get(IN_HALL, ())]
    few = listed.get(NO_VISIT, set()) | listed.get(ONE_VISIT, set())
    ages = sorted(days for one in items if (days := guide.age(one, today)) is not None)
    saved = sum(spared, Saved())
    filled = sum(len(guide.NEEDED) - len(guide.lacking(one)) for one in items)

    def of_here(count: int, *kinds: str) -> dict[str, Any]:
        counted = IN_HALL in lists and (not kinds or any(kind in lists for kind in kinds))
        return ratio(count, len(here) if counted else 0)

    return {
        "moved_in": ratio(
            sum(any(code in listed.get(IN_HALL, ()) for code in one.services) for one in powers),
            len(powers) if IN_HALL in lists else 0,
        ),
        "delegated": of_here(sum(one.guide.delegated is True or one.guide.level == "counter" for one in here)),
        "decided_here": sum(one.guide.level == "counter" for one in here),
        "no_visit": of_here(sum(one.code in listed.get(NO_VISIT, ()) for one in here), NO_VISIT),
        "one_visit": of_here(sum(one.code in few for one in here), NO_VISIT, ONE_VISIT),
        "complete": ratio(filled, len(items) * len(guide.NEEDED)),
        "review_age": ages[ceil(len(ages) / 2) - 1] if ages else None,
        "never_reviewed": len(items) - len(ages),
        "fewer_materials": saved.materials,
        "fewer_days": saved.days,
        "fewer_visits": saved.visits,
    }
