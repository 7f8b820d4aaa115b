"""The catalogue's figures held against plain loops from the words of their definitions, over made-up catalogues."""

from __future__ import annotations

import random
import statistics
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import config
from config import GuideTable, Power
from server.domain import guide
from server.domain.guide import Version
from server.domain.item_lists import InForce
from server.reports import definitions
from server.reports.figures import coverage

HALL = config.load()
TODAY = date(2026, 11, 23)
DOORS = {"ZX01", *HALL.reserved}
NEEDED = 13


def made(seed: int) -> tuple[config.Hall, dict[str, InForce], dict[str, list[Version]]]:
    """A hall with guides, lists, powers and versions by chance."""
    dice = random.Random(seed)
    services = {}
    for code, one in HALL.services.items():
        told: dict[str, Any] = {}
        if dice.random() < 0.7:
            told = {
                "delegated": dice.choice([None, True, False]),
                "level": dice.choice(["", "counter", "street"]),
                "conditions": dice.choice([[], [["甲", "a"]]]),
                "reviewed": dice.choice([None, TODAY - timedelta(days=dice.randrange(900))]),
                "url": dice.choice(["", "https://example.cn/"]),
                "materials": {name: {"source": "own", "copies": dice.randrange(2)} for name in one.materials},
            }
        changed = {"department": dice.choice(["人社", "民政", ""]), "legal": dice.choice(["", "20工作日"])}
        services[code] = one.model_copy(update={"guide": GuideTable.model_validate(told), **changed})
    codes = [*services]
    powers = tuple(
        Power(
            number=str(n), name=str(n), department=dice.choice(["人社", "城管"]), services=tuple(dice.sample(codes, 2))
        )
        for n in range(dice.randrange(6))
    )
    lists = {}
    for kind in ("in_hall", "no_visit", "one_visit"):
        if dice.random() < 0.8:
            lists[kind] = InForce(kind, 1, "QD", TODAY, tuple(dice.sample(codes, dice.randrange(len(codes)))))
    history: dict[str, list[Version]] = {}
    for code in dice.sample(codes, 12):
        at = datetime(2026, 8, 1, tzinfo=HALL.zone).timestamp()
        for number in range(1, dice.randrange(2, 6)):
            at += dice.randrange(60) * 86400.0
            content = {
                "promise": dice.choice(["5工作日", "即办", "10自然日", ""]),
                "visits": str(dice.randrange(3)),
                "materials": {str(n): {} for n in range(dice.randrange(4))},
            }
            history.setdefault(code, []).append(Version(number, at, None if dice.random() < 0.1 else content))
    return HALL.model_copy(update={"services": services, "powers": powers}), lists, history


def share(part: int, whole: int) -> dict[str, Any]:
    return {"numerator": part, "denominator": whole, "share": round(part / whole, 6) if whole else None}


def plain(
    hall: config.Hall, lists: dict[str, InForce], history: dict[str, list[Version]], department: str | None
) -> dict[str, Any]:
    """Each figure once more, slow and obvious."""

    def mine(name: str) -> bool:
        return department is None or name == department

    inside = lists["in_hall"].items if "in_hall" in lists else ()
    powers = [one for one in hall.powers if mine(one.department)]
    items = [one for code, one in hall.services.items() if code not in DOORS and mine(one.department)]
    here = [one for one in items if one.code in inside]
    in_lists = {kind: [one for one in here if kind in lists and one.code in lists[kind].items] for kind in lists}
    zero = {one.code for one in in_lists.get("no_visit", [])}
    few = zero | {one.code for one in in_lists.get("one_visit", [])}
    whole = len(here) if "in_hall" in lists else 0
    filled, days = 0, []
    for one in items:
        table = one.guide
        filled += sum(map(bool, (one.basis, one.legal, one.promise, one.fee, one.department, one.visits)))
        filled += sum(map(bool, (table.conditions, table.steps, table.level, table.url, table.reviewed)))
        filled += table.delegated is not None
        good = [
            n for n in one.materials if n in table.materials and table.materials[n].source and table.materials[n].copies
        ]
        filled += len(good) == len(one.materials)
        if table.reviewed:
            days.append((TODAY - table.reviewed).days)
    fewer = [0, 0, 0]
    for code, versions in history.items():
        if not mine(hall.services[code].department):
            continue
        for number in range(1, len(versions)):
            old, new = versions[number - 1].content, versions[number].content
            if versions[number].at < datetime(2026, 10, 1, tzinfo=hall.zone).timestamp() or old is None or new is None:
                continue
            working = {"5工作日": 5, "即办": 0}
            fewer[0] += len(old["materials"]) - len(new["materials"])
            if old["promise"] in working and new["promise"] in working:
                fewer[1] += working[old["promise"]] - working[new["promise"]]
            fewer[2] += int(old["visits"]) - int(new["visits"])
    moved = [one for one in powers if set(one.services) & set(inside)]
    return {
        "moved_in": share(len(moved), len(powers) if "in_hall" in lists else 0),
        "delegated": share(sum(one.guide.delegated is True or one.guide.level == "counter" for one in here), whole),
        "decided_here": sum(one.guide.level == "counter" for one in here),
        "no_visit": share(len(zero), whole if "no_visit" in lists else 0),
        "one_visit": share(len(few), whole if {"no_visit", "one_visit"} & {*lists} else 0),
        "complete": share(filled, len(items) * NEEDED),
        "review_age": statistics.median_low(days) if days else None,
        "never_reviewed": len(items) - len(days),
        "fewer_materials": fewer[0],
        "fewer_days": fewer[1],
        "fewer_visits": fewer[2],
    }


@pytest.mark.parametrize("seed", range(60))
def test_every_figure_of_a_made_up_catalogue(seed: int) -> None:
    hall, lists, history = made(seed)
    found = coverage.figures(hall, lists, history, TODAY)
    assert found["total"] == plain(hall, lists, history, None)
    for row in found["departments"]:
        name = row.pop("department")
        assert row == plain(hall, lists, history, name), name
    for name in ("never_reviewed", "fewer_materials", "fewer_days", "fewer_visits"):
        assert found["total"][name] == sum(row[name] for row in found["departments"])


def test_each_figure_is_defined_and_nothing_else_is_counted() -> None:
    total = coverage.figures(HALL, {}, {}, TODAY)["total"]
    assert list(total) == [one.id for one in definitions.CATALOGUE] and len(guide.NEEDED) == NEEDED
    assert total["moved_in"]["share"] is None and total["delegated"]["share"] is None, "no list is in force"
    page = (config.ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    assert all(f"`{one.id}`" in page for one in definitions.CATALOGUE)


@pytest.mark.parametrize(
    ("day", "first"), [("2026-01-01", "2026-01-01"), ("2026-03-31", "2026-01-01"), ("2026-12-31", "2026-10-01")]
)
def test_a_quarter_begins(day: str, first: str) -> None:
    assert coverage.quarter(date.fromisoformat(day)) == date.fromisoformat(first)
