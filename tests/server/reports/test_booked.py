"""Figures of bookings: each against a slow and obvious count of made-up days."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import config
from server.domain import slots
from server.domain.slots import Appointment
from server.reports import period
from server.reports.definitions import SLOT_FIGURES
from server.reports.figures import booked
from server.reports.forms import flat, sheets
from server.reports.report import report
from server.store.history import History
from server.verbs import bookings, day
from server.verbs import slots as verbs
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock, write_hall
from tests.server.verbs.test_slots import NINE, TWENTY, planned

DAYS = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
UNTIL = MONDAY_9 + 3 * 86400 + 1800


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return write_hall(tmp_path, lambda file: planned(file, capacity=2))


def made_up(seed: int) -> list[Appointment]:
    chance = random.Random(seed)
    found = []
    for number in range(1, 200):
        on = chance.randrange(7)
        listed = chance.random() < 0.2
        state = chance.choice(["booked", "booked", "booked", "cancelled", "withdrawn", "listed"])
        start = None if state == "listed" else MONDAY_9 + on * 86400 + chance.randrange(3) * TWENTY
        found.append(
            Appointment(
                id=number,
                plan=chance.choice(["p", "p", "gone"]),
                service="SB01",
                day=DAYS[on].isoformat(),
                start=start,
                minutes=20,
                state=state,  # type: ignore[arg-type]
                channel="page",
                language="zh",
                made_at=0.0,
                changed_at=0.0,
                was_listed=listed or state == "listed",
            )
        )
    return found


def plain(hall: config.Hall, known: booked.Known, of: Any) -> dict[str, Any]:
    """The same, counted one by one from the words of the definitions. `of(plan, day)`: whether it is of the row."""
    n = dict.fromkeys(("places", "room", "booked", "arrived", "missed", "cancelled", "withdrawn", "listed", "from"), 0)
    for on in DAYS:
        for plan in hall.slots:
            for slot in slots.of_day(hall, plan, on):
                if slot.end <= UNTIL and of(plan, on.isoformat()):
                    n["places"] += 2
                    n["room"] += 5  # counters of the demo that serve SB01
    for one in known.bookings:
        if not of(one.plan, one.day) or (one.start is not None and one.start + 1200 > UNTIL):
            continue
        n["listed"] += one.was_listed
        if one.state == "cancelled":
            n["cancelled"] += 1
        if one.state == "withdrawn":
            n["withdrawn"] += 1
        if one.state == "booked":
            n["booked"] += 1
            n["from"] += one.was_listed
            if one.id in known.arrived:
                n["arrived"] += 1
            elif (one.day, "") not in known.shut and (one.day, "SB01") not in known.shut:
                n["missed"] += 1

    def share(a: int, b: int) -> dict[str, Any]:
        return {"numerator": a, "denominator": b, "share": round(a / b, 6) if b else None}

    return {
        "slot_places": n["places"],
        "slots_booked": n["booked"],
        "slots_filled": share(n["booked"], n["places"]),
        "slots_of_counters": share(n["booked"], n["room"]),
        "slots_arrived": n["arrived"],
        "slots_missed": n["missed"],
        "slots_no_show": share(n["missed"], n["arrived"] + n["missed"]),
        "slots_cancelled": n["cancelled"],
        "slots_withdrawn": n["withdrawn"],
        "slots_listed": n["listed"],
        "from_the_list": n["from"],
    }


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_is_what_a_plain_count_gives(hall: config.Hall, seed: int) -> None:
    rows = made_up(seed)
    arrived = frozenset(one.id for one in rows if one.id % 3)
    known = booked.Known(rows, arrived, frozenset({("2026-11-24", ""), ("2026-11-25", "SB01")}))
    made = booked.booked(hall, known, DAYS, UNTIL)
    assert set(made["total"]) == {figure.id for figure in SLOT_FIGURES}
    assert made["total"] == plain(hall, known, lambda plan, on: True) and made["total"]["slots_booked"] > 10
    assert [one["key"] for one in made["plan"]] == ["p", "gone"]
    for cut in ("plan", "day"):
        for row in made[cut]:
            key = row["key"]
            got = {name: value for name, value in row.items() if name not in ("key", "name", "name_en")}
            assert got == plain(hall, known, lambda plan, on, key=key: key in (plan, on)), (cut, key)


@pytest.fixture
def week(hub: Hub, clock: HandClock) -> dict[str, Any]:
    """Two come of three on Tuesday at nine and twenty past; one was cancelled, one was on the list."""
    taken = [verbs.book(hub, By("visitor"), "SB01", NINE + n // 2 * TWENTY, channel="desk").id for n in range(6)]
    listed = verbs.wait_for(hub, By("visitor"), "SB01", date(2026, 11, 24), channel="desk").id
    clock.forward(1)
    verbs.cancel(hub, By("visitor"), taken[0])
    verbs.accept(hub, By("visitor"), listed)
    clock.at = NINE
    day.tick(hub)
    for one in (taken[1], listed):
        code = verbs.code_of(hub.hall, one)
        bookings.check_in(hub, By("K1"), code, language="zh", large_print=False, printers=())
    clock.at = NINE + 3600
    return report(hub.hall, period.parse("2026-W48"), History(hub.read().conn), hub.now())


def test_a_week_of_a_hall_is_in_every_form(week: dict[str, Any]) -> None:
    total = week["booked"]["total"]
    assert (total["slots_booked"], total["slots_arrived"], total["slots_missed"]) == (6, 2, 4)
    assert (total["slots_cancelled"], total["slots_listed"], total["from_the_list"]) == (1, 1, 1)
    assert total["slots_no_show"] == {"numerator": 4, "denominator": 6, "share": 0.666667}
    assert total["slot_places"] == 12, "Monday's and Tuesday's three slots of two"
    found = {one.id: one for one in sheets.sheets(week)}
    assert found["slots"].keys == tuple(figure.id for figure in SLOT_FIGURES) and len(found["slots_plan"].rows) == 1
    lines = flat.flat(week).decode("utf-8-sig").splitlines()
    assert any(",booked,,,slots_missed,,4," in line for line in lines)


def test_a_report_without_slots_has_no_table_of_them(week: dict[str, Any]) -> None:
    old = {name: value for name, value in week.items() if name != "booked"}
    assert "slots" not in {one.id for one in sheets.sheets(old)}
