"""The report of a period: one plain structure, JSON-able, from which every form is made.

`docs/figures.md` has its keys.

Pure but for what `history` reads. It frames the figures (hall, period, names, the identity in words, definitions,
what is missing) and computes none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import numpy as np

from config import Hall, LimitsTable, Text
from server.domain import codes
from server.domain import events as ev
from server.domain.deadline import WorkingDays
from server.domain.worktime import day_span, days_between
from server.foresight.week import SITTING, Judged, judged, learnt_from, open_spans
from server.reports.case_words import choices
from server.reports.definitions import (
    CASE_FIGURES,
    CUTS,
    FIGURES,
    FORESEEN_FIGURES,
    NOT_MEASURED,
    PACKAGE_FIGURES,
    REMOTE_FIGURES,
    SLOT_FIGURES,
    VERSION,
    Missing,
)
from server.reports.figures import (
    availability,
    booked,
    casework,
    comparison,
    lodged,
    overtaken,
    rectified,
    roster,
    several,
    visitors,
    waits,
    week_judged,
)
from server.reports.figures.cuts import cuts, total
from server.reports.figures.gathering import Gathered, History, gather
from server.reports.figures.groups import Column, ratio, seconds
from server.reports.figures.heat import heat
from server.reports.figures.hours import Hours
from server.reports.figures.measures import BRIEF, CLASSES, UNCLASSED
from server.reports.figures.presence import overlap
from server.reports.figures.quality import WORDS, quality
from server.reports.figures.summary import summary
from server.reports.figures.trend import week_of_trend
from server.reports.period import Period, last_year, previous, trend
from server.reports.voice_registers import voice_registers

NAMED = 20
"""So many visits are named when the identity does not close."""
LISTED = 50
"""So many long waits are listed."""
REASONS = {"late_reasons": choices("late_reason"), "no_platform": choices("no_platform")}
"""What the mixes of cases are of."""


def report(
    hall: Hall,
    period: Period,
    history: History,
    now: float,
    *,
    compare: bool = True,
    each: Callable[[str], None] = lambda day: None,
) -> dict[str, Any]:
    """Every figure of a period. `now`: epoch seconds; `each` is told every day that is read.

    Times in seconds, shares 0…1, nothing is None.
    """
    found = gather(hall, period, history, now, each)
    names = history.names()
    start, until = found.hours.base + found.hours.start / 1000, found.hours.base + found.now / 1000
    helping = _helping(hall, found, history)
    whole = total(hall, found, helping)
    told = [*history.devices_before(start), *history.events(("DeviceChanged",), start, max(start, until))]
    inside = [span for day in found.hours.service_days for span in found.hours.opening(day)]
    devices = availability.availability(told, history.spoilt_slips(start, until), inside, start, max(start, until))
    tables = cuts(hall, found, names, helping)
    rated = visitors.Rated(history.ratings(period.first.isoformat(), period.last.isoformat()))
    clock = history.events(("ClockSet",), start, max(start, until))
    duties = roster.kept(
        hall,
        found.hours,
        history.posts(),
        history.shifts(period.first.isoformat(), period.last.isoformat()),
        found.presences,
        found.pauses,
        until,
    )
    made = {
        "kind": period.kind,
        "period": period.id,
        "definition_version": VERSION,
        "first_day": period.first.isoformat(),
        "last_day": period.last.isoformat(),
        "generated_at": _local(hall, now),
        "until": _local(hall, min(now, max(start, until))),
        "hall": hall.hall.model_dump(include={"id", "name", "name_en", "banner", "banner_en", "timezone"}),
        "pledge_min": hall.hall.wait_pledge_min,
        "settings": hall.report.model_dump(include=set(LimitsTable.model_fields)),
        "days": [_day(found.hours, day) for day in found.hours.days],
        "service_days": len(found.hours.service_days),
        "identity": _identity(found, history, whole),
        "total": whole,
        "cuts": tables,
        "heat": heat(found),
        "comparison": {"previous": None, "last_year": None},
        "trend": [],
        "long_waits": _long_waits(hall, found, history),
        "pauses": _pauses(hall, found, names),
        "attendance": _local_spans(hall, roster.attendance_rows(duties, names)),
        "devices": [
            {**row, "offline_spans": [[_local(hall, a), _local(hall, b)] for a, b in row["offline_spans"]]}
            for row in devices
        ],
        "contacts": _contacts(history.contacts(start, until)),
        "substitutions": _substitutions(history.substitutions(start, until), names),
        "ratings": visitors.ratings(hall, rated, tables, whole["finished"], names),
        "rectification": bad_ratings(hall, period, history, now),
        "notices": visitors.notices(hall, history.notices(start, until)),
        "packages": several.several(hall, history.agendas(period.first.isoformat(), period.last.isoformat())),
        "remote": overtaken.overtaken(history.first_legs(period.first.isoformat(), period.last.isoformat())),
        "waits_told": waits.waits_told(
            hall, history.waits_told(period.first.isoformat(), period.last.isoformat()), _hour_of(hall)
        ),
        "foreseen": week_judged.foreseen(_week_judged(hall, period, history, now)),
        "notifications": visitors.notifications(history.notifications(start, until)),
        "voices": lodged.lodged(
            voice_registers(),
            lambda key: history.records(key, start, max(start, until)),
            (start, max(start, until)),
            lambda at: datetime.fromtimestamp(at, hall.zone).date(),
            hall.report.small_cell,
        ),
        "cases": cases(hall, period, history, now),
        "booked": bookings(hall, period, history, now),
        "quality": _quality(hall, quality(found, clock, devices, rated.tickets, history.invited(start, until))),
        "not_measured": [asdict(missing) for missing in (*NOT_MEASURED, *_unset(hall))],
        "definitions": definitions(),
    }
    if compare:
        del found.counted, found.visit_of_leg, found.pieces  # one period at a time in memory
        made["comparison"], read = _comparison(hall, period, history, now, found, whole, each)
        made["trend"] = _trend(hall, period, history, now, read, each)
    made["summary"] = summary(made)
    return made


def _hour_of(hall: Hall) -> Callable[[float], int]:
    """The hour on the hall's clock."""
    return lambda at: datetime.fromtimestamp(at, hall.zone).hour


def cases(hall: Hall, period: Period, history: History, now: float) -> dict[str, Any]:
    """办件 of a period, and the kiosks' 网上办理 words of it."""
    told, span = facts_of(hall, period, history, now)
    hints = [
        (event.service, event.taken)
        for _, event in history.events(("OnlineTold",), span.start, span.end)
        if isinstance(event, ev.OnlineTold)
    ]
    return casework.casework(hall, told, hints, span, REASONS)


def bad_ratings(hall: Hall, period: Period, history: History, now: float) -> dict[str, Any]:
    """差评整改 of a period, read from its register."""
    start, end = day_span(hall, period.first)[0], day_span(hall, period.last)[1]
    until = max(start, min(end, now))

    def day(at: float) -> date:
        return datetime.fromtimestamp(at, hall.zone).date()

    span = rectified.Span(start, until, period.first, min(period.last, day(now)))
    found = history.records("bad_rating", start, until)
    return rectified.rectification(found, WorkingDays.of(hall), day, span)


def bookings(hall: Hall, period: Period, history: History, now: float) -> dict[str, Any]:
    """预约 of a period: the hall's own slots, and what became of their bookings."""
    first, last = period.first.isoformat(), period.last.isoformat()
    here = frozenset((codes.claimed_booking(code), slot) for code, slot in history.checked_in(first, last))
    made = history.appointments(first, last)
    arrived = frozenset(one.id for one in made if (one.id, one.start) in here)
    known = booked.Known(made, arrived, frozenset(history.closures(first, last)))
    return booked.booked(hall, known, days_between(period.first, period.last), now)


def _week_judged(hall: Hall, period: Period, history: History, now: float) -> Judged | None:
    """How near it was what was foreseen of a week, on its days that are over; None of other periods."""
    if period.kind != "week":
        return None
    first, last = learnt_from(period.first, period.first)
    start, end = day_span(hall, period.first)[0], min(now, day_span(hall, period.last)[1])
    told = history.events(SITTING, start - 86400, end)
    sat = [(at, type(event).__name__, event.counter or "") for at, event in told]
    before = history.came(first.isoformat(), last.isoformat())
    those = history.came(period.first.isoformat(), period.last.isoformat())
    return judged(hall, before, those, open_spans(sat, start, end), period.first, now)


def facts_of(hall: Hall, period: Period, history: History, now: float) -> tuple[list[casework.Fact], casework.Span]:
    """What is known of the cases of a period, and the period up to now."""
    start, end = day_span(hall, period.first)[0], day_span(hall, period.last)[1]
    until = max(start, min(end, now))
    last = min(period.last, datetime.fromtimestamp(now, hall.zone).date())
    span = casework.Span(start, until, last)
    on = casework.Grounds.of(hall)
    found = casework.facts(
        history.records("case", start, until),
        history.records("owing", start, until),
        on,
        span,
        history.checked_in_pretrials(),
    )
    return found, span


def definitions() -> dict[str, Any]:
    """What the ids of figures, cuts and data quality mean, to be printed beside them."""
    return {
        "figures": [
            {**asdict(figure), "cuts": list(figure.cuts)}
            for figure in (*FIGURES, *CASE_FIGURES, *PACKAGE_FIGURES, *SLOT_FIGURES, *REMOTE_FIGURES, *FORESEEN_FIGURES)
        ],
        "cuts": [
            {"id": cut, **Text(zh, en).json(), "means_zh": by, "means_en": by_en}
            for cut, (zh, en, by, by_en) in CUTS.items()
        ],
        "quality": [{"id": key, **text.json()} for key, text in WORDS.items()],
    }


def _local(hall: Hall, at: float) -> str:
    return datetime.fromtimestamp(at, hall.zone).isoformat(timespec="seconds")


def _day(hours: Hours, day: date) -> dict[str, Any]:
    entry, intervals = hours.hall.days.get(day), hours.opening(day)
    return {
        "date": day.isoformat(),
        "weekday": day.isoweekday(),
        "service_day": bool(intervals),
        "open_s": sum(end - start for start, end in intervals),
        "kind": entry.kind if entry else None,
        "name": entry.name if entry else "",
    }


def _identity(found: Gathered, history: History, row: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: row[name] for name in ("arrivals", *CLASSES[:5], "called")}
    closes = row["arrivals"] == sum(row[name] for name in CLASSES[:5])
    text = (
        f"A {row['arrivals']} {'=' if closes else '≠'} F {row['finished']} + P {row['passed']} + X {row['left']}"
        f" + E {row['expired']} + open {row['open']}"
    )
    odd = found.counted.visits.ticket[found.counted.visits.kind == UNCLASSED]
    named = history.tickets([int(t) for t in odd[:NAMED]])
    offending = [
        {
            "ticket": ticket,
            **{key: told[key] for key in ("number", "day", "service", "counter", "state")},
            "arrived": _local(found.hours.hall, told["arrived"]),
        }
        for ticket, told in named.items()
    ]
    return {**numbers, "closes": closes, "text": text, "offending": offending}


def _helping(hall: Hall, found: Gathered, history: History) -> Column:
    """How much of each piece of the counters' time a tidal rule let the counter help, ms."""
    pieces, hours, words = found.pieces, found.hours, found.words
    rules = {counter: bool(table.helps) for counter, table in hall.counters.items()}
    since = {counter: -(2**60) for counter in rules}
    spans: list[tuple[int, int, int]] = []
    for at, event in history.events(
        ("CounterBound", "CounterUnbound"), 0.0, hours.base + max(found.now, hours.start) / 1000
    ):
        counter = event.counter or ""
        if rules.get(counter):
            spans.append((words.counter.code(counter), since[counter], hours.whole(at)))
        since[counter] = hours.whole(at)
        table = hall.counters.get(counter)
        rules[counter] = (
            event.helps is None or bool(event.helps)
            if isinstance(event, ev.CounterBound)
            else bool(table and table.helps)
        )
    spans += [(words.counter.code(counter), since[counter], hours.end) for counter, helps in rules.items() if helps]
    inside = [
        (code, max(a, hours.start), min(b, hours.end)) for code, a, b in spans if b > hours.start and a < hours.end
    ]
    return overlap(pieces.counter, pieces.start, pieces.end, np.array(inside, np.int64).reshape(-1, 3))


def _comparison(
    hall: Hall,
    period: Period,
    history: History,
    now: float,
    found: Gathered,
    whole: dict[str, Any],
    each: Callable[[str], None],
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Both comparisons, and the weeks among what was read, as the trend has them."""
    made: dict[str, Any] = {}
    read = {period.id: week_of_trend(found, whole)}
    for name, other in (("previous", previous(period)), ("last_year", last_year(period))):
        made[name] = None
        if other:
            then = gather(hall, other, history, now, each, columns=BRIEF)
            before = total(hall, then, _helping(hall, then, history))
            made[name] = comparison.compared(hall, found, whole, then, before)
            read[other.id] = week_of_trend(then, before)
            del then
    return made, read


def _trend(
    hall: Hall,
    period: Period,
    history: History,
    now: float,
    read: dict[str, dict[str, Any]],
    each: Callable[[str], None],
) -> list[dict[str, Any]]:
    """The weeks up to the period's end, the oldest first; what was read already is not read again."""
    made = []
    for week in trend(period):
        if week.id not in read:
            found = gather(hall, week, history, now, each, columns=BRIEF)
            read[week.id] = week_of_trend(found, total(hall, found, _helping(hall, found, history)))
            del found
        made.append(read[week.id])
    return made


def _long_waits(hall: Hall, found: Gathered, history: History) -> dict[str, Any]:
    """Those above the red limit, the longest first: {"called": …, "never_served": …} with how many there are of
    each.
    """
    visits, limit = found.counted.visits, hall.report.red_min * 60_000
    made: dict[str, Any] = {}
    for name, sorted_, spans in (
        ("called", found.counted.office_wait, visits.office_wait),
        ("never_served", found.counted.never_served, visits.never_served),
    ):
        places = sorted_.above(limit)
        told = history.tickets([int(visits.ticket[p]) for p in places[:LISTED]])
        rows = [
            {
                "ticket": ticket,
                **told[ticket],
                "name": hall.service_name(told[ticket]["service"])[0],
                "name_en": hall.service_name(told[ticket]["service"])[1],
                "arrived": _local(hall, told[ticket]["arrived"]),
                "called": _local(hall, told[ticket]["called"]) if told[ticket]["called"] else None,
                "class": CLASSES[visits.kind[p]],
                "office_wait_s": seconds(spans[p]),
            }
            for p in places[:LISTED]
            if (ticket := int(visits.ticket[p])) in told
        ]
        made[name] = {"n": len(places), "listed": rows}
    return made


def _pauses(hall: Hall, found: Gathered, names: dict[str, str]) -> dict[str, Any]:
    """Z by reason, and the long pauses by the member of staff."""
    border = hall.report.long_pause_min * 60_000
    reasons: dict[str, list[int]] = {}
    people: dict[str, list[int]] = {}
    for pause in found.pieces.pauses:
        reasons.setdefault(pause.reason, []).append(pause.ms)
        people.setdefault(pause.staff, []).append(pause.ms)

    def row(lengths: list[int]) -> dict[str, Any]:
        return {"n": len(lengths), "s": seconds(sum(lengths)), "long": sum(ms > border for ms in lengths)}

    english = dict(hall.console.pause_reasons)
    return {
        "reasons": [
            {"reason": reason, "reason_en": english.get(reason, reason), **row(reasons[reason])}
            for reason in sorted(reasons)
        ],
        "staff": [{"staff": staff, "name": names.get(staff, staff), **row(people[staff])} for staff in sorted(people)],
    }


def _contacts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """首问: how many, resolved at first contact, hand-over time, open."""
    results = {result: sum(row["result"] == result for row in rows) for result in ("answered", "led", "passed on")}
    over = [
        row["closed_at"] - row["at"] for row in rows if row["result"] == "passed on" and row["closed_at"] is not None
    ]
    return {
        "n": len(rows),
        **{name.replace(" ", "_"): n for name, n in results.items()},
        "first_contact": ratio(results["answered"], len(rows)),
        "handover": {"n": len(over), "mean": round(sum(over) / len(over), 1) if over else None},
        "open": sum(row["closed_at"] is None for row in rows),
    }


def _substitutions(rows: list[dict[str, Any]], names: dict[str, str]) -> dict[str, Any]:
    """代岗: how many, by state and reason, and by B."""
    reasons: dict[str, int] = {}
    for row in rows:
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + 1
    states = {state: sum(row["state"] == state for row in rows) for state in ("waiting", "approved", "refused")}
    return {
        "n": len(rows),
        **states,
        "by_b": sum(bool(row["is_b"]) for row in rows),
        "reasons": dict(sorted(reasons.items())),
    }


def _local_spans(hall: Hall, made: dict[str, Any]) -> dict[str, Any]:
    made["unmanned"] = [
        {**row, "start": _local(hall, row["start"]), "end": _local(hall, row["end"])} for row in made["unmanned"]
    ]
    return made


def _quality(hall: Hall, made: dict[str, Any]) -> dict[str, Any]:
    made["closures"] = [
        f"{_local(hall, a)[:16].replace('T', ' ')}–{_local(hall, b)[11:16]}" for a, b in made["closures"]
    ]
    made["clock_jumps"] = [
        {"at": _local(hall, at), "before": _local(hall, b), "after": _local(hall, a)}
        for at, b, a in made["clock_jumps"]
    ]
    return made


def _unset(hall: Hall) -> list[Missing]:
    found = []
    if not hall.report.residents:
        why = ("未设置居民数：请技术员填写。", "The number of residents is not set.")
        found.append(Missing("per_thousand", "每千人取号", "Arrivals per 1 000 residents", *why))
    if not hall.report.seats:
        found.append(
            Missing(
                "seat_overload",
                "座位不足",
                "Seat overload",
                "未设置座位数：请技术员填写。",
                "The number of seats is not set.",
            )
        )
    return found
