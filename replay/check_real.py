"""Is the report right on real input? The real code beside a plain computation that shares none of it.

The real code: the research file -> our two forms -> the hub (an import, and a replay) -> its store -> the report of
each week. The plain one, in the second half of this module: loops over the file's own rows, whole seconds of the day,
and the opening hours as they stand in the TOML file. It imports nothing of the report, `worktime` or `config`.
"""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from config import Hall
from replay import arrivals_1999, play
from replay.arrivals_1999 import Person
from server.reports import period, report, visits_file
from server.store.history import History
from server.verbs.hub import By, Hub
from server.verbs.visits import import_visits

Numbers = dict[str, float | None]
"""Figure -> value; seconds to a tenth."""

SPREADS = ("n", "mean", "median", "p90", "max")
COUNTS = ("arrivals", "finished", "passed", "left", "expired", "open", "called")


class Line(NamedTuple):
    """One comparison: which form, week, set of visits and figure; what the report and the plain computation say."""

    form: str
    week: str
    of: str
    figure: str
    report: float | None
    plain: float | None

    @property
    def equal(self) -> bool:
        return self.report == self.plain


def check(text: str, people: list[Person], hall: Hall, config: Path, each: Callable[[str], None]) -> Iterator[Line]:
    """Every figure of every week, twice. `each` is told what is being done."""
    hours = Hours(config)
    each("import: the file as finished visits, in the hall's opening hours")
    with play.hub_in(None, hall) as (hub, clock):
        visits, problems = visits_file.parse(arrivals_1999.visits_csv(people, hall.zone), hall, name="visits.csv")
        if problems:
            raise ValueError("\n".join(problems))
        import_visits(hub, By(play.ACTOR), visits, source="visits.csv", sha256="0" * 64, twins=True)
        yield from _compared("import", hub, hall, plain(text, hours, hours.pledge_s, midnight_expires=False))
    each("replay: the file as events, around the clock (who still waits at midnight expires)")
    events = arrivals_1999.events(people)
    around_the_clock = play.replay_hall(hall, events)
    with play.hub_in(None, around_the_clock) as (hub, clock):
        play.play(hub, clock, events)
        yield from _compared("replay", hub, around_the_clock, plain(text, None, hours.pledge_s, midnight_expires=True))


def _compared(form: str, hub: Hub, hall: Hall, expected: dict[str, dict[str, Numbers]]) -> Iterator[Line]:
    for week, sets in sorted(expected.items()):
        made = report.report(hall, period.parse(week), History(hub.read().conn), hub.now(), compare=False)
        yield Line(form, week, "total", "identity closes", float(made["identity"]["closes"]), 1.0)
        for post in ("counter", "staff"):
            called = sum(row["called"] for row in made["cuts"][post])
            yield Line(form, week, "total", f"called by {post}", called, sets["total"]["called"])
        reported = dict(_sets(made))
        for of in sorted(sets.keys() | reported.keys()):
            ours, theirs = reported.get(of, {}), sets.get(of, {})
            for figure in sorted(ours.keys() | theirs.keys()):
                yield Line(form, week, of, figure, ours.get(figure), theirs.get(figure))


def _sets(made: dict[str, Any]) -> Iterator[tuple[str, Numbers]]:
    yield "total", _numbers(made["total"])
    for row in made["cuts"]["service"]:
        yield f"service {row['key']}", _numbers(row)
    for row in [row for row in made["cuts"]["hour"] if row["arrivals"]]:
        yield f"hour {row['key']:02d}", _numbers(row)


def _numbers(row: dict[str, Any]) -> Numbers:
    found: Numbers = {count: row[count] for count in COUNTS}
    for name in ("wait", "office_wait", "service_time"):
        found |= {f"{name} {part}": row[name][part] for part in SPREADS}
    for name in ("no_show", "walk_out", "within_pledge"):
        found[name] = row[name]["share"]
    return found


# --- the plain computation --------------------------------------------------------------------------------------------


class Hours:
    """Opening hours of a date, in seconds of the day, straight from the hall's TOML and calendar file."""

    def __init__(self, config: Path) -> None:
        raw = tomllib.loads(config.read_text(encoding="utf-8"))
        self.rows = raw["hours"]
        self.pledge_s = 60 * raw["hall"].get("wait_pledge_min", 20)
        self.kinds: dict[str, str] = {}
        with (config.parent / raw["hall"]["calendar"]).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                self.kinds[row["date"]] = row["kind"]

    def of(self, day: date) -> list[tuple[int, int]]:
        kind = self.kinds.get(day.isoformat())
        if kind in ("法定节假日", "临时闭厅", "周末"):
            return []
        weekday = 1 if kind == "调休上班" else day.isoweekday()
        found: list[tuple[int, int]] = []
        for row in self.rows:
            first, last = row.get("from", "01-01"), row.get("to", "12-31")
            today = day.isoformat()[5:]
            inside = first <= today <= last if first <= last else (today >= first or today <= last)
            if weekday in row["days"] and inside:
                found = []
                for interval in row["open"]:
                    start, end = interval.split("-")
                    found.append((_seconds(start + ":00"), _seconds(end + ":00")))
        return found


def _seconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def plain(text: str, hours: Hours | None, pledge_s: int, *, midnight_expires: bool) -> dict[str, dict[str, Numbers]]:
    """week -> set of visits -> figures. `hours` None: open around the clock."""
    weeks: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in csv.DictReader(StringIO(text.removeprefix("\ufeff"))):
        day = date.fromisoformat(row["date"])
        year, number, _ = day.isocalendar()
        week = weeks.setdefault(f"{year}-W{number:02d}", {})
        person = _person(row, day, hours, midnight_expires)
        for of in ("total", f"service {row['service']}", f"hour {row['arrived'][:2]}"):
            week.setdefault(of, []).append(person)
    pledge = pledge_s
    return {week: {of: _figures(people, pledge) for of, people in sets.items()} for week, sets in weeks.items()}


def _person(row: dict[str, str], day: date, hours: Hours | None, midnight_expires: bool) -> dict[str, Any]:
    start = _seconds(row["arrived"])
    end = start + int(row["waited_s"])
    if midnight_expires and end >= 86400:
        return {"what": "expired"}
    if row["outcome"] == "left":
        return {"what": "left"}
    office = end - start if hours is None else 0
    if hours is not None:
        for shift in range(end // 86400 + 1):
            for opens, closes in hours.of(day + timedelta(days=shift)):
                low, high = max(start, opens + shift * 86400), min(end, closes + shift * 86400)
                if high > low:
                    office += high - low
    return {"what": "finished", "wait": end - start, "office_wait": office, "service_time": int(row["served_s"])}


def _figures(people: list[dict[str, Any]], pledge: int) -> Numbers:
    count = {what: 0 for what in ("finished", "left", "expired")}
    for person in people:
        count[person["what"]] += 1
    n, served = len(people), [person for person in people if person["what"] == "finished"]
    numbers: Numbers = {"arrivals": n, **count, "passed": 0, "open": 0, "called": len(served)}
    for name in ("wait", "office_wait", "service_time"):
        numbers |= {f"{name} {part}": value for part, value in _spread([p[name] for p in served]).items()}
    kept = 0
    for person in served:
        if person["office_wait"] <= pledge:
            kept += 1
    numbers["no_show"] = 0.0 if served else None
    numbers["walk_out"] = round((count["left"] + count["expired"]) / n, 6)
    numbers["within_pledge"] = round(kept / len(served), 6) if served else None
    return numbers


def _spread(values: list[int]) -> Numbers:
    n = len(values)
    if n == 0:
        return {"n": 0, "mean": None, "median": None, "p90": None, "max": None}
    values = sorted(values)
    return {
        "n": n,
        "mean": round(sum(values) / n, 1),
        "median": values[math.ceil(n / 2) - 1],
        "p90": values[math.ceil(9 * n / 10) - 1],
        "max": values[-1],
    }
