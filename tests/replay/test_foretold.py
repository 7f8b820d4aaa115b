"""Invented halls and a recording judged: small ones; docs/foresight.md has the figures of whole ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import config
from replay import foretold, invented_halls
from replay.__main__ import main
from replay.generator import day
from server.foresight.seer import Seer
from server.foresight.watch import Watch
from server.reports.recorded_day import written


def course(kind: str, seed: int, days: int) -> foretold.Course:
    made = foretold.Course(Seer(Watch(standard=invented_halls.STANDARD_MIN)), invented_halls.may_call(kind))
    for number, events in enumerate(invented_halls.days(kind, seed, days)):
        made.day(number, events)
    return made


@pytest.mark.parametrize("kind", ["A", "B", "C"])
def test_after_two_weeks_it_is_better_than_the_formula_and_covers_what_it_says(kind: str) -> None:
    waits = [wait for wait in course(kind, 11, 14).waits if wait.day >= 7]
    judged = foretold.judge(waits)
    assert judged.ratio <= 0.8 and 0.74 <= judged.covered <= 0.88


def test_last_numbers_are_kept() -> None:
    """In a hall with a crowd before closing."""
    last = foretold.promises([wait for wait in course("C", 11, 12).waits if wait.day >= 6], invented_halls.OPEN[1])
    assert last.promised > 0.5 * last.came and last.promised < last.came
    assert last.broken <= 0.015 * last.promised and last.in_vain <= 0.2 * last.came


def test_the_same_seed_is_the_same_hall_and_the_same_words() -> None:
    one, other = course("C", 4, 2).waits, course("C", 4, 2).waits
    assert one == other and invented_halls.days("C", 4, 1) != invented_halls.days("C", 5, 1)


def test_counters_are_open_only_between_their_events() -> None:
    for events in invented_halls.days("B", 3, 3):
        there: set[str] = set()
        for event in events:
            if event.event == "open":
                there.add(event.counter)
            elif event.event == "close":
                there.remove(event.counter)
            elif event.event == "call":
                assert event.counter in there
        assert not there


def test_a_recording_is_judged_by_one_command(tmp_path: Path) -> None:
    hall = config.load(config.ROOT / "config.toml")
    from datetime import date

    events = [event for n in (23, 24, 25, 26) for event in _named(day(hall, date(2026, 11, n), 1, arrivals=120), n)]
    file = tmp_path / "days.csv"
    file.write_text(written(events, hall.zone), encoding="utf-8")
    done = CliRunner().invoke(main, ["foresight", str(file)])
    assert done.exit_code == 0, done.output
    assert "waits of the last 2 days" in done.output and "head of the line (HOL)" in done.output
    assert CliRunner().invoke(main, ["foresight"]).exit_code == 2


def _named(events: list, n: int) -> list:  # type: ignore[type-arg]
    return [event._replace(visit=f"{n}-{event.visit}") for event in events]
