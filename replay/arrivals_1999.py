"""The research file `arrivals_1999.csv` -> our two forms: finished visits and recorded days. Pure; opens no file.

A served person is called when the recorded wait is over, starts at once and is finished `served_s` later. It names
agents and no desks, and some agents overlap themselves by seconds; so every call takes the lowest free desk, and a desk
never holds two. Times are the file's own wall clock, taken as the hall's.
"""

from __future__ import annotations

import csv
import heapq
from collections.abc import Iterable
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

from intake.quantities import Unclear, moment
from server.reports import visits_file
from server.reports.columns import Problems, rows
from server.reports.forms.escape import harmless
from server.reports.recorded_day import Event, local

COLUMNS = ("date", "arrived", "service", "priority", "waited_s", "outcome", "served_s", "agent")
OUTCOMES = ("served", "left")
CLASSES = {"0": "ordinary", "1": "ordinary", "2": "green"}
OUTCOME = "现场办结"


class Person(NamedTuple):
    """One row. `arrived` is epoch seconds; desk is empty for who was not served."""

    visit: str
    arrived: float
    service: str
    klass: str
    waited: int
    served: int | None
    staff: str
    desk: str


def is_research_file(text: str) -> bool:
    header = text.partition("\n")[0].removeprefix("\ufeff").strip().split(",")
    return set(header) == set(COLUMNS)


def parse(text: str, name: str, zone: ZoneInfo) -> tuple[list[Person], Problems]:
    """The people of the file, in order of arrival, with their desks; nobody as soon as there is a problem."""
    problems = Problems(name)
    found = (_person(line, cells, zone, problems) for line, cells in rows(text, COLUMNS, COLUMNS, problems))
    people = [person for person in found if person]
    if not people and not problems.lines:
        problems.add(1, "file", "没有人：表头下面一行一个人。", "no people; put one row per person under the header")
    return ([] if problems.lines else _with_desks(sorted(people, key=lambda p: p.arrived))), problems


def _person(line: int, cells: list[str], zone: ZoneInfo, problems: Problems) -> Person | None:
    row = dict(zip(COLUMNS, cells, strict=True))
    arrived, unclear = _arrived(row, zone)
    served = row["outcome"] == "served"
    wrong = [
        ("arrived", unclear.zh, unclear.en) if unclear else None,
        _not_one_of("outcome", row, OUTCOMES, "served or left"),
        _not_one_of("priority", row, CLASSES, "0, 1 or 2"),
        _not_seconds("waited_s", row),
        _not_seconds("served_s", row) if served else None,
        ("service", "空着：请写事项编码。", "empty; give the code of the service") if not row["service"] else None,
    ]
    for problem in filter(None, wrong):
        problems.add(line, *problem)
    if any(wrong) or arrived is None:
        return None
    return Person(
        visit=str(line),
        arrived=arrived,
        service=row["service"],
        klass=CLASSES[row["priority"]],
        waited=int(row["waited_s"]),
        served=int(row["served_s"]) if served else None,
        staff="" if row["agent"] == "NO_SERVER" else row["agent"],
        desk="",
    )


def _arrived(row: dict[str, str], zone: ZoneInfo) -> tuple[float | None, Unclear | None]:
    try:
        return moment(f"{row['date']}T{row['arrived']}", zone).timestamp(), None
    except Unclear as unclear:
        return None, unclear


def _not_one_of(column: str, row: dict[str, str], known: Iterable[str], write: str) -> tuple[str, str, str] | None:
    cell = row[column]
    if cell in known:
        return None
    return column, f"不能是“{cell}”：请写 {'、'.join(known)}。", f"'{cell}' is no {column}; write {write}"


def _not_seconds(column: str, row: dict[str, str]) -> tuple[str, str, str] | None:
    cell = row[column]
    if cell.isdecimal():
        return None
    return column, f"“{cell}”不是秒数：请写整秒。", f"'{cell}' is no number of seconds; write whole seconds"


def _with_desks(people: list[Person]) -> list[Person]:
    """The lowest free desk at every call; a desk is free again at the second in which its last person finishes."""
    free: list[int] = []
    busy: list[tuple[float, int]] = []
    desks: dict[str, str] = {}
    for person in sorted((p for p in people if p.served is not None), key=lambda p: p.arrived + p.waited):
        called = person.arrived + person.waited
        while busy and busy[0][0] <= called:
            heapq.heappush(free, heapq.heappop(busy)[1])
        desk = heapq.heappop(free) if free else len(busy) + 1
        heapq.heappush(busy, (called + (person.served or 0), desk))
        desks[person.visit] = str(desk)
    return [p._replace(desk=desks.get(p.visit, "")) for p in people]


def visits_csv(people: list[Person], zone: ZoneInfo) -> str:
    """The form that `python -m server import visits` takes."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(visits_file.COLUMNS)
    for p in people:
        over = p.arrived + p.waited
        called = finished = left = ""
        if p.served is None:
            left = local(over, zone)
        else:
            called, finished = local(over, zone), local(over + p.served, zone)
        told = (p.service, p.klass, called, called, finished, left, p.desk, p.staff)
        writer.writerow([local(p.arrived, zone), *map(harmless, told)])
    return out.getvalue()


def events(people: list[Person]) -> list[Event]:
    """Everything that happened, in order: at one instant arrivals first, then ends, then calls and their starts.

    So a desk is always free when it calls.
    """
    arrivals = [(p.arrived, 0, n) for n, p in enumerate(people)]
    steps = sorted(arrivals + [(p.arrived + p.waited, 1, n) for n, p in enumerate(people)])
    ends: list[tuple[float, int]] = []
    done: list[Event] = []
    for at, step, number in steps:
        person = people[number]
        while ends and ends[0][0] <= at:
            done.append(_end(people, *heapq.heappop(ends)))
        if step == 0:
            done.append(Event(at, "arrive", person.visit, person.service, person.klass))
        elif person.served is None:
            done.append(Event(at, "leave", person.visit))
        else:
            done.append(Event(at, "call", person.visit, counter=person.desk, staff=person.staff))
            done.append(Event(at, "start", person.visit, counter=person.desk))
            heapq.heappush(ends, (at + person.served, number))
    return done + [_end(people, *heapq.heappop(ends)) for _ in range(len(ends))]


def _end(people: list[Person], at: float, number: int) -> Event:
    return Event(at, "finish", people[number].visit, counter=people[number].desk, outcome=OUTCOME)


def days(people: list[Person], zone: ZoneInfo) -> dict[str, list[Event]]:
    """Recorded days, by local date of arrival; a visit that lasts past midnight stays whole in its own day."""
    by_day: dict[str, list[Person]] = {}
    for person in people:
        by_day.setdefault(local(person.arrived, zone)[:10], []).append(person)
    return {day: events(someone) for day, someone in sorted(by_day.items())}
