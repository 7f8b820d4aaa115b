"""Every figure of a report once more, slow and obvious, from the words of docs/figures.md.

Shares no code with `server.reports`.

Legs come as plain dicts (epoch milliseconds), opening hours as a list of (start, end); nothing here is a vector.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Leg = dict[str, Any]
SAID = {"done": "现场办结", "accepted": "受理待办", "incomplete": "补正", "refused": "不予受理", "enquiry": "咨询",
        "collected": "领件", "wrong item": "取错事项", "other": "其他", "": "", None: ""}  # fmt: skip
"""What a report calls the outcomes that the tables hold."""
WAIT_STATES = ("waiting", "called", "serving", "suspended")


def clock(ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(ms / 1000, zone)


def overlap(a: int, b: int, spans: Iterable[tuple[int, int]]) -> int:
    """How much of [a, b) lies inside the spans."""
    return sum(max(0, min(b, end) - max(a, start)) for start, end in spans)


def number(ms: Fraction | int | None) -> float | None:
    return None if ms is None else round(float(Fraction(ms)) / 1000, 1)


def spread(values: list[int]) -> dict[str, Any]:
    values = sorted(values)
    n = len(values)
    if n == 0:
        return {"n": 0, "mean": None, "median": None, "p90": None, "max": None}
    rank = {p: values[math.ceil(Fraction(p, 10) * n) - 1] for p in (5, 9)}
    return {
        "n": n,
        "mean": number(Fraction(sum(values), n)),
        "median": number(rank[5]),
        "p90": number(rank[9]),
        "max": number(values[-1]),
    }


def ratio(a: float, b: float) -> dict[str, Any]:
    return {"numerator": a, "denominator": b, "share": round(a / b, 6) if b else None}


class Visit:
    """All legs of one ticket."""

    def __init__(self, legs: list[Leg]) -> None:
        self.legs = legs
        self.first, self.last = legs[0], legs[-1]
        self.called = any(leg["called"] is not None for leg in legs)
        self.served = any(leg["started"] is not None or leg["state"] == "finished" for leg in legs)
        self.transfers = sum(leg["state"] == "transferred" for leg in legs)
        self.kind = self._kind()

    def _kind(self) -> str:
        state = self.last["state"]
        if state == "finished":
            return "finished"
        if state in WAIT_STATES:
            return "open"
        if state not in ("passed", "left", "expired"):
            return "?"
        if self.served:
            return "finished"
        if self.called:
            return "passed"
        return {"left": "left", "expired": "expired"}.get(state, "?")


class Oracle:
    """The report's figures of legs (dicts with the fields of a leg, times in ms), sittings (counter, staff, start,
    end) and pauses.
    """

    def __init__(
        self,
        legs: list[Leg],
        sittings: list[tuple[str, str, int, int]],
        pauses: list[tuple[str, str, int, int]],
        opening: list[tuple[int, int]],
        *,
        zone: ZoneInfo,
        now: int,
        pledge: int,
        amber: int,
        red: int,
        standard: Callable[[str], int | None],
        instant: Callable[[str], bool],
        factor: Fraction,
        days: dict[str, tuple[int, int]],
        kept: bool = False,
        again: list[tuple[int, int]] | None = None,
    ) -> None:
        self.legs, self.opening, self.zone, self.now = legs, opening, zone, now
        self.sittings, self.pauses = sittings, pauses
        self.pledge, self.amber, self.red = pledge, amber, red
        self.standard, self.instant, self.factor, self.days, self.kept = standard, instant, factor, days, kept
        self.again = again or []
        by_ticket: dict[int, list[Leg]] = {}
        for leg in legs:
            by_ticket.setdefault(leg["ticket"], []).append(leg)
        self.visits = [Visit(by_ticket[ticket]) for ticket in by_ticket]
        self.visit_of = {id(leg): visit for visit in self.visits for leg in visit.legs}

    # --- one leg ---

    def office(self, a: int, b: int) -> int:
        return overlap(a, b, self.opening) if b > a else 0

    def wait(self, leg: Leg) -> int | None:
        if leg["called"] is None or leg["entered"] is None:
            return None
        return max(0, leg["called"] - leg["entered"])

    def office_wait(self, leg: Leg) -> int | None:
        return None if self.wait(leg) is None else self.office(leg["entered"], leg["called"])

    def away(self, leg: Leg) -> int:
        """Suspended spans inside the leg: one that ended it is none of it."""
        spans = [(a, b) for kind, a, b in leg["suspends"] if b is not None and not (self.kept and kind == "kept")]
        return sum(b - a for a, b in spans if leg["ended"] is not None and b <= leg["ended"])

    def begun(self, leg: Leg) -> int | None:
        return leg["started"] if leg["started"] is not None else leg["last_called"]

    def service(self, leg: Leg) -> int | None:
        over = leg["state"] == "finished" or (leg["state"] in ("transferred", "handed") and leg["started"] is not None)
        if not over or self.begun(leg) is None or leg["ended"] is None:
            return None
        return max(0, leg["ended"] - self.begun(leg) - self.away(leg))  # type: ignore[operator]

    def response(self, leg: Leg) -> int | None:
        if self.service(leg) is None or leg["started"] is None or leg["last_called"] is None:
            return None
        return max(0, leg["started"] - leg["last_called"])

    def busy(self, leg: Leg) -> list[tuple[int, int]]:
        """H as stretches: last call to end, without suspended spans, of legs that were served."""
        begin = leg["last_called"] if leg["last_called"] is not None else leg["started"]
        if begin is None or not (leg["started"] is not None or leg["state"] == "finished"):
            return []
        end = self.now if leg["ended"] is None else leg["ended"]
        if end <= begin:
            return []
        cut = [(a, end if b is None else b) for kind, a, b in leg["suspends"] if not (self.kept and kind == "kept")]
        edges = sorted({begin, end, *(min(max(t, begin), end) for span in cut for t in span)})
        return [(a, b) for a, b in itertools.pairwise(edges) if not any(x <= a and b <= y for x, y in cut)]

    # --- keys of cuts ---

    def hour(self, leg: Leg) -> int:
        return clock(self.visit_of[id(leg)].first["entered"], self.zone).hour

    def weekday(self, leg: Leg) -> int:
        return datetime.fromisoformat(leg["day"]).isoweekday()

    # --- rows ---

    def visit_row(self, visits: list[Visit]) -> dict[str, Any]:
        of = {kind: [v for v in visits if v.kind == kind] for kind in ("finished", "passed", "left", "expired", "open")}
        called = [v for v in visits if v.called]
        waits = [self.wait(v.first) for v in visits if self.wait(v.first) is not None]
        office = [self.office_wait(v.first) for v in visits if self.office_wait(v.first) is not None]
        closed = [v for v in visits if v.last["state"] == "finished"]
        never = [self._never(v) for kind in ("passed", "left", "expired") for v in of[kind]]
        f = len(of["finished"])
        return {
            "arrivals": len(visits),
            **{kind: len(of[kind]) for kind in of},
            "called": len(called),
            "items": ratio(sum(leg["items"] for v in closed for leg in v.legs), f),
            "no_show": ratio(len(of["passed"]), len(called)),
            "walk_out": ratio(len(of["left"]) + len(of["expired"]), len(visits)),
            "wait": spread(waits),
            "office_wait": spread(office),  # type: ignore[arg-type]
            "never_served_wait": spread([w for w in never if w is not None]),
            "within_pledge": ratio(sum(w <= self.pledge for w in office), len(called)),  # type: ignore[operator]
            "amber": sum(w > self.amber for w in office),
            "long_waits": sum(w > self.red for w in office),  # type: ignore[operator]
            "visit_time": spread(
                [max(0, v.last["ended"] - v.first["entered"]) for v in closed if v.last["ended"] is not None]
            ),
            "transfers": sum(v.transfers for v in visits),
            "transferred": ratio(sum(v.transfers > 0 for v in visits), len(visits)),
            "one_counter": ratio(sum(v.transfers == 0 for v in of["finished"]), f),
            "recalls": ratio(sum(leg["recalls"] for v in visits for leg in v.legs), len(called)),
            "two_calls": ratio(sum(sum(leg["calls"] for leg in v.legs) >= 2 for v in visits), len(called)),
            **self.outcome_part([v.last for v in closed], [v.first["service"] for v in closed]),
        }

    def _never(self, visit: Visit) -> int | None:
        until = visit.first["called"] if visit.first["called"] is not None else visit.last["ended"]
        return None if until is None else self.office(visit.first["entered"], until)

    def outcome_part(self, closed: list[Leg], services: list[str]) -> dict[str, Any]:
        decided = ("done", "accepted", "incomplete", "refused")
        mix: dict[str, int] = {}
        for leg in closed:
            mix[SAID[leg["outcome"]]] = mix.get(SAID[leg["outcome"]], 0) + 1
        instant = [leg for leg, service in zip(closed, services, strict=True) if self.instant(service)]
        return {
            "on_the_spot": ratio(
                sum(leg["outcome"] == "done" for leg in closed), sum(leg["outcome"] in decided for leg in closed)
            ),
            "on_the_spot_instant": ratio(
                sum(leg["outcome"] == "done" for leg in instant), sum(leg["outcome"] in decided for leg in instant)
            ),
            "outcomes": mix,
        }

    def leg_row(self, legs: list[Leg]) -> dict[str, Any]:
        services = [s for leg in legs if (s := self.service(leg)) is not None]
        limited = [
            (s, self.standard(leg["service"]))
            for leg in legs
            if (s := self.service(leg)) is not None and self.standard(leg["service"])
        ]
        return {
            "served": sum(leg["started"] is not None or leg["state"] == "finished" for leg in legs),
            "response": spread([r for leg in legs if (r := self.response(leg)) is not None]),
            "service_time": spread(services),
            "overtime": ratio(sum(s > self.factor * minutes * 60_000 for s, minutes in limited), len(limited)),  # type: ignore[operator]
        }

    def post_row(self, legs: list[Leg]) -> dict[str, Any]:
        called = [leg for leg in legs if leg["called"] is not None]
        missed = [leg for leg in called if leg["started"] is None and leg["state"] in ("passed", "left", "expired")]
        closed = [leg for leg in legs if leg["state"] == "finished"]
        office = [w for leg in legs if (w := self.office_wait(leg)) is not None]
        return {
            "called": len(called),
            "finished": len(closed),
            "passed": len(missed),
            "items": ratio(sum(leg["items"] for leg in legs), sum(leg["items"] > 0 for leg in legs)),
            "no_show": ratio(len(missed), len(called)),
            "wait": spread([w for leg in legs if (w := self.wait(leg)) is not None]),
            "office_wait": spread(office),
            "within_pledge": ratio(sum(w <= self.pledge for w in office), len(office)),
            "amber": sum(w > self.amber for w in office),
            "long_waits": sum(w > self.red for w in office),
            "transfers": sum(leg["state"] == "transferred" for leg in legs),
            "recalls": ratio(sum(leg["recalls"] for leg in legs), len(called)),
            "two_calls": ratio(sum(leg["calls"] >= 2 for leg in legs), len(called)),
            **self.outcome_part(closed, [leg["service"] for leg in closed]),
            **self.leg_row(legs),
        }

    # --- counters' time ---

    def presence(
        self, counter: str | None = None, staff: str | None = None, inside: list[tuple[int, int]] | None = None
    ) -> dict[str, Any]:
        """O, Z, B, utilisation and idle of the sittings at a counter, of a person, or inside some spans."""
        opened = paused = busy = 0
        for at, who, start, end in self.sittings:
            if counter not in (None, at) or staff not in (None, who):
                continue
            for a, b in [(max(start, x), min(end, y)) for x, y in self.opening if min(end, y) > max(start, x)]:
                for c, d in (
                    [(max(a, x), min(b, y)) for x, y in inside if min(b, y) > max(a, x)]
                    if inside is not None
                    else [(a, b)]
                ):
                    opened += d - c
                    paused += sum(overlap(c, d, [(p, q)]) for where, _, p, q in self.pauses if where == at)
                    busy += sum(overlap(c, d, self.busy(leg)) for leg in self.legs if leg["counter"] == at)
        manned = opened - paused
        return {
            "open_time": number(opened),
            "pause_time": number(paused),
            "busy_time": number(busy),
            "utilisation": ratio(number(busy), number(manned)),  # type: ignore[arg-type]
            "idle": ratio(number(manned - busy), number(manned)),  # type: ignore[arg-type]
        }

    def hours(self, hour: int) -> list[tuple[int, int]]:
        """The stretches of every day's local hour."""
        found = []
        for start, _ in self.days.values():
            base = start // 3_600_000 * 3_600_000 - 24 * 3_600_000
            found += [
                (t, t + 3_600_000)
                for t in range(base, base + 72 * 3_600_000, 3_600_000)
                if clock(t, self.zone).hour == hour
            ]
        return sorted(set(found))

    def suspends(self, legs: list[Leg]) -> dict[str, Any]:
        found: dict[str, list[int | None]] = {}
        for leg in legs:
            for kind, a, b in leg["suspends"]:
                found.setdefault(kind, []).append(None if b is None else max(0, b - a))
        over = {kind: [s for s in spans if s is not None] for kind, spans in found.items()}
        return {
            kind: {"n": len(spans), "mean": number(Fraction(sum(over[kind]), len(over[kind]))) if over[kind] else None}
            for kind, spans in found.items()
        }  # type: ignore[arg-type]

    def demand(self, hour: int | None) -> float | None:
        """Σ (A × mean S) per service, seconds."""
        total = Fraction(0)
        for service in {leg["service"] for leg in self.legs}:
            times = [s for leg in self.legs if leg["service"] == service and (s := self.service(leg)) is not None]
            asked = sum(v.first["service"] == service and hour in (None, self.hour(v.first)) for v in self.visits)
            total += asked * Fraction(sum(times), len(times)) if times else 0
        return number(total)

    def overload(self, seats: int, hour: int | None = None) -> float | None:
        """Seconds with more people waiting than seats, those among them who came back after a no-show."""
        waiting = list(self.again)
        for leg in self.legs:
            until = (
                leg["called"] if leg["called"] is not None else leg["ended"] if leg["ended"] is not None else self.now
            )
            if leg["entered"] is not None and until > leg["entered"]:
                waiting.append((leg["entered"], until))
        inside = self.hours(hour) if hour is not None else [(-(2**60), 2**60)]
        edges = sorted({t for span in waiting for t in span} | {t for span in inside for t in span})
        over = sum(
            b - a
            for a, b in itertools.pairwise(edges)
            if any(x <= a and b <= y for x, y in inside) and sum(s <= a and b <= e for s, e in waiting) > seats
        )
        return number(over)


# --- comparisons ---

TIME_OF_COUNTERS = ("open_time", "pause_time", "busy_time", "tidal_time", "seat_overload")


def change(now: float | None, then: float | None, least: float, *, points: bool) -> dict[str, Any]:
    """Per cent, or percentage points; an arrow only where both sides have ten."""
    if now is None or then is None or (then == 0 and not points):
        return {"now": now, "then": then, "change": None, "arrow": None}
    by = round(100 * (now - then), 2) if points else round(100 * (now - then) / then, 1)
    arrow = None if least < 10 else "same" if by == 0 else "up" if by > 0 else "down"
    return {"now": now, "then": then, "change": by, "arrow": arrow}


def changes(now: dict[str, Any], then: dict[str, Any], days: tuple[int, int]) -> dict[tuple[str, str], dict[str, Any]]:
    """(figure, part) -> its change, of two totals: counts and counters' time per service day, the rest as it is."""

    def per_day(value: float | None, n: int) -> float | None:
        return None if value is None or n == 0 else round(value / n, 4)

    found = {}
    for figure, value in now.items():
        other = then[figure]
        if figure in ("outcomes", "suspends"):
            continue
        if isinstance(value, dict) and "share" in value:
            found[figure, "share"] = change(
                value["share"], other["share"], min(value["denominator"], other["denominator"]), points=True
            )
        elif isinstance(value, dict):
            for part in ("mean", "median", "p90"):
                found[figure, part] = change(value[part], other[part], min(value["n"], other["n"]), points=False)
        elif isinstance(value, int) or figure in TIME_OF_COUNTERS or figure.startswith("per_"):
            least = min(value, other) if isinstance(value, int) and isinstance(other, int) else 10
            found[figure, "per_service_day"] = change(
                per_day(value, days[0]), per_day(other, days[1]), least, points=False
            )
        else:
            found[figure, "value"] = change(value, other, 10, points=False)
    return found
