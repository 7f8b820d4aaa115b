from __future__ import annotations

import re
from datetime import date, datetime

import pytest

import config
from replay import generator
from server.reports import recorded_day
from server.reports.recorded_day import Event

HALL = config.load()
HEAD = "at,event,visit,service,class,counter,staff,outcome\n"
ARRIVE = "2026-11-23T09:00:00,arrive,v1,SB01,,,,\n"
CALL = "2026-11-23T09:05:00,call,v1,,,1,Li,\n"


def problems(text: str) -> list[str]:
    events, found = recorded_day.parse(text, "d.csv", HALL.zone)
    assert events == []
    return found.listing()


def test_a_file_written_is_read_back_equal() -> None:
    events = generator.day(HALL, date(2026, 11, 23), seed=3)
    assert recorded_day.parse(recorded_day.written(events, HALL.zone), "d.csv", HALL.zone)[0] == events


def test_only_the_columns_that_are_needed() -> None:
    events, found = recorded_day.parse(
        "visit,event,at,service\nv1,arrive,2026-11-23 09:00:00,SB01\n", "d.csv", HALL.zone
    )
    nine = datetime(2026, 11, 23, 9, tzinfo=HALL.zone).timestamp()
    assert (events, found.lines) == ([Event(nine, "arrive", "v1", "SB01")], [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD, "d.csv:1: file: no events"),
        ("at,evnt,visit\n", "d.csv:1: evnt: unknown column; did you mean 'event'?"),
        (HEAD + "nine,arrive,v1,SB01,,,,\n", "d.csv:2: at: 'nine' is not a time"),
        (
            HEAD + "2026-11-23T09:00:00,arrives,v1,SB01,,,,\n",
            "d.csv:2: event: 'arrives' is no event; known: arrive, call",
        ),
        (HEAD + "2026-11-23T09:00:00,arrive,,SB01,,,,\n", "d.csv:2: visit: empty"),
        (HEAD + "2026-11-23T09:00:00,arrive,v1,,,,,\n", "d.csv:2: service: empty"),
        (HEAD + CALL, "d.csv:2: event: 'call', but visit v1 has not arrived"),
        (HEAD + ARRIVE + ARRIVE, "d.csv:3: event: 'arrive', but visit v1 is waiting"),
        (HEAD + ARRIVE + CALL.replace(",1,", ",,"), "d.csv:3: counter: empty"),
        (HEAD + ARRIVE + CALL.replace("09:05", "08:05"), "d.csv:3: at: earlier than the row above"),
        (HEAD + ARRIVE + CALL + "2026-11-23T09:06:00,finish,v1,,,2,,\n", "d.csv:4: counter: visit v1 is at counter 1"),
        (
            HEAD + ARRIVE + CALL + "2026-11-23T09:06:00,leave,v1,,,,,\n",
            "d.csv:4: event: 'leave', but visit v1 is called",
        ),
        (
            HEAD + ARRIVE + ARRIVE.replace("v1", "v2") + CALL + CALL.replace("v1", "v2"),
            "d.csv:5: counter: 1 still holds visit v1",
        ),
        (HEAD + ARRIVE + CALL + CALL.replace("call", "pass") + CALL, "d.csv:5: event: 'call', but visit v1 is over"),
    ],
)
def test_rows_of_garbage(text: str, problem: str) -> None:
    where, column, english = problem.split(": ", 2)
    found = problems(text)[0]
    assert found.startswith(f"{where}: {column}: ") and english in found
    assert all(re.fullmatch(r"d\.csv:\d+: \w+: .*[\u4e00-\u9fff].*[。？] .*;.*", line) for line in problems(text))


def test_all_mistakes_at_once() -> None:
    found = problems(HEAD + "x,arrive,v1,S,,,,\n" + CALL + ARRIVE + ARRIVE)
    assert [line.split(": ")[:2] for line in found] == [
        ["d.csv:2", "at"],
        ["d.csv:3", "event"],
        ["d.csv:4", "at"],
        ["d.csv:5", "at"],
        ["d.csv:5", "event"],
    ]
