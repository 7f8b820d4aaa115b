"""The tables of a report: the figures of each group of each cut, with its name in two languages. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from config import Hall, Text
from server.domain.vocabulary import PARTIES, reason_text, text
from server.reports.figures.gathering import Gathered
from server.reports.figures.groups import Column, ratio, seconds

Row = dict[str, Any]
CHANNELS = {
    "kiosk": Text("现场", "Walk-in"),
    "appointment": Text("预约", "Booked"),
    "remote": Text("远程取号", "Remote"),
    "desk": Text("帮办", "Assisted"),
    "offline": Text("脱机取号", "Taken offline"),
    "paper": Text("手写号", "On paper"),
    "import": Text("其他系统", "Another system"),
}
PERIODS = {"office": Text("办公时间", "Office hours"), "extended": Text("延时服务", "Extended service")}
WEEKDAYS = (
    Text("星期一", "Monday"),
    Text("星期二", "Tuesday"),
    Text("星期三", "Wednesday"),
    Text("星期四", "Thursday"),
    Text("星期五", "Friday"),
    Text("星期六", "Saturday"),
    Text("星期日", "Sunday"),
)


def total(hall: Hall, found: Gathered, helping: Column) -> Row:
    """The figures of all visits, legs and counters of a period.

    `helping`: how much of each piece a tidal rule let the counter help, ms.
    """
    counted, pieces = found.counted, found.pieces
    visits, legs = counted.visits, counted.legs
    row = (
        counted.visit_rows(np.zeros(len(visits), np.int16), 1)[0]
        | counted.leg_rows(np.zeros(len(legs), np.int16), 1)[0]
    )
    presence = _presence(*pieces.total())
    counters = len(np.unique(pieces.counter[pieces.open > 0]))
    residents = hall.report.residents
    general = [code for code, table in hall.counters.items() if table.kind == "general"]
    return {
        **row,
        "suspends": suspends(found).get(ALL, {}),
        "pickup_wait": counted.pickup_wait(hall.reserved),
        **presence,
        "long_pauses": sum(p.ms > hall.report.long_pause_min * 60_000 for p in pieces.pauses),
        "demand_load": _demand(found)[24],
        "tidal_time": seconds(helping.sum()),
        **counted.general(general),
        "seat_overload": seconds(found.overload.by_hour.sum()) if hall.report.seats else None,
        "per_thousand": round(row["arrivals"] / (residents / 1000), 2) if residents else None,
        "per_counter": round(row["arrivals"] / counters, 2) if counters else None,
    }


def cuts(hall: Hall, found: Gathered, names: dict[str, str], helping: Column) -> dict[str, list[Row]]:
    """Cut -> its rows, each {"key", "name", "name_en", figure id: value}; only groups in which something happened."""
    words = found.words
    return {
        "service": _by_service(hall, found),
        "category": _by_category(hall, found),
        "klass": _of_visits(
            found, found.counted.visits.klass, found.counted.legs.klass, words.klass.listed(), hall.class_name
        ),
        "channel": _of_visits(
            found,
            found.counted.visits.channel,
            found.counted.legs.channel,
            words.channel.listed(),
            lambda k: CHANNELS.get(k, Text.same(k)),
        ),
        "party": _by_party(found),
        "period": _by_period(found),
        "counter": _of_posts(hall, found, "counter", lambda k: _counter(hall, k), helping),
        "staff": _of_posts(
            hall,
            found,
            "staff",
            lambda k: _person(names, k),
            helping,
        ),
        "hour": _by_hour(hall, found),
        "weekday": _by_weekday(found),
        "day": _by_day(found),
        "outcome": _by_outcome(found),
        "reason": _by_reason(hall, found),
    }


def name_of(hall: Hall, cut: str, key: str, names: dict[str, str]) -> Text:
    """How a row of a cut is called, in Chinese and English; `names` of staff."""
    match cut:
        case "service":
            return hall.service_name(key)
        case "counter":
            return _counter(hall, key)
        case "klass":
            return hall.class_name(key)
        case "channel":
            return CHANNELS.get(key, Text.same(key))
        case "party":
            return _party(key)
        case "period" if key in PERIODS:
            return PERIODS[key]
        case "staff":
            return _person(names, key)
        case "weekday" if key.isdigit() and 1 <= int(key) <= 7:
            return WEEKDAYS[int(key) - 1]
        case "hour":
            return Text(f"{key}时", f"{key}:00")
    return Text.same(key)


def _counter(hall: Hall, key: str | None) -> Text:
    return hall.counter_name(key) if key else Text("无窗口", "No counter")


def _person(names: dict[str, str], key: str | None) -> Text:
    return Text.same(names.get(key, key)) if key else Text("未记人员", "No staff recorded")


def _named(key: Any, name: Text, row: Row) -> Row:
    return {"key": key, **name.json("name"), **row}


def _of_visits(
    found: Gathered,
    visits: Column,
    legs: Column,
    keys: Sequence[Any],
    name: Callable[[Any], Text],
    presence: Sequence[Row] = (),
) -> list[Row]:
    """Rows in the order of `keys`, of which the columns hold the places."""
    n = len(keys)
    if not n:
        return []
    of_visits, of_legs = found.counted.visit_rows(visits, n), found.counted.leg_rows(legs, n)
    rows = []
    for place, key in enumerate(keys):
        there = presence[place] if presence else {}
        if of_visits[place]["arrivals"] or of_legs[place]["served"] or there.get("open_time"):
            rows.append(_named(key, name(key), of_visits[place] | of_legs[place] | there))
    return rows


def _by_service(hall: Hall, found: Gathered) -> list[Row]:
    counted = found.counted
    rows = _of_visits(
        found,
        counted.visits.service,
        counted.legs.service,
        found.words.service.listed(),
        hall.service_name,
    )
    return sorted(rows, key=lambda row: str(row["key"]))


def _by_party(found: Gathered) -> list[Row]:
    """Nothing where nobody was asked."""
    keys, counted = found.words.party.listed(), found.counted
    if not any(keys):
        return []
    return _of_visits(found, counted.visits.party, counted.legs.party, keys, lambda k: _party(k or ""))


def _party(key: str) -> Text:
    return text(PARTIES, key) if key else Text("没有问", "Not asked")


def _by_period(found: Gathered) -> list[Row]:
    """Nothing where there was no extended service."""
    visits, legs = found.counted.visits.extended, found.counted.legs.extended
    return _of_visits(found, visits, legs, list(PERIODS), PERIODS.__getitem__) if visits.any() else []


def _by_category(hall: Hall, found: Gathered) -> list[Row]:
    letters = [
        hall.services[code].prefix if code in hall.services else "" for code in map(str, found.words.service.listed())
    ]
    keys = sorted(set(letters))
    place = np.array([keys.index(letter) for letter in letters] or [0], np.int64)
    counted = found.counted
    return _of_visits(
        found,
        place[counted.visits.service],
        place[counted.legs.service],
        keys,
        lambda k: Text(k or "目录外", k or "Not in the catalogue"),
    )


def _by_hour(hall: Hall, found: Gathered) -> list[Row]:
    counted, demand = found.counted, _demand(found)
    presence = [_presence(*sums) for sums in found.pieces.sums(found.pieces.hour.astype(np.int64), 24)]
    for hour, row in enumerate(presence):
        row["demand_load"] = demand[hour]
        row["seat_overload"] = seconds(found.overload.by_hour[hour]) if hall.report.seats else None
    return _of_visits(
        found,
        counted.visits.hour.astype(np.int64),
        counted.legs.hour.astype(np.int64),
        range(24),
        lambda h: Text.same(f"{h:02d}:00"),
        presence,
    )


def _by_weekday(found: Gathered) -> list[Row]:
    weekday = np.array([day.weekday() for day in found.hours.days], np.int64)
    counted, pieces = found.counted, found.pieces
    presence = [_presence(*sums) for sums in pieces.sums(weekday[pieces.day], 7)]
    return _of_visits(
        found,
        weekday[counted.visits.day],
        weekday[counted.legs.day],
        range(1, 8),
        lambda d: WEEKDAYS[d - 1],
        presence,
    )


def _by_day(found: Gathered) -> list[Row]:
    counted, pieces, days = found.counted, found.pieces, found.hours.days
    presence = [_presence(*sums) for sums in pieces.sums(pieces.day, len(days))]
    return _of_visits(
        found,
        counted.visits.day.astype(np.int64),
        counted.legs.day.astype(np.int64),
        [day.isoformat() for day in days],
        Text.same,
        presence,
    )


def _by_outcome(found: Gathered) -> list[Row]:
    rows = sorted(
        (row for row in found.counted.outcome_rows() if row["finished"]),
        key=lambda row: (-row["finished"], row["outcome"]),
    )
    return [
        _named(name := row.pop("outcome"), Text(name or "未记结果", name or "No outcome recorded"), row) for row in rows
    ]


def _by_reason(hall: Hall, found: Gathered) -> list[Row]:
    listed, rows = hall.console.transfer_reasons, found.counted.reason_rows(found.visit_of_leg)
    return [
        _named(
            reason := row.pop("reason"),
            reason_text(reason, listed) if reason else Text("未记原因", "No reason recorded"),
            row,
        )
        for row in rows
    ]


def _of_posts(hall: Hall, found: Gathered, post: str, name: Callable[[Any], Text], helping: Column) -> list[Row]:
    counted, pieces = found.counted, found.pieces
    keys = getattr(found.words, post).listed()
    n = len(keys)
    if not n:
        return []
    rows, sums = counted.post_rows(getattr(counted.legs, post), n), pieces.sums(getattr(pieces, post), n)
    tidal: Any = np.bincount(pieces.counter, weights=helping, minlength=n) if post == "counter" else []
    border = hall.report.long_pause_min * 60_000
    long = Counter(getattr(pause, post) for pause in pieces.pauses if pause.ms > border)
    suspended = suspends(found)
    made = []
    for code, key in enumerate(keys):
        presence = _presence(*sums[code])
        presence["long_pauses"] = long[key or ""]
        if post == "counter":
            presence["suspends"] = suspended.get(code, {})
            presence["tidal_time"] = seconds(tidal[code])
        if rows[code]["called"] or rows[code]["served"] or presence["open_time"]:
            made.append(_named(key, name(key), rows[code] | presence))
    return sorted(made, key=lambda row: _as_counted(row["key"]))


def _as_counted(key: str | None) -> tuple[bool, bool, int, str]:
    """As people count (2 before 10), those with a word after them, none last."""
    return key is None, not (key or "").isdigit(), len(key or ""), key or ""


def _presence(opened: int, paused: int, busy: int) -> Row:
    manned = opened - paused
    return {
        "open_time": seconds(opened),
        "pause_time": seconds(paused),
        "busy_time": seconds(busy),
        "utilisation": ratio(seconds(busy), seconds(manned)),
        "idle": ratio(seconds(manned - busy), seconds(manned)),
    }


def _demand(found: Gathered) -> list[Row]:
    """Σ (A × mean S) / Σ (O - Z) of each hour, and of all at place 24; services that were never served stay out."""
    counted, pieces = found.counted, found.pieces
    n = max(1, len(found.words.service))
    means = np.array([mean or 0.0 for mean in counted.service_time.mean(counted.legs.service, n)])
    asked = (
        np.bincount(counted.visits.hour.astype(np.int64) * n + counted.visits.service, minlength=24 * n).reshape(24, n)
        @ means
    )
    manned = [o - z for o, z, _ in pieces.sums(pieces.hour.astype(np.int64), 24)]
    hours = [ratio(seconds(a), seconds(m)) for a, m in zip(asked.tolist(), manned, strict=True)]
    return [*hours, ratio(seconds(asked.sum()), seconds(sum(manned)))]


ALL = -1


def suspends(found: Gathered) -> dict[int, dict[str, dict[str, Any]]]:
    """counter's code (or ALL) -> kind -> {n, mean}: how often, and how long on average; one that is not over counts,
    and has no length.
    """
    sums: dict[int, dict[str, tuple[int, int, int]]] = {}
    for (counter, kind), (n, over, ms) in found.suspensions.items():
        for key in (ALL, counter):
            kinds = sums.setdefault(key, {})
            before = kinds.get(kind, (0, 0, 0))
            kinds[kind] = (before[0] + n, before[1] + over, before[2] + ms)
    return {
        key: {
            kind: {"n": n, "mean": seconds(ms / over) if over else None}
            for kind, (n, over, ms) in sorted(kinds.items())
        }
        for key, kinds in sums.items()
    }
