"""The deck of faults, and what counts as lost, doubled or false: pure."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from chaos.harm import HARM
from chaos.judge import Calling, Entered, Job, Kept, Told, judged
from chaos.plan import ALONE, KINDS, PAPER, faults
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
    for kind, troubles in (("paper", PAPER), ("alone", ALONE)):
        assert {fault.what for fault in islice(faults(7, [kind]), len(troubles))} == {*troubles}


def test_a_hall_in_which_nothing_is_wrong() -> None:
    assert judged(TOLD, KEPT, {"A001": 1, "A002": 1}) == judged(TOLD, KEPT, {"A001": 1}) == []
    many = [("A", n) for n in (*range(1, 601), *range(1401, 1410))]
    assert judged(TOLD, replace(KEPT, order=many), {"A001": 1}) == [], "601 to 1400 are never the hub's own"
    (gap,) = judged(TOLD, replace(KEPT, order=[one for one in many if one[1] != 1404]), {"A001": 1})
    assert gap.what == "left out: A1404 (1)"


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


LONE = replace(
    TOLD,
    touched={*TOLD.touched, "kiosk4-a", "kiosk4-b", "kiosk4-c"},
    offline={"kiosk4-a": "A641", "kiosk4-b": "A642"},
    printed={"A641"},
)
BACK = replace(
    KEPT,
    tickets={**KEPT.tickets, "A641": "waiting", "A642": "waiting"},
    keys={**KEPT.keys, "kiosk4-a": "A641", "kiosk4-b": "A642"},
    entered=[Entered("A641", "A641", 100.0, 200.0), Entered("A642", "A642", 101.0, 200.0)],
)
PAPERS = {"A001": 1, "A641": 1}


def test_a_kiosk_that_was_alone_and_is_back() -> None:
    assert judged(LONE, BACK, PAPERS) == []
    third = Entered("A643", "A643", 102.0, 200.0)
    died = replace(BACK, tickets={**BACK.tickets, "A643": "waiting"}, entered=[*BACK.entered, third])
    died = replace(died, keys={**BACK.keys, "kiosk4-c": "A643"})
    assert judged(LONE, died, {**PAPERS, "A643": 1}) == [], "it died before anybody saw the number"
    left = {**BACK.tickets, "A003": "left"}
    twice = replace(BACK, tickets=left, keys={**BACK.keys, "kiosk4-a": "A003"}, order=[*BACK.order, ("A", 3)])
    assert judged(LONE, twice, PAPERS) == [], "the touch had reached the hub, and nobody saw that number"


@pytest.mark.parametrize(
    ("changes", "papers", "verdict", "what"),
    [
        ({"entered": BACK.entered[:1]}, {}, "lost", "A642 was given out without the hub"),
        ({"entered": [*BACK.entered, BACK.entered[1]]}, {}, "doubled", "A642 was entered 2 times"),
        ({"entered": BACK.entered[::-1]}, {}, "false", "another order"),
        ({"entered": [BACK.entered[0], BACK.entered[1]._replace(taken=99.0)]}, {}, "false", "not in their order"),
        ({"entered": [BACK.entered[0], BACK.entered[1]._replace(number="A003")]}, {}, "false", "entered as A003"),
        ({"entered": [BACK.entered[0], BACK.entered[1]._replace(taken=201.0)]}, {}, "false", "after it was entered"),
        ({"keys": {**BACK.keys, "kiosk4-a": "A001"}}, {}, "doubled", "touch kiosk4-a has A641 and A001"),
        (
            {"entered": [*BACK.entered, *(Entered(n, n, 102.0, 200.0) for n in ("A643", "A644"))]},
            {},
            "doubled",
            "nobody",
        ),
        ({}, {"A641": 0}, "false", "A641: 1 slips said to be printed, 0 came out"),
        ({}, {"A642": 2}, "doubled", "2 slips of A642, 1 were wanted"),
    ],
)
def test_each_wrong_of_a_kiosk_that_was_alone_is_seen(
    changes: dict, papers: dict[str, int], verdict: str, what: str
) -> None:
    found = judged(LONE, replace(BACK, **changes), {**PAPERS, **papers})
    assert any(one.verdict == verdict and what in one.what for one in found), found


def test_what_grows_in_a_soak_is_named() -> None:
    def week(memory: float, files: int, cpu: float = 0.0) -> list[Sample]:
        return [
            Sample(day, 170, 100 + memory * day, 50 + files * day, 9, 1.0 * day, 2.0, 4.0, 1.0 + cpu * day)
            for day in range(1, 8)
        ]

    assert flat(slopes(week(0.1, 0))) == []
    assert flat(slopes(week(5.0, 0))) == ["memory MB"]
    assert flat(slopes(week(0.0, 1))) == ["files"]
    assert flat(slopes(week(0.0, 0, 0.5))) == ["processor ms"]
