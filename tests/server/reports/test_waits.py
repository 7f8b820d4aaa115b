"""What was told of waits, each figure by a loop of its own from the words of docs/figures.md."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import config
from server.reports.figures import waits
from server.reports.forms import poster, registers

HALL = config.load(config.ROOT / "config.toml")


@given(st.integers(0, 2**32), st.integers(0, 40))
def test_what_came_true(seed: int, n: int) -> None:
    chance = Random(seed)
    rows: list[dict[str, Any]] = []
    for _ in range(n):
        low, issued = 5 * chance.randint(0, 6), 3600.0 * chance.randint(9, 12) + chance.randint(0, 3000)
        rows.append(
            {
                "service": chance.choice(["SB01", "YB01"]),
                "klass": chance.choice(["ordinary", "green"]),
                "issued": issued,
                "called": chance.choice([None, issued + 60 * chance.randint(0, 40)]),
                "low": low,
                "high": low + 5 * chance.randint(1, 3),
                "source": "model",
            }
        )
    made = waits.waits_told(HALL, rows, lambda at: int(at // 3600))
    cuts: dict[str, Callable[[dict[str, Any]], str]] = {
        "class": lambda row: row["klass"],
        "service": lambda row: row["service"],
        "hour": lambda row: f"{row['issued'] // 3600:02.0f}",
    }
    told = [(made["total"], rows)]
    for cut, key in cuts.items():
        told += [(one, [row for row in rows if key(row) == one["key"]]) for one in made[cut]]
        assert [one["key"] for one in made[cut]] == sorted({key(row) for row in rows if row["called"] is not None})
    for one, mine in told:
        true = longer = shorter = width = 0
        for row in mine:
            if row["called"] is None:
                continue
            waited = row["called"] - row["issued"]
            width += row["high"] - row["low"]
            if waited < row["low"] * 60:
                shorter += 1
            elif waited > row["high"] * 60:
                longer += 1
            else:
                true += 1
        count = true + longer + shorter
        assert one["n"] == count
        for name, part in (("came_true", true), ("longer", longer), ("shorter", shorter)):
            assert (one[name]["numerator"], one[name]["denominator"]) == (part, count)
        assert one["width_min"] == (round(width / count, 1) if count else None)


def report() -> dict[str, Any]:
    facts = {"service": "SB01", "klass": "ordinary", "issued": 36000.0, "low": 5, "high": 10, "source": "model"}
    rows = [{**facts, "called": 36000.0 + 60 * minutes} for minutes in (3, 5, 8, 10, 11)]
    return {"waits_told": waits.waits_told(HALL, rows, lambda at: int(at // 3600))}


def test_the_poster_says_it_where_the_hall_wants_and_something_was_told() -> None:
    assert poster.waits(report()) == (
        " 取号时告知等候时间5次，60.0 %说准，20.0 %等得更久。 Of 5 waits told, 60.0 % came true; 20.0 % waited longer."
    )
    assert poster.waits({}) == poster.waits({"waits_told": waits.waits_told(HALL, [], lambda at: 9)}) == ""
    assert "说准" not in poster.note(report(), HALL)
    wanted = HALL.model_copy(update={"report": HALL.report.model_copy(update={"poster_waits": True})})
    assert "60.0 %说准" in poster.note(report(), wanted)


def test_the_report_has_a_table_of_it() -> None:
    (sheet,) = registers._waits_told(report()["waits_told"])
    assert [cell for cell in sheet.rows[0]][1:3] == [5, 0.6]
    assert registers._waits_told(None) == []
