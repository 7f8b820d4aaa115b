"""A day of the hall's own as a recording: played again it is the same day, and it names nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import config
from replay import generator, play
from replay.__main__ import main
from server.domain.worktime import day_span
from server.reports import recorded_day
from server.reports.recorded_day import Event
from server.store.history import History
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from server.views.recording import recording

HALL = config.load()
MONDAY = date(2026, 11, 23)
NINE = day_span(HALL, MONDAY)[0] + 9 * 3600
BY = By("test")


def told(hub: Hub) -> str:
    return recording(hub.hall, History(hub.read().conn), MONDAY)


def read(text: str) -> list[Event]:
    events, problems = recorded_day.parse(text, "day.csv", HALL.zone)
    assert problems.listing() == []
    return events


def bare(events: list[Event]) -> list[Event]:
    """As far as a recording of our own says it: visits by their order, whole seconds, no staff."""
    names: dict[str, str] = {}
    for event in events:
        names.setdefault(event.visit, str(len(names) + 1))
    return [
        e._replace(
            at=float(int(e.at)),
            visit=names[e.visit],
            staff="",
            klass=e.klass or ("ordinary" if e.event == "arrive" else ""),
            counter="" if e.event in ("arrive", "leave") else e.counter,
            outcome=e.outcome or ("其他" if e.event == "finish" else ""),
        )
        for e in events
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_day_that_was_played_is_told_as_it_was_and_played_again_once_more(seed: int) -> None:
    events = generator.day(HALL, MONDAY, seed, arrivals=120)
    for _ in range(2):
        hall = play.replay_hall(HALL, events)
        with play.hub_in(None, hall) as (hub, clock):
            assert play.play(hub, clock, events).refused == []
            again = read(told(hub))
        assert sorted(again) == sorted(bare(events))
        events = again


def test_what_the_form_cannot_say_is_said_by_more_visits(tmp_path: Path) -> None:
    counters_ = {name: HALL.counters[name] for name in ("1", "2")}
    hall = HALL.model_copy(update={"counters": counters_})
    with play.hub_in(None, play.replay_hall(hall, [Event(NINE, "call", "x", counter=c) for c in "12"])) as (hub, clock):
        clock.now = NINE
        for counter, staff in (("1", "08"), ("2", "09")):
            counters.open_counter(hub, BY, counter, staff=staff)
        first, second = (tickets.issue(hub, BY, "SB01").id for _ in range(2))

        def at(second: float) -> None:
            clock.now = NINE + second

        at(60)
        calls.call(hub, BY, "1", first)
        at(70)
        calls.start(hub, BY, "1")
        at(100)
        calls.suspend(hub, BY, "1", "away")
        at(110)
        calls.call(hub, BY, "1", second)
        at(120)
        calls.recall(hub, BY, "1")
        at(130)
        calls.pass_(hub, BY, "1")
        at(200)
        calls.call(hub, BY, "2", first)
        at(210)
        calls.start(hub, BY, "2")
        at(300)
        calls.finish(hub, BY, "2", "现场办结")
        text = told(hub)
    assert [(e.at - NINE, e.event, e.visit, e.counter) for e in read(text)] == [
        (0, "arrive", "1", ""),
        (0, "arrive", "2", ""),
        (60, "call", "1", "1"),
        (70, "start", "1", "1"),
        (100, "finish", "1", "1"),
        (110, "call", "2", "1"),
        (120, "call", "2", "1"),
        (130, "pass", "2", "1"),
        (200, "arrive", "3", ""),
        (200, "call", "3", "2"),
        (210, "start", "3", "2"),
        (300, "finish", "3", "2"),
    ]
    assert {e.staff for e in read(text)} == {""}
    assert "A001" not in text and "08" not in text.replace("2026-11-23T08", "").replace(":08", "")


def test_what_happened_within_a_second_is_told_in_its_order() -> None:
    hall = HALL.model_copy(update={"counters": {"1": HALL.counters["1"]}})
    with play.hub_in(None, play.replay_hall(hall, [Event(NINE, "call", "x", counter="1")])) as (hub, clock):
        clock.now = NINE
        counters.open_counter(hub, BY, "1", staff="08")
        earlier, later = (tickets.issue(hub, BY, "SB01").id for _ in range(2))
        calls.call(hub, BY, "1", later)
        calls.start(hub, BY, "1")
        clock.now = NINE + 60.2
        calls.finish(hub, BY, "1", "现场办结")
        clock.now = NINE + 60.7
        calls.call(hub, BY, "1", earlier)
        assert [(e.event, e.visit, e.outcome) for e in read(told(hub))][-2:] == [
            ("finish", "2", "现场办结"),
            ("call", "1", ""),
        ]


def test_the_command_writes_a_day_and_says_when_there_is_none(tmp_path: Path) -> None:
    text = (
        (config.ROOT / "config.toml")
        .read_text(encoding="utf-8")
        .replace('data = "var/hall"', f'data = "{tmp_path}/hall"')
    )
    assert f'"{tmp_path}/hall"' in text
    file = tmp_path / "config.toml"
    file.write_text(text.replace('"data/', f'"{config.ROOT}/data/'), encoding="utf-8")
    hall = config.load(file)
    with play.hub_in(hall.data, hall) as (hub, clock):
        clock.now = NINE
        tickets.issue(hub, BY, "SB01")
    out = tmp_path / "day.csv"
    command = CliRunner().invoke(main, ["export", "2026-11-23", "--config", str(file), "--to", str(out)])
    assert (command.exit_code, command.output.strip()) == (0, f"{out}: 1 rows")
    assert [e.event for e in read(out.read_text(encoding="utf-8"))] == ["arrive"]
    none = CliRunner().invoke(main, ["export", "2026-11-24", "--config", str(file), "--to", str(out)])
    assert none.exit_code == 2 and "gave out no number" in none.output
