"""How far a case is, as its receipt's holder is told: by date, by state, and nothing of what it is about."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

import config
from server.domain.deadline import WorkingDays
from server.domain.progress import STEPS, progress
from server.domain.register import Ground, Record, Step
from server.store.register_files import read

HALL = config.load()
CASE = read(HALL).current["case"]
ZONE = ZoneInfo("Asia/Shanghai")
ON = Ground(HALL.services, HALL.counters, WorkingDays.of(HALL), ZONE)


def at(day: str) -> float:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZONE).timestamp()


def case(state: str, *moves: tuple[str, str, str]) -> Record:
    """`moves`: (day, move, state after it); accepted with seven working days."""
    steps = tuple(Step(at(day), move, then, "08", {"promised": [7, "working"]}) for day, move, then in moves)
    return Record(
        id=1,
        register="case",
        version=1,
        number="BJ20261123-007",
        state=state,
        kind=CASE.states[state].kind,
        ticket=None,
        service="MZ01",
        owner="08",
        opened_at=0,
        changed_at=0,
        moves=steps,
    )


ACCEPTED = ("2026-11-23", "accept", "accepted")


def test_a_case_in_hand_says_by_when_it_was_promised() -> None:
    told = progress(CASE, case("accepted", ACCEPTED), ON, date(2026, 11, 24))
    assert told.due == date(2026, 12, 2) and not told.late
    assert told.sentence.zh == "BJ20261123-007已受理，正在办理，承诺12月2日前办结。"
    assert told.sentence.en == "BJ20261123-007: accepted, in hand; promised by 2 December."


def test_a_case_that_is_late_says_so_and_names_no_date_that_is_past() -> None:
    told = progress(CASE, case("accepted", ACCEPTED), ON, date(2026, 12, 3))
    assert told.late and "已超过承诺期限" in told.sentence.zh and "12月" not in told.sentence.zh


def test_a_clock_that_is_stopped_has_no_date() -> None:
    told = progress(CASE, case("special", ACCEPTED, ("2026-11-25", "special", "special")), ON, date(2026, 11, 26))
    assert told.due is None and "不计入期限" in told.sentence.zh and "承诺" not in told.sentence.zh


def test_a_date_of_a_year_without_a_calendar_is_provisional() -> None:
    told = progress(CASE, case("accepted", ("2026-12-24", "accept", "accepted")), ON, date(2026, 12, 28))
    assert told.provisional and "（暂定）" in told.sentence.zh and "(provisional)" in told.sentence.en


@pytest.mark.parametrize("state", [*CASE.states])
def test_every_state_has_its_step_and_no_word_of_the_matter(state: str) -> None:
    told = progress(CASE, case(state), ON, date(2026, 11, 24))
    assert told.step == STEPS[state]
    assert HALL.service_name("MZ01").zh not in told.sentence.zh and "08" not in told.sentence.zh.replace(
        "BJ20261123", ""
    )


def test_a_refusal_that_is_only_proposed_is_nobodys_to_know() -> None:
    assert STEPS["reviewing"] == STEPS["received"]
