"""Figures of complaints and questions, held against a plain loop over every record that was made for it, by the words
of docs/figures.md.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from server.domain.register import Record, Step
from server.reports.figures import lodged
from server.reports.figures.groups import ratio
from server.reports.voice_registers import voice_registers

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 11, 1, tzinfo=ZONE).timestamp()
SPAN = (FIRST + 7 * 86400, FIRST + 14 * 86400)
DAY = 86400.0


def day(at: float) -> date:
    return datetime.fromtimestamp(at, ZONE).date()


def life(chance: Random, n: int) -> Record:
    """A complaint of some life: lodged, perhaps answered (once or twice), perhaps over."""
    opened = FIRST + chance.uniform(0, 16) * DAY
    moves, at, values, verdicts = [Step(opened, "lodge", "lodged", "visitor", {})], opened, {}, {}
    values["category"] = chance.choice(["attitude", "attitude", "delay", "rules", "other"])
    kind, closed = "open", None
    if chance.random() < 0.7:
        for _ in range(chance.choice([1, 1, 2])):
            at += chance.uniform(0.1, 4) * DAY
            moves.append(Step(at, "answer", "answered", "09", {}))
        values["finding"] = chance.choice(["upheld", "partly", "not_upheld"])
        verdicts["handle"] = {"late": chance.random() < 0.4}
        verdicts["accept"] = {"late": chance.random() < 0.4}
        if chance.random() < 0.6:
            at += chance.uniform(0.1, 3) * DAY
            kind, closed = "done", at
            if chance.random() < 0.7:
                values["satisfied"] = chance.choice(["yes", "partly", "no"])
    elif chance.random() < 0.3:
        kind, closed = "void", at + DAY
    return Record(
        id=n,
        register="complaint",
        version=1,
        number=f"TS{n}",
        state="x",
        kind=kind,
        ticket=None,
        service="",
        owner="",
        opened_at=opened,
        changed_at=at,
        closed_at=closed,
        values=values,
        moves=tuple(moves),
        verdicts=verdicts,
    )


@given(st.integers(0, 2**32), st.integers(0, 40), st.integers(0, 6))
def test_complaints(seed: int, many: int, few: int) -> None:
    chance = Random(seed)
    told = [life(chance, n) for n in range(many)]
    rows = lodged.lodged(voice_registers(), lambda key: told if key == "complaint" else [], SPAN, day, few)
    made = {row["key"]: row for row in rows}["complaint"]
    received = answered = timely = done = upheld = found = pleased = said = 0
    days: list[int] = []
    kinds: dict[str, int] = {}
    for one in told:
        if one.kind == "void":
            continue
        if SPAN[0] <= one.opened_at < SPAN[1]:
            received += 1
            kinds[one.values["category"]] = kinds.get(one.values["category"], 0) + 1
        if one.closed_at is not None and SPAN[0] <= one.closed_at < SPAN[1]:
            done += 1
        answers = [step.at for step in one.moves if step.move == "answer"]
        if answers and SPAN[0] <= answers[0] < SPAN[1]:
            answered += 1
            timely += not one.verdicts["handle"]["late"]
            days.append((day(answers[0]) - day(one.opened_at)) // timedelta(days=1))
            found += 1
            upheld += one.values["finding"] != "not_upheld"
            if "satisfied" in one.values:
                said += 1
                pleased += one.values["satisfied"] != "no"
    assert (made["received"], made["answered"], made["done"]) == (received, answered, done)
    assert made["on_time"] == ratio(timely, answered) and made["upheld"] == ratio(upheld, found)
    assert made["satisfied"] == ratio(pleased, said) and made["days"] == (median(days) if days else None)
    for row in made["category"]:
        n = kinds.get(row["key"], 0)
        assert row["received"] in (n, None) and (row["received"] is None or not 0 < n < few)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.integers(0, 6))
def test_no_small_cell_is_found_by_subtraction(counts: list[int], few: int) -> None:
    """Whoever knows the sum and every cell that is told: what is left is of two cells at least, or of none."""
    cells = {str(n): count for n, count in enumerate(counts)}
    shown = lodged.suppressed(cells, few)
    hidden = [key for key, n in shown.items() if n is None]
    assert all(cells[key] == n for key, n in shown.items() if n is not None)
    assert not any(n is not None and 0 < n < few for n in shown.values())
    others: list[Any] = [key for key in cells if cells[key] >= few and cells[key] > 0]
    assert len(hidden) != 1 or not [key for key in others if key not in hidden]
