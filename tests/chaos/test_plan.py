"""The deck of faults, and what counts as lost, doubled or false: pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from chaos.harm import HARM
from chaos.judge import Calling, Job, Kept, Told, judged
from chaos.plan import KINDS, PAPER, faults
from chaos.soak import Sample, flat, slopes

TOLD = Told({"kiosk1-a", "kiosk1-b"}, {"kiosk1-a": "A001"}, {"press-1": ("1", "A001")})
KEPT = Kept(
    keys={"kiosk1-a": "A001", "kiosk1-b": "A002"},
    tickets={"A001": "finished", "A002": "waiting"},
    order=[("A", 2), ("A", 1)],
    callings=[Calling("Issued", "A001", ""), Calling("Called", "A001", "1"), Calling("Finished", "A001", "1")],
    jobs=[Job("A001", "printed", 0), Job("A002", "unknown", 0)],
    chain=[],
)


def test_the_same_seed_is_the_same_faults_and_each_kind_comes_in_each_round() -> None:
    first, again = (list(islice(faults(7), 3 * len(KINDS))) for _ in range(2))
    assert first == again != list(islice(faults(8), 3 * len(KINDS)))
    assert {fault.kind for fault in first[: len(KINDS)]} == {*KINDS} == {*HARM}
    long = islice(faults(7, ["paper"]), len(PAPER))
    assert {fault.what for fault in long} == {*PAPER}


def test_a_hall_in_which_nothing_is_wrong() -> None:
    assert judged(TOLD, KEPT, {"A001": 1, "A002": 1}) == judged(TOLD, KEPT, {"A001": 1}) == []


@pytest.mark.parametrize(
    ("changes", "papers", "verdict", "what"),
    [
        ({"keys": {"kiosk1-b": "A002"}}, {}, "lost", "touch kiosk1-a was answered A001"),
        ({"keys": {"kiosk1-a": "A002", "kiosk1-b": "A001"}}, {}, "false", "the hub has A002"),
        ({"keys": {**KEPT.keys, "kiosk9-x": "A003"}}, {}, "doubled", "that nobody made"),
        ({"tickets": {**KEPT.tickets, "A003": "waiting"}}, {}, "doubled", "3 numbers of 2 touches"),
        ({"order": [("A", 1), ("A", 3)]}, {}, "lost", "left out: A002"),
        ({"callings": []}, {}, "lost", "told that it calls A001"),
        ({"callings": [*KEPT.callings[:2], Calling("Called", "A001", "2")]}, {}, "doubled", "called by 1 and by 2"),
        ({}, {"A001": 2}, "doubled", "2 slips of A001, 1 were wanted"),
        ({}, {"A001": 0}, "false", "A001: 1 slips said to be printed, 0 came out"),
        ({"chain": ["journal:3: row missing"]}, {}, "false", "verify: journal:3"),
        ({"tickets": {**KEPT.tickets, "A002": "expired"}}, {}, "lost", "A002 was expired"),
    ],
)
def test_each_wrong_is_seen(changes: dict, papers: dict[str, int], verdict: str, what: str) -> None:
    found = judged(TOLD, replace(KEPT, **changes), {"A001": 1, **papers})
    assert any(one.verdict == verdict and what in one.what for one in found), found


def test_a_number_given_twice_is_seen() -> None:
    twice = Told(TOLD.touched, {"kiosk1-a": "A001", "kiosk1-b": "A001"})
    assert "doubled" in {one.verdict for one in judged(twice, KEPT, {"A001": 1})}


def test_what_grows_in_a_soak_is_named() -> None:
    def week(memory: float, files: int) -> list[Sample]:
        return [Sample(day, 170, 100 + memory * day, 50 + files * day, 9, 1.0, 2.0, 4.0) for day in range(1, 8)]

    assert flat(slopes(week(0.1, 0))) == []
    assert flat(slopes(week(5.0, 0))) == ["memory MB"]
    assert flat(slopes(week(0.0, 1))) == ["files"]
