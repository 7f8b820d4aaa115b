from __future__ import annotations

from datetime import datetime

import pytest

import config
from server.reports import visits_file

HALL = config.load()
HEAD = "arrived,service,class,called,started,finished,left,counter,staff\n"


def at(clock: str) -> float:
    return datetime.fromisoformat(f"2026-11-23T{clock}").replace(tzinfo=HALL.zone).timestamp()


def problems(text: str) -> list[str]:
    visits, found = visits_file.parse(text, HALL, name="v.csv")
    assert visits == []
    return found


@pytest.mark.parametrize(
    ("row", "state", "ended"),
    [
        (
            "2026-11-23T09:00:00,S,,2026-11-23T09:05:00,2026-11-23T09:06:00,2026-11-23T09:10:00,,1,a",
            "finished",
            "09:10:00",
        ),
        ("2026-11-23 09:00:00,S,,,2026-11-23 09:06:00,2026-11-23 09:10:00,,1,", "finished", "09:10:00"),
        ("2026-11-23T09:00:00,S,,,,,2026-11-23T09:30:00,,", "left", "09:30:00"),
        ("2026-11-23T09:00:00,S,,2026-11-23T09:05:00,,,2026-11-23T09:30:00,,", "passed", "09:30:00"),
        ("2026-11-23T09:00:00,S,,2026-11-23T09:05:00,,,,2,", "passed", "09:05:00"),
        ("2026-11-23T01:00:00+00:00,S,,2026-11-23T01:05:00Z,,,,2,", "passed", "09:05:00"),
    ],
)
def test_what_a_row_means(row: str, state: str, ended: str) -> None:
    (visit,), found = visits_file.parse(HEAD + row + "\n", HALL, name="v.csv")
    assert found == []
    assert (visit.state, visit.ended, visit.arrived, visit.day, visit.channel) == (
        state,
        at(ended),
        at("09:00:00"),
        "2026-11-23",
        "import",
    )


def test_who_only_arrived_expires_at_the_end_of_the_day() -> None:
    (visit,), _ = visits_file.parse("service,arrived\nS,2026-11-23T09:00:00\n", HALL, name="v.csv")
    assert (visit.state, visit.ended, visit.klass, visit.counter, visit.calls) == (
        "expired",
        at("00:00:00") + 86400,
        "ordinary",
        None,
        0,
    )


def test_columns_in_any_order_with_a_mark_quotes_and_empty_lines() -> None:
    text = '\ufeffstaff,service,arrived\r\n"0017","S,1",2026-11-23T09:00:00\r\n\r\n'
    for data in (text.encode(), text.removeprefix("\ufeff").encode()):
        (visit,), found = visits_file.read(data, HALL, name="v.csv")
        assert (visit.staff, visit.service, found) == ("0017", "S,1", [])


A = "2026-11-23T09:00:00"
GARBAGE = [
    ("", "v.csv:1: header: empty"),
    ("\n\n", "v.csv:1: header: empty"),
    (HEAD, "v.csv:1: file: no visits"),
    ("arived,service\n", "v.csv:1: arived: unknown column; did you mean 'arrived'?"),
    ("arrived,service,xyzzy\n", "v.csv:1: xyzzy: unknown column; known: arrived"),
    ("arrived\n", "v.csv:1: service: missing column"),
    ("arrived,service,service\n", "v.csv:1: service: stands twice"),
    ("arrived;service\n", "v.csv:1: header: not separated by commas"),
    ("arrived,service,\n", "v.csv:1: header: a column without a name"),
    (f"arrived,service\n{A}\n", "v.csv:2: row: 1 cells under 2 columns"),
    (f"arrived,service\n{A},\n", "v.csv:2: service: empty"),
    ("arrived,service\n,S\n", "v.csv:2: arrived: empty"),
    ("arrived,service\n9:00,S\n", "v.csv:2: arrived: '9:00' is not a time; write it like"),
    ("arrived,service\n2026-11-23,S\n", "v.csv:2: arrived: '2026-11-23' is not a time"),
    ("arrived,service\n2026-02-30T09:00:00,S\n", "v.csv:2: arrived: '2026-02-30T09:00:00' is not a time"),
    ("arrived,service\n0001-01-01T00:00:00,S\n", "v.csv:2: arrived: '0001-01-01T00:00:00' is not a time"),
    (f"arrived,service,staff\n{A},S,张三\n", "v.csv:2: staff: no staff number"),
    (f'arrived,service,staff\n{A},S,"Li, Wei"\n', "v.csv:2: staff: no staff number"),
    (f"arrived,service\n{A},350521199001011234\n", "v.csv:2: service: an identity or mobile number"),
    ("arrived,service\n1970-01-01T08:00:00,S\n", "v.csv:2: arrived: before 1980"),
    (f"arrived,service,called\n{A},S,2026-11-23T08:59:59\n", "v.csv:2: called: earlier than arrived"),
    (
        f"arrived,service,started,finished\n{A},S,2026-11-23T09:09:00,2026-11-23T09:08:00\n",
        "v.csv:2: finished: earlier than started",
    ),
    (f"arrived,service,started\n{A},S,2026-11-23T09:09:00\n", "v.csv:2: finished: empty although started"),
    (f"arrived,service,left\n{A},S,2026-11-23T08:00:00\n", "v.csv:2: left: earlier than arrived"),
    (f"arrived,service,finished,left\n{A},S,2026-11-23T09:09:00,2026-11-23T09:09:00\n", "v.csv:2: left: stands beside"),
    (f"arrived,service,finished\n{A},S,2026-11-25T09:09:00\n", "v.csv:2: row: more than 24 hours"),
    ('arrived,service\n"2026,S\n', "v.csv:2: row: not CSV"),
    (f"arrived,service\n{A},S\x00\n", "v.csv:2: "),
]


@pytest.mark.parametrize(("text", "problem"), GARBAGE)
def test_rows_of_garbage(text: str, problem: str) -> None:
    found = problems(text)
    assert [line for line in found if line.startswith(problem)], found
    assert all(";" in line for line in found)


def test_all_mistakes_at_once_and_nothing_is_imported() -> None:
    found = problems(f"arrived,service,called\n{A},S,\nx,S,y\n{A},,2026-11-23T08:00:00\n")
    assert [line.split(": ")[:2] for line in found] == [
        ["v.csv:3", "arrived"],
        ["v.csv:3", "called"],
        ["v.csv:4", "called"],
        ["v.csv:4", "service"],
    ]


def test_fifty_mistakes_are_listed_and_the_rest_counted() -> None:
    found = problems("arrived,service\n" + "x,S\n" * 70)
    assert (len(found), found[-1]) == (51, "v.csv: and 20 more problems; mend these first")


def test_another_encoding_is_said() -> None:
    visits, found = visits_file.read("arrived,service\n2026-11-23T09:00:00,社保\n".encode("gbk"), HALL, name="v.csv")
    assert visits == []
    assert found[0].startswith("v.csv:2: file: not UTF-8; save it as")
