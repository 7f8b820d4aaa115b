from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import config
from replay import arrivals_1999, check_real, generator, play
from replay.__main__ import main
from server.domain.visit import Visit
from server.domain.worktime import day_span
from server.reports import period, recorded_day
from server.reports.recorded_day import Event
from server.reports.report import report
from server.store.history import History

HALL = config.load()
MONDAY = date(2026, 11, 23)
RESEARCH = """date,arrived,service,priority,waited_s,outcome,served_s,agent
1999-02-01,08:00:00,PS,0,0,served,100,TOVA
1999-02-01,08:00:10,NW,2,30,served,0,NO_SERVER
1999-02-01,08:00:20,PS,1,50,left,,
1999-02-01,08:00:30,PS,0,70,served,200,TOVA
1999-02-01,08:01:00,PS,0,0,left,,
1999-02-01,11:59:00,NE,0,9060,served,60,ANAT
1999-02-05,23:50:00,PS,0,30,served,1200,ANAT
1999-02-05,23:59:30,PS,0,60,left,,
1999-02-07,10:00:00,IN,0,12,served,33,MIKI
1999-02-08,10:00:00,IN,2,5000,served,33,MIKI
"""


def in_order(visits: list[Visit]) -> list[tuple[object, ...]]:
    return sorted(tuple(v) for v in (v._replace(counter=v.counter or "", staff=v.staff or "") for v in visits))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def research(tmp_path: Path) -> Path:
    file = tmp_path / "research.csv"
    file.write_text(RESEARCH, encoding="utf-8")
    return file


@pytest.mark.parametrize("seed", [1, 2])
def test_a_replayed_day_is_what_the_events_say(seed: int) -> None:
    events = generator.day(HALL, MONDAY, seed, arrivals=120)
    hall = play.replay_hall(HALL, events)
    with play.hub_in(None, hall) as (hub, clock):
        played = play.play(hub, clock, events)
        found = hub.store.visits("2026-11-23", "2026-11-23")
        made = report(hall, period.parse("2026-W48"), History(hub.read().conn), clock.now)
    assert played.refused == []
    folded = generator.visits(hall, events, day_span(hall, MONDAY)[1])
    assert in_order(found) == in_order(folded)
    assert (played.tickets, played.served) == (120, sum(v.state == "finished" for v in folded))
    assert made["identity"]["closes"]
    assert made["total"]["wait"]["n"] == played.called
    assert made["total"]["wait"]["max"] == max(v.called - v.arrived for v in folded if v.called is not None)
    assert made["total"]["open"] == 0


def test_who_still_waits_when_the_last_day_ends_expires() -> None:
    events = [Event(day_span(HALL, MONDAY)[0] + 40000, "arrive", "v1", "SB01")]
    hall = play.replay_hall(HALL, events)
    with play.hub_in(None, hall) as (hub, clock):
        play.play(hub, clock, events)
        (visit,) = hub.store.visits("2026-11-23", "2026-11-23")
    assert (visit.state, visit.ended) == ("expired", day_span(HALL, MONDAY)[1])


def test_a_counter_changes_hands_and_a_refusal_is_kept() -> None:
    nine = day_span(HALL, MONDAY)[0] + 9 * 3600
    events = [
        Event(nine, "arrive", "v1", "NEW1", "vip"),
        Event(nine, "arrive", "v2", "NEW1"),
        Event(nine + 1, "call", "v1", counter="77", staff="Li"),
        Event(nine + 2, "finish", "v1", counter="77"),
        Event(nine + 3, "call", "v2", counter="77", staff="Wei"),
        Event(nine + 4, "start", "v2"),
        Event(nine + 5, "pass", "v2"),
    ]
    hall = play.replay_hall(HALL, events)
    with play.hub_in(None, hall) as (hub, clock):
        played = play.play(hub, clock, events)
        visits = hub.store.visits("2026-11-23", "2026-11-23")
    assert [(v.staff, v.counter, v.klass, v.state) for v in visits] == [
        ("Li", "77", "vip", "finished"),
        ("Wei", "77", "ordinary", "serving"),
    ]
    assert len(played.refused) == 1
    assert played.refused[0].startswith("pass of visit v2: ")


def test_play_prints_the_summary_and_the_identity(tmp_path: Path) -> None:
    events = generator.day(HALL, MONDAY, 4, arrivals=30)
    file = tmp_path / "day.csv"
    file.write_text(recorded_day.written(events, HALL.zone), encoding="utf-8")
    result = run("play", file, "--data", tmp_path / "kept")
    assert result.exit_code == 0, result.output
    assert "tickets 30  called" in result.stdout
    assert "2026-W48  A 30 = F" in result.stdout
    assert (tmp_path / "kept" / "hall.db").exists()
    again = run("play", file, "--data", tmp_path / "kept")
    assert (again.exit_code, again.stderr) == (2, f"{tmp_path / 'kept'}: holds a hall already; name an empty folder\n")


def test_play_takes_the_research_file_as_it_is(research: Path) -> None:
    result = run("play", research)
    assert result.exit_code == 0, result.output
    assert "1999-W05  A 9 = F 6 + P 0 + X 2 + E 1 + open 0" in result.stdout
    assert "1999-W06  A 1 = F 1" in result.stdout
    assert "refused: leave of visit 9: " in result.stdout


def test_convert_makes_files_that_play(research: Path, tmp_path: Path) -> None:
    result = run("convert", research, "--visits", tmp_path / "v.csv", "--days", tmp_path / "days")
    assert result.exit_code == 0, result.output
    assert sorted(f.name for f in (tmp_path / "days").iterdir()) == [f"1999-02-0{n}.csv" for n in (1, 5, 7, 8)]
    assert "1999-02-01T08:00:10,NW,green,1999-02-01T08:00:40,1999-02-01T08:00:40,1999-02-01T08:00:40,,2,\n" in (
        tmp_path / "v.csv"
    ).read_text(encoding="utf-8")
    played = run("play", tmp_path / "days" / "1999-02-01.csv")
    assert "A 6 = F 4 + P 0 + X 2 + E 0 + open 0" in played.stdout


def test_check_real_agrees(research: Path) -> None:
    result = run("check-real", research)
    assert result.exit_code == 0, result.output
    (lunch,) = [line for line in result.stdout.splitlines() if line.startswith("import  1999-W05  service NE")]
    assert "wait mean 9060 | 9060" in lunch  # 11:59:00 to 14:30:00,
    assert "office_wait mean 60 | 60" in lunch  # of which one minute was open
    assert result.stdout.endswith("figures compared, 0 different\n")


def test_check_real_sees_a_difference(research: Path) -> None:
    """The plain computation reads the hours itself: a hall that the real code sees otherwise must not agree."""
    text = research.read_text(encoding="utf-8")
    other = HALL.model_copy(
        update={"hours": [config.HoursTable.model_validate({"days": [1, 2, 3, 4, 5], "open": ["08:00-17:30"]})]}
    )
    people, _ = arrivals_1999.parse(text, "x", HALL.zone)
    lines = list(check_real.check(text, people, other, config.ROOT / "config.toml", lambda what: None))
    wrong = {(line.form, line.figure) for line in lines if not line.equal}
    assert ("import", "office_wait mean") in wrong
    assert not [line for line in lines if not line.equal and line.figure.startswith("wait ")]


def test_a_bad_research_file_says_everything_at_once(tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(RESEARCH + "1999-02-08,25:00:00,,7,x,gone,,\n", encoding="utf-8")
    result = run("check-real", file)
    assert result.exit_code == 2
    assert [line.split(":")[2].strip() for line in result.stderr.splitlines()] == [
        "arrived",
        "outcome",
        "priority",
        "waited_s",
        "service",
    ]


def test_a_wrong_config_is_said(research: Path, tmp_path: Path) -> None:
    result = run("play", research, "--config", tmp_path / "none.toml")
    assert result.exit_code == 2
    assert "none.toml: cannot be read" in result.stderr
