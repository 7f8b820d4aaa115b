from __future__ import annotations

import re
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
    (f"arrived,,service\n{A},,S\n", "v.csv:1: header: a column without a name"),
    (f"arrived,service\n{A},S,T\n", "v.csv:2: row: 3 cells under 2 columns"),
    (f"arrived,service\n{A},\n", "v.csv:2: service: empty"),
    ("arrived,service\n,S\n", "v.csv:2: arrived: empty"),
    (f"arrived,service\n{A}\n", "v.csv:2: row: 1 cells under 2 columns"),
    ("arrived,service\n9:00,S\n", "v.csv:2: arrived: '9:00' is not a time; write it like"),
    ("arrived,service\n2026-11-23,S\n", "v.csv:2: arrived: '2026-11-23' is not a time"),
    ("arrived,service\n2026-02-30T09:00:00,S\n", "v.csv:2: arrived: there is no 2026-02-30"),
    ("arrived,service\n0001-01-01T00:00:00,S\n", "v.csv:2: arrived: '0001-01-01' is no date"),
    (f"arrived,service,staff\n{A},S,张三\n", "v.csv:2: staff: no staff number"),
    (f'arrived,service,staff\n{A},S,"Li, Wei"\n', "v.csv:2: staff: no staff number"),
    (f"arrived,service\n{A},350521199001011234\n", "v.csv:2: service: an identity or mobile number"),
    (f"arrived,service\n{A},３５０５２１１９９００１０１１２３４\n", "v.csv:2: service: an identity or mobile number"),
    (f"arrived,service\n{A},{'S' * 41}\n", "v.csv:2: service: more than 40 characters"),
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
    ('arrived,service\n"2026,S\n', "v.csv:2: file, column 1: not CSV"),
    (f"arrived,service\n{A},S\n\ufeffarrived,service\n{A},S\n", "v.csv:3: row: the header once more"),
    (f"arrived,service\n{A},1E+05\n", "v.csv:2: service: '1E+05' is a number that a spreadsheet shortened"),
    (f"arrived,service\n{A},#N/A\n", "v.csv:2: service: '#N/A' is a formula that failed"),
    ("arrived,service\n3/1/2026 9:00,S\n", "v.csv:2: arrived: '3/1/2026 9:00' is not a time"),
    ("arrived,service\n1986-09-14T01:10:00,S\n", "v.csv:2: arrived: '1986-09-14T01:10:00' was not on the clock"),
]


IN_BOTH = re.compile(r"v\.csv:\d+: [^:]+: .*[\u4e00-\u9fff].*[。？] .*;.*")
"""Where: Chinese; English: what is wrong, and what to do."""


@pytest.mark.parametrize(("text", "problem"), GARBAGE)
def test_rows_of_garbage(text: str, problem: str) -> None:
    found = problems(text)
    where, column, english = re.fullmatch(r"(v.csv:\d+): (.*?): (.*)", problem).groups()  # type: ignore[union-attr]
    place = f"{where}: {column}: "
    assert [line for line in found if line.startswith(place) and english in line], found
    assert all(IN_BOTH.fullmatch(line) for line in found), found


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
    assert (len(found), found[-1]) == (51, "v.csv: 另有20处问题，请先改好这些。 and 20 more problems; mend these first")


@pytest.mark.parametrize("coding", ["gbk", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_of_an_office_is_read(coding: str) -> None:
    mark = b"\xfe\xff" if coding == "utf-16-be" else b"\xff\xfe" if coding == "utf-16-le" else b""
    data = mark + "arrived,service\r\n2026/11/23 9:00,社保\r\n,\r\n".encode(coding)
    (visit,), found = visits_file.read(data, HALL, name="v.csv")
    assert (visit.service, visit.arrived, found) == ("社保", at("09:00:00"), [])


def test_an_unreadable_encoding_is_said_with_its_place() -> None:
    visits, found = visits_file.read(b"arrived,service\n2026-11-23T09:00:00,caf\xe9\n", HALL, name="v.csv")
    assert visits == [] and len(found) == 1
    assert found[0].startswith("v.csv:2: file, column 24: 既不是 UTF-8，也不是 GBK") and "save it as" in found[0]


@pytest.mark.parametrize("sign", [";", "\t", "，", "|"])
def test_what_parts_the_columns_is_seen(sign: str) -> None:
    text = f" ARRIVED {sign}Ｓｅｒｖｉｃｅ\n２０２６-11-23 ９：００{sign}ＳＢ０１\n{sign}\n"
    for head in ("", f"sep={sign}\r\n"):
        (visit,), found = visits_file.parse(head + text, HALL, name="v.csv")
        assert (visit.service, visit.arrived, found) == ("SB01", at("09:00:00"), [])


def test_what_did_not_happen_in_a_database_did_not_happen() -> None:
    text = f"{HEAD}{A},S,NULL,0000-00-00 00:00:00,\\N,,,NULL,NULL\n"
    (visit,), _ = visits_file.parse(text, HALL, name="v.csv")
    assert (visit.state, visit.counter, visit.staff, visit.klass) == ("expired", None, None, "ordinary")


def test_the_end_of_a_day_is_24_00() -> None:
    text = f"arrived,service,called,finished\n{A},S,2026-11-23T23:00,2026-11-23T24:00:00\n"
    (visit,), _ = visits_file.parse(text, HALL, name="v.csv")
    assert visit.ended == at("00:00:00") + 86400
