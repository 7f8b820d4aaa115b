"""Every figure of random histories against the plain computation of `oracle.py`: of made-up rows, and of hours of the
real hub.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config
from server.domain import events as ev
from server.domain import vocabulary
from server.domain.leg import Leg
from server.domain.rules import Refused
from server.domain.worktime import day_span, office, opening
from server.reports import period
from server.reports.report import report
from server.store.database import Store
from server.store.history import History
from server.verbs import calls, counters, tickets, today
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, write_hall
from tests.server.reports.oracle import SAID, Oracle, changes, ratio

HALL = config.load()
COUNTERS, STAFF = ("1", "2", "5", "10"), ("08", "09", "77")
SERVICES = ("SB01", "SB02", "MZ01", "LQ01", "OLD9")
OUTCOMES = (*vocabulary.OUTCOMES, None, "")


class Past:
    """A history in memory: `legs` and the counters' events, in order."""

    def __init__(self, legs: list[Leg], told: list[tuple[float, ev.Event]]) -> None:
        self.rows, self.told = legs, told

    def legs(self, day: str, columns: Any) -> list[tuple[Any, ...]]:
        return [tuple(getattr(leg, c) for c in columns) for leg in self.rows if leg.day == day]

    def events(self, names: Any, start: float, end: float) -> list[tuple[float, ev.Event]]:
        return [(at, event) for at, event in self.told if event.name in names and start <= at < end]

    def counters_before(self, at: float) -> list[tuple[float, ev.Event]]:
        return [(when, event) for when, event in self.told if when < at]

    def devices_before(self, at: float) -> list[tuple[float, ev.Event]]:
        return []

    def tickets(self, ids: Any) -> dict[int, dict[str, Any]]:
        first = {leg.ticket: leg for leg in reversed(self.rows)}
        return {
            i: {
                "number": f"A{i}",
                "day": first[i].day,
                "service": first[i].service,
                "counter": first[i].counter,
                "state": first[i].state,
                "arrived": first[i].entered,
                "called": first[i].called,
            }
            for i in ids
            if i in first
        }

    def lives(self, ids: Any) -> list[Any]:
        return []

    def names(self) -> dict[str, str]:
        return {"08": "张三"}

    def posts(self) -> list[Any]:
        return []

    def shifts(self, first: str, last: str) -> list[Any]:
        return []

    def substitutions(self, start: float, end: float) -> list[Any]:
        return []

    def contacts(self, start: float, end: float) -> list[Any]:
        return []

    def spoilt_slips(self, start: float, end: float) -> list[Any]:
        return []

    def ratings(self, first: str, last: str) -> list[Any]:
        return []

    def invited(self, start: float, end: float) -> list[int]:
        return []

    def came(self, first: str, last: str) -> list[Any]:
        return []

    def waits_told(self, first: str, last: str) -> list[Any]:
        return []

    def notifications(self, start: float, end: float) -> list[Any]:
        return []

    def notices(self, start: float, end: float) -> list[Any]:
        return []

    def agendas(self, first: str, last: str) -> list[Any]:
        return []

    def first_legs(self, first: str, last: str) -> list[Any]:
        return []

    def appointments(self, first: str, last: str) -> list[Any]:
        return []

    def checked_in(self, first: str, last: str) -> list[Any]:
        return []

    def closures(self, first: str, last: str) -> list[Any]:
        return []

    def checked_in_pretrials(self) -> frozenset[int]:
        return frozenset()

    def records(self, register: str, start: float, end: float) -> list[Any]:
        return []


# --- made-up rows -----------------------------------------------------------------------------------------------------


def ticket(random: Random, number: int, day: date) -> list[Leg]:
    """Any life: transfers, suspensions, no-shows, clocks set back, starts without a call."""
    at = (
        day_span(HALL, day)[0]
        + random.choice([8, 9, 11.9, 12, 14.5, 17.4, 3, 23.9]) * 3600
        + random.randrange(3_600_000) / 1000
    )
    channel, klass = random.choice(["kiosk", "desk", "appointment", "import"]), random.choice(["ordinary", "green"])
    party = random.choice(["", "", "person", "company", "agent"])
    legs: list[Leg] = []
    for leg in range(1, random.choice([1, 1, 1, 2, 3]) + 1):
        entered: float | None = at
        if leg > 1 and random.random() < 0.2:
            entered = None

        def later(at: float = at) -> float:
            return round(at + random.choice([0, 1, 30, 600, 1800.5, 9000, -20]) + random.randrange(60_000) / 1000, 3)

        called = later() if entered is None or random.random() < 0.85 else None
        last_called = None if called is None else random.choice([called, called + 15.25])
        begun = last_called if last_called is not None else at
        started = (
            later(begun)
            if (called is not None and random.random() < 0.7) or (called is None and random.random() < 0.05)
            else None
        )
        spans: list[list[Any]] = []
        moment = started if started is not None else begun
        if started is not None:
            for _ in range(random.choice([0, 0, 0, 1, 2])):
                a = round(moment + random.randrange(1, 900_000) / 1000, 3)
                moment = round(a + random.randrange(1, 900_000) / 1000, 3)
                spans.append([random.choice(["away", "kept", "errand"]), a, moment])
        ended: float | None = later(moment) if not spans else round(moment + random.randrange(1, 900_000) / 1000, 3)
        last = leg == 3 or random.random() < 0.6
        state, reason, outcome = "transferred", random.choice(["事项不符", "设备故障"]), None
        items = random.choice([0, 0, 1, 2])  # of a number for several items, those settled before it went on
        if last:
            choices = ["finished"] * 6 if called is not None or started is not None else []
            state = random.choice(
                [
                    *choices,
                    "left",
                    "expired",
                    "passed" if called is not None else "left",
                    "waiting",
                    "called" if called else "waiting",
                ]
            )
            if state in ("waiting", "called"):
                ended = None
            if random.random() < 0.02:
                state = random.choice(["vanished", "passed"])
            reason, outcome = "", random.choice(OUTCOMES) if state == "finished" else None
            items = random.choice([1, 2]) if state == "finished" else 0
        elif spans and random.random() < 0.5:
            state, reason, ended = "handed", "", spans[-1][1]
        away = sum(b - a for _, a, b in spans if ended is not None and b <= ended)
        calls = 0 if called is None else random.choice([1, 1, 2, 3])
        legs.append(
            Leg(
                day=day.isoformat(),
                ticket=number,
                leg=leg,
                service=random.choice(SERVICES),
                klass=klass,
                channel=channel,
                party=party,
                counter=random.choice(COUNTERS) if called is not None or started is not None else None,
                staff=random.choice([*STAFF, None]) if called is not None else None,
                entered=entered,
                called=called,
                last_called=last_called,
                started=started,
                ended=ended,
                calls=calls,
                recalls=max(0, calls - 1),
                away=away,
                state=state,
                outcome=outcome,
                items=items,
                reason=reason,
                suspends=json.dumps(spans) if spans else "",
            )
        )
        if last:
            break
        at = ended if ended is not None else moment
    return legs


def sitting(random: Random, day: date) -> list[tuple[float, ev.Event]]:
    """A day at each counter: opened, sometimes paused, sometimes never closed, sometimes changing hands."""
    told: list[tuple[float, ev.Event]] = []
    for counter in COUNTERS:
        at = day_span(HALL, day)[0] + random.choice([7, 8, 9.5]) * 3600 + random.randrange(1000) / 1000
        for _ in range(random.choice([0, 1, 2])):
            told.append((at, ev.CounterOpened(counter=counter, staff=random.choice(STAFF))))
            for _ in range(random.choice([0, 1, 2])):
                at += random.randrange(1, 7200)
                told.append((at, ev.CounterPaused(counter=counter, reason=random.choice(["午餐", "会议"]))))
                at += random.randrange(1, 3600)
                if random.random() < 0.9:
                    told.append((at, ev.CounterResumed(counter=counter)))
            at += random.randrange(1, 20000)
            if random.random() < 0.9:
                told.append((at, ev.CounterClosed(counter=counter)))
                at += random.randrange(1, 2000)
    return sorted(told, key=lambda pair: pair[0])


def closed_early(random: Random, day: date, hall: config.Hall) -> list[tuple[float, ev.Event]]:
    """临时闭厅 at some moment, twice perhaps, and perhaps opened again."""
    start, end = day_span(hall, day)
    at = [round(random.uniform(start, end - 1), 3) for _ in range(random.choice([1, 2, 2, 3]))]
    kinds: list[ev.Event] = [
        ev.HallClosed(day=day.isoformat(), message="台风", message_en="", waiting="serve"),
        ev.HallReopened(day=day.isoformat()),
    ]
    return [(moment, random.choice(kinds)) for moment in sorted(at)]


# --- the comparison ---------------------------------------------------------------------------------------------------


SATURDAY = config.ExtendedTable.model_validate(
    {"name": "周六上午", "name_en": "Saturdays", "days": [6], "open": ["09:00-12:00"]}
)
EVENING = config.ExtendedTable.model_validate(
    {"name": "工作日延时", "name_en": "Evenings", "days": [1, 3, 5], "open": ["17:00-19:00"]}
)
"""Half an hour of it lies in the office hours of winter, and all but an hour in those of summer."""


@cache
def plain_minutes(hall: config.Hall, day: date) -> list[str]:
    """What each minute of a date is: office, extended, or neither ("")."""
    found = []
    known, midnight = hall.days.get(day), datetime(day.year, day.month, day.day, tzinfo=hall.zone).timestamp()
    shut = bool(known and known.kind in ("法定节假日", "临时闭厅")) or day == date(2027, 1, 1)
    named = any(not table.days or day.isoweekday() in table.days for table in hall.extended.values())
    for minute in range(1440):
        is_office = any(a <= midnight + minute * 60 < b for a, b in office(hall, day))
        more = any(
            a <= minute < b
            for table in hall.extended.values()
            if (day.isoweekday() in table.days or (not table.days and known and known.kind == "延时服务")) and not shut
            for a, b in table.open
        )
        whole = bool(known and known.kind == "延时服务" and not named)
        found.append("extended" if (more and not is_office) or (is_office and whole) else "office" if is_office else "")
    return found


def plain_period(hall: config.Hall, entered: int) -> str:
    """By the words of the definition: the interval that is on, else the day's next, else its last."""
    at = datetime.fromtimestamp(entered / 1000, hall.zone)
    minutes = plain_minutes(hall, at.date())
    rest = [one for one in minutes[at.hour * 60 + at.minute :] if one]
    before = [one for one in minutes if one]
    return rest[0] if rest else before[-1] if before else "office"


def ms(at: float | None) -> int | None:
    return None if at is None else round(at * 1000)


def sat(told: list[tuple[float, ev.Event]], until: float) -> tuple[list[Any], list[Any]]:
    """Who sat where and when it was paused, ms: read off the events one counter after the other."""
    sittings, pauses = [], []
    for counter in {event.counter for _, event in told}:
        staff, since, paused = None, 0.0, None
        for at, event in [pair for pair in told if pair[1].counter == counter] + [
            (until, ev.CounterClosed(counter=counter))
        ]:
            at = min(at, until)
            if paused is not None and not isinstance(event, ev.CounterPaused):
                pauses.append((counter, staff, ms(paused), ms(at)))
                paused = None
            if isinstance(event, ev.CounterPaused) and staff is not None and paused is None:
                paused = at
            if isinstance(event, ev.CounterOpened | ev.CounterClosed):
                if staff is not None:
                    sittings.append((counter, staff, ms(since), ms(at)))
                staff, since = (event.staff, at) if isinstance(event, ev.CounterOpened) else (None, 0.0)
    return sittings, pauses


def open_hours(hall: config.Hall, day: date, told: list[tuple[float, ev.Event]]) -> list[tuple[float, float]]:
    """The opening hours of a date without those for which the hall was closed early: piece by piece."""
    spans = opening(hall, day)
    closed: dict[str, float] = {}
    cut: list[tuple[float, float]] = []
    for at, event in [
        *told,
        *((day_span(hall, d)[1], ev.HallReopened(day=d.isoformat())) for d in (day - timedelta(days=1), day)),
    ]:
        if isinstance(event, ev.HallClosed):
            closed.setdefault(event.day, at)
        if isinstance(event, ev.HallReopened) and event.day in closed:
            cut.append((closed.pop(event.day), at))
    edges = sorted({t for span in (*spans, *cut) for t in span})
    pieces = [
        (a, b)
        for a, b in itertools.pairwise(edges)
        if any(x <= a and b <= y for x, y in spans) and not any(x <= a and b <= y for x, y in cut)
    ]
    joined: list[tuple[float, float]] = []
    for a, b in pieces:
        joined[-1:] = [(joined[-1][0], b)] if joined and joined[-1][1] == a else [*joined[-1:], (a, b)]
    return joined


def waited_again(rows: list[tuple[int, float, ev.Event]], now: int) -> list[tuple[int, int]]:
    """Who was passed, came back and waited once more, until called again or gone: of all tickets, from the journal's
    rows (seq, at, event).
    """
    undone = {event.of for _, _, event in rows if isinstance(event, ev.Undone)}
    found = []
    for ticket in {event.ticket for _, _, event in rows if event.ticket}:
        life = [
            (at, event)
            for seq, at, event in rows
            if event.ticket == ticket and seq not in undone and not isinstance(event, ev.Undone)
        ]
        states = [
            (at, event)
            for at, event in life
            if isinstance(event, ev.Called | ev.Passed | ev.Returned | ev.Left | ev.Expired | ev.Suspended)
        ]
        for (_, before), (at, event), after in zip(states, states[1:], [*states[2:], None], strict=False):
            if isinstance(before, ev.Passed) and isinstance(event, ev.Returned):
                found.append((ms(at) or 0, now if after is None else ms(after[0]) or 0))
    return found


def oracle(
    hall: config.Hall,
    legs: list[Leg],
    told: list[tuple[float, ev.Event]],
    asked: period.Period,
    now: float,
    again: list[tuple[int, int]] | None = None,
) -> Oracle:
    days = [asked.first + timedelta(days=n) for n in range(-2, (asked.last - asked.first).days + 3)]
    spans = [(ms(a), ms(b)) for day in days for a, b in open_hours(hall, day, told)]
    first, last = ms(day_span(hall, asked.first)[0]), min(ms(now) or 0, ms(day_span(hall, asked.last)[1]) or 0)
    rows = [
        {
            **asdict(leg),
            **{name: ms(getattr(leg, name)) for name in ("entered", "called", "last_called", "started", "ended")},
            "suspends": [(kind, ms(a), ms(b)) for kind, a, b in json.loads(leg.suspends or "[]")],
        }
        for leg in legs
        if asked.first.isoformat() <= leg.day <= asked.last.isoformat()
    ]
    sittings, pauses = sat([pair for pair in told if pair[0] < last / 1000], last / 1000)
    end = ms(day_span(hall, asked.last)[1]) or 0
    made = Oracle(
        rows,
        [(c, s, max(a, first), min(b, end)) for c, s, a, b in sittings if b > (first or 0)],
        pauses,
        spans,
        zone=hall.zone,
        now=last,  # type: ignore[misc, type-var]
        pledge=hall.hall.wait_pledge_min * 60_000,
        amber=hall.report.amber_min * 60_000,
        red=hall.report.red_min * 60_000,
        standard=lambda code: hall.services[code].standard_min if code in hall.services else None,
        instant=lambda code: code in hall.services and hall.services[code].promise == "即办",
        factor=Fraction(hall.report.overtime_factor),
        days={day.isoformat(): (ms(day_span(hall, day)[0]) or 0, ms(day_span(hall, day)[1]) or 0) for day in days},
        kept=hall.report.kept_is_service,
        again=again,
    )
    return made


def same(where: str, made: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        assert made[name] == value, f"{where}: {name}: report {made[name]}, plainly {value}"


def compare(
    hall: config.Hall, made: dict[str, Any], plain: Oracle, asked: period.Period, told: list[tuple[float, ev.Event]]
) -> None:
    """Every figure of the total and of each row of each cut."""
    total = made["total"]
    seats, residents = hall.report.seats, hall.report.residents
    counters = {c for c, _, a, b in plain.sittings if any(min(b, y) > max(a, x) for x, y in plain.opening)}
    general = {code for code, table in hall.counters.items() if table.kind == "general"}
    f = [v for v in plain.visits if v.kind == "finished"]
    means = []
    for counter in general:
        waits = [w for leg in plain.legs if leg["counter"] == counter and (w := plain.office_wait(leg)) is not None]
        means += [Fraction(sum(waits), len(waits))] if waits else []
    presence = plain.presence()
    manned = round(presence["open_time"] * 1000 - presence["pause_time"] * 1000) / 1000
    same(
        "total",
        total,
        {
            **plain.visit_row(plain.visits),
            **plain.leg_row(plain.legs),
            **presence,
            "suspends": plain.suspends(plain.legs),
            "seat_overload": plain.overload(seats) if seats else None,
            "per_thousand": round(len(plain.visits) / (residents / 1000), 2) if residents else None,
            "per_counter": round(len(plain.visits) / len(counters), 2) if counters else None,
            "general_share": ratio(sum(v.last["counter"] in general for v in f), len(f)),
            "general_gap": round(float(max(means) - min(means)) / 1000, 1) if means else None,
        },
    )
    assert total["demand_load"]["numerator"] == plain.demand(None)
    assert total["demand_load"]["denominator"] == pytest.approx(manned, abs=0.11)
    keys = {
        "service": lambda v: v.first["service"],
        "category": lambda v: hall.services[v.first["service"]].prefix if v.first["service"] in hall.services else "",
        "klass": lambda v: v.first["klass"],
        "channel": lambda v: v.first["channel"],
        "party": lambda v: v.first["party"],
        "period": lambda v: plain_period(hall, v.first["entered"]),
        "hour": lambda v: plain.hour(v.first),
        "weekday": lambda v: plain.weekday(v.first),
        "day": lambda v: v.first["day"],
    }
    leg_keys = {
        **{cut: lambda leg, key=key: key(plain.visit_of[id(leg)]) for cut, key in keys.items()},
        "service": lambda leg: leg["service"],
        "category": lambda leg: hall.services[leg["service"]].prefix if leg["service"] in hall.services else "",
    }
    for cut, key in keys.items():
        rows = {row["key"]: row for row in made["cuts"][cut]}
        if cut in ("party", "period") and not rows:  # nobody was asked, and there was no extended service
            assert {key(v) for v in plain.visits} <= {"", "office"}
            continue
        assert {key(v) for v in plain.visits} <= set(rows)
        for name, row in rows.items():
            visits, legs = (
                [v for v in plain.visits if key(v) == name],
                [leg for leg in plain.legs if leg_keys[cut](leg) == name],
            )  # type: ignore[no-untyped-call]
            same(f"{cut} {name}", row, {**plain.visit_row(visits), **plain.leg_row(legs)})
            assert row["arrivals"] == row["finished"] + row["passed"] + row["left"] + row["expired"] + row[
                "open"
            ] + sum(v.kind == "?" for v in visits)
            if cut == "hour":
                same(f"hour {name}", row, plain.presence(inside=plain.hours(name)))
                assert row["demand_load"]["numerator"] == pytest.approx(plain_demand(plain, name), abs=0.11)
                assert row["seat_overload"] == (plain.overload(seats, name) if seats else None)
            elif cut in ("weekday", "day"):
                inside = [
                    span
                    for day, span in plain.days.items()
                    if name in (day, date.fromisoformat(day).isoweekday())
                    and asked.first.isoformat() <= day <= asked.last.isoformat()
                ]
                same(f"{cut} {name}", row, plain.presence(inside=inside))
    for post in ("counter", "staff"):
        rows = {row["key"]: row for row in made["cuts"][post]}
        for name, row in rows.items():
            legs = [leg for leg in plain.legs if leg[post] == name]
            nobody = {"open_time": 0.0, "pause_time": 0.0, "busy_time": 0.0}
            same(
                f"{post} {name}", row, {**plain.post_row(legs), **(plain.presence(**{post: name}) if name else nobody)}
            )
            if post == "counter":
                assert row["suspends"] == plain.suspends(legs)
        assert sum(row["called"] for row in rows.values()) == sum(leg["called"] is not None for leg in plain.legs)
    closed = [v.last for v in plain.visits if v.last["state"] == "finished"]
    for row in made["cuts"]["outcome"]:
        legs = [leg for leg in closed if SAID[leg["outcome"]] == row["key"]]
        same(f"outcome {row['key']}", row, {"finished": len(legs), "service_time": plain.leg_row(legs)["service_time"]})
    for row in made["cuts"]["reason"]:
        moved = [leg for leg in plain.legs if leg["state"] == "transferred" and leg["reason"] == row["key"]]
        for_it = {leg["ticket"] for leg in moved if plain.visit_of[id(leg)].kind == "finished"}
        assert (row["transfers"], row["one_counter"]["numerator"], row["one_counter"]["denominator"]) == (
            len(moved),
            len(f) - len(for_it),
            len(f),
        )
    for name, kinds in (
        ("called", ("finished", "passed", "open", "?", "left", "expired")),
        ("never_served", ("passed", "left", "expired")),
    ):
        waits = [
            w
            for v in plain.visits
            if v.kind in kinds
            and (w := plain.office_wait(v.first) if name == "called" else plain._never(v)) is not None
            and w > plain.red
        ]
        assert made["long_waits"][name]["n"] == len(waits)
        assert [row["office_wait_s"] for row in made["long_waits"][name]["listed"]] == [
            round(w / 1000, 1) for w in sorted(waits, reverse=True)[:50]
        ]
    assert made["identity"]["closes"] == (not any(v.kind == "?" for v in plain.visits))
    heat(made, plain, asked, hall, told)


def plain_demand(plain: Oracle, hour: int) -> float:
    return plain.demand(hour) or 0.0


def heat(
    made: dict[str, Any], plain: Oracle, asked: period.Period, hall: config.Hall, told: list[tuple[float, ev.Event]]
) -> None:
    days = [asked.first + timedelta(days=n) for n in range((asked.last - asked.first).days + 1)]
    for row in made["heat"]["weekdays"]:
        service_days = [day for day in days if day.isoweekday() == row["weekday"] and open_hours(hall, day, told)]
        assert row["service_days"] == len(service_days)
        for n, hour in enumerate(made["heat"]["hours"]):
            visits = [
                v for v in plain.visits if plain.weekday(v.first) == row["weekday"] and plain.hour(v.first) == hour
            ]
            waits = [w for v in visits if (w := plain.office_wait(v.first)) is not None]
            assert row["arrivals"][n] == (round(len(visits) / len(service_days), 2) if service_days else None)
            assert row["office_wait"][n] == (
                round(float(Fraction(sum(waits), len(waits))) / 1000, 1) if waits else None
            )
            spans = [plain.days[day.isoformat()] for day in days if day.isoweekday() == row["weekday"]]
            cells = [(max(a, x), min(b, y)) for a, b in spans for x, y in plain.hours(hour) if min(b, y) > max(a, x)]
            opened = sum(max(0, min(b, y) - max(a, x)) for a, b in cells for x, y in plain.opening)
            staffed = plain.presence(inside=cells)["open_time"]
            assert row["open_counters"][n] == (pytest.approx(staffed * 1000 / opened, abs=0.011) if opened else None)


PERIODS = ("2026-W41", "2026-W48", "2026-11-23", "2026-W53", "2026-09-28..2026-10-11", "2026-06-01")


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.sampled_from(PERIODS), st.integers(0, 25), st.booleans())
def test_every_figure_of_made_up_rows(seed: int, name: str, tickets: int, kept: bool) -> None:
    random = Random(seed)
    asked = period.parse(name)
    days = [asked.first + timedelta(days=n) for n in range((asked.last - asked.first).days + 1)]
    limits = {"residents": random.choice([0, 5000]), "seats": random.choice([0, 1, 3]), "kept_is_service": kept}
    hall = HALL.model_copy(update={"report": HALL.report.model_copy(update=limits)})
    if random.random() < 0.5:  # extended service in the evening too, and by the calendar's word alone
        days_too = {
            one: config.CalendarDay(date=one, kind="延时服务") for one in (date(2026, 11, 29), date(2026, 10, 11))
        }
        more = {"extended": {"saturday": SATURDAY, "evening": EVENING}, "days": {**hall.days, **days_too}}
        hall = hall.model_copy(update=more)
    if random.random() < 0.25:  # a hall of the night, whose service day ends at four in the morning
        rows = [
            config.HoursTable.model_validate({"days": [1, 2, 3, 4, 5, 6, 7], "open": ["00:00-02:00", "18:00-24:00"]})
        ]
        hall = hall.model_copy(update={"hall": hall.hall.model_copy(update={"day_starts": time(4)}), "hours": rows})
    legs = [leg for number in range(1, tickets + 1) for leg in ticket(random, number, random.choice(days))]
    legs.sort(key=lambda leg: (leg.day, leg.ticket, leg.leg))
    told = [pair for day in random.sample(days, min(len(days), 3)) for pair in sitting(random, day)]
    told += [pair for day in days if random.random() < 0.15 for pair in closed_early(random, day, hall)]
    told.sort(key=lambda pair: pair[0])
    now = day_span(hall, random.choice(days))[1] + random.choice([0, 86400, -30000])
    made = report(hall, asked, Past(legs, told), now, compare=False)  # type: ignore[arg-type]
    compare(hall, made, oracle(hall, legs, told, asked, now), asked, told)


COMPARED = {
    "2026-W41": ("2026-W40", "2025-W41"),
    "2026-W48": ("2026-W47", "2025-W48"),
    "2026-W53": ("2026-W52", None),
    "2027-W01": ("2026-W53", "2026-W01"),
    "2026-W10": ("2026-W09", "2025-W10"),
}


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.sampled_from(list(COMPARED)))
def test_every_comparison_of_made_up_rows(seed: int, name: str) -> None:
    random = Random(seed)
    hall = HALL.model_copy(
        update={
            "report": HALL.report.model_copy(
                update={"residents": random.choice([0, 5000]), "seats": random.choice([0, 1])}
            )
        }
    )
    weeks = [period.parse(id) for id in (name, *COMPARED[name]) if id]
    legs: list[Leg] = []
    told: list[tuple[float, ev.Event]] = []
    for week in weeks:
        days = [week.first + timedelta(days=n) for n in range(7)]
        legs += [
            leg for _ in range(random.choice([0, 3, 25])) for leg in ticket(random, len(legs) + 1, random.choice(days))
        ]
        told += [
            *sitting(random, random.choice(days)),
            *(closed_early(random, random.choice(days), hall) if random.random() < 0.3 else []),
        ]
    legs.sort(key=lambda leg: (leg.day, leg.ticket, leg.leg))
    told.sort(key=lambda pair: pair[0])
    past, now = Past(legs, told), day_span(hall, weeks[0].last)[1]
    made = report(hall, weeks[0], past, now)  # type: ignore[arg-type]
    for way, id in zip(("previous", "last_year"), COMPARED[name], strict=True):
        compared = made["comparison"][way]
        if id is None:
            assert compared is None
            continue
        then = report(hall, period.parse(id), past, now, compare=False)  # type: ignore[arg-type]
        assert (compared["period"], compared["service_days"]) == (id, then["service_days"])
        kinds = [
            [day["kind"] if day["kind"] not in ("工作日", "周末") else None for day in one["days"]]
            for one in (made, then)
        ]
        assert compared["holidays_differ"] == (kinds[0] != kinds[1])
        plain = changes(made["total"], then["total"], (made["service_days"], then["service_days"]))
        told_of = {
            (c["figure"], c["part"]): {key: c[key] for key in ("now", "then", "change", "arrow")}
            for c in compared["changes"]
        }
        assert told_of == plain


# --- the real hub -----------------------------------------------------------------------------------------------------


def a_day(hub: Hub, clock: HandClock, random: Random, presses: int) -> None:
    """Keys pressed at random; what is refused is refused."""
    places = ("1", "2", "5")
    for number, counter in enumerate(places):
        counters.open_counter(hub, By(STAFF[number]), counter, staff=STAFF[number])
    for _ in range(presses):
        counter = random.choice(places)
        staff = hub.read().counter(counter).staff or STAFF[0]
        ids = [row[0] for row in hub.read().conn.execute("SELECT id FROM tickets")]
        with contextlib.suppress(Refused):
            press(hub, random, counter, staff, random.choice(ids or [1]))
        clock.forward(random.choice([0, 5.125, 60, 300, 1500]))


def press(hub: Hub, random: Random, counter: str, staff: str, one: int) -> None:
    """One key."""
    keys: list[Callable[[], object]] = [
        lambda: tickets.issue(
            hub,
            By("kiosk"),
            random.choice(SERVICES[:4]),
            klass=random.choice(["ordinary", "green"]),
            channel=random.choice(["kiosk", "desk"]),
        ),
        lambda: calls.call_next(hub, By(staff), counter),
        lambda: calls.call_next(hub, By(staff), counter),
        lambda: calls.start(hub, By(staff), counter),
        lambda: calls.finish(hub, By(staff), counter, random.choice(list(vocabulary.OUTCOMES))),
        lambda: calls.pass_(hub, By(staff), counter),
        lambda: calls.recall(hub, By(staff), counter),
        lambda: tickets.take_back(hub, By("30"), one),
        lambda: tickets.leave(hub, By("30"), one),
        lambda: calls.suspend(hub, By(staff), counter, random.choice(list(vocabulary.SUSPENSIONS))),
        lambda: calls.resume_ticket(hub, By(staff), counter, one),
        lambda: tickets.transfer(
            hub, By(staff), one, service=random.choice(SERVICES[:3]), reason="事项不符", held_by=counter
        ),
        lambda: calls.call(hub, By(staff), counter, one),
        lambda: tickets.undo(hub, By(staff)),
        lambda: counters.pause(hub, By(staff), counter, "午餐"),
        lambda: counters.resume(hub, By(staff), counter),
        lambda: counters.close_counter(hub, By(staff), counter, release=True),
        lambda: counters.open_counter(hub, By(staff), counter, staff=random.choice(STAFF)),
        lambda: today.reopen_hall(hub, By("50")),
        lambda: (
            today.close_hall(hub, By("50"), "台风", waiting=random.choice(today.WAITING))
            if random.random() < 0.2
            else None
        ),
    ]
    random.choice(keys)()


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_every_figure_of_an_hour_of_the_real_hub(seed: int) -> None:
    random = Random(seed)
    with TemporaryDirectory() as folder:
        hall = config.load(write_hall(Path(folder), lambda hall: hall["report"].update({"seats": 2})))
        clock = HandClock()
        hub = Hub(hall, Store(hall.data, durable=False), clock)
        try:
            tick(hub)
            a_day(hub, clock, random, 150)
            conn = hub.read().conn
            legs = [Leg(**dict(row)) for row in conn.execute("SELECT * FROM legs ORDER BY day, ticket, leg")]
            rows = hub.read().journal(0, 10_000)
            told = [(row.at, row.happened()) for row in rows if row.event.startswith(("Counter", "Hall"))]
            again = waited_again([(row.seq, row.at, row.happened()) for row in rows], ms(hub.now()) or 0)
            asked = period.parse("2026-W48")
            made = report(hall, asked, History(conn), hub.now(), compare=False)
            compare(hall, made, oracle(hall, legs, told, asked, hub.now(), again), asked, told)
            visits = {v.arrived: v for v in hub.read().visits("2026-11-23", "2026-11-29")}
            assert made["total"]["arrivals"] == hub.read().conn.execute("SELECT count(*) FROM tickets").fetchone()[0]
            assert len(visits) <= made["total"]["arrivals"]
        finally:
            hub.stop()
            hub.store.close()


def test_the_zone_of_the_hall_is_the_zone_of_the_hours() -> None:
    assert datetime.fromtimestamp(0, HALL.zone).utcoffset() == timedelta(hours=8)
