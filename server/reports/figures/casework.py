"""办件: what became of applications in a period, by `CASE_FIGURES` of `definitions`. Pure.

A case is read once into the facts that figures ask for (`fact`); each figure is a set of them, or two, and the same
sets lead from a figure to its cases. What was taken back (撤回) counts nowhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from config import Hall, Service, Text
from server.domain import trips
from server.domain.deadline import Change, Run, Unit, WorkingDays, due_date, read
from server.domain.reach import parts_of
from server.domain.register import Record, Step
from server.reports.figures.groups import ratio

Row = dict[str, Any]
ACCEPTS, DECIDES, TOLD = ("accept", "accept_owing"), "decide", "tell"
TELL_ENDS = ("tell", "accept", "accept_owing", "refuse")
STOPPED = ("special",)
PROMISED, TELL = "promised", "tell"
UNFETCHED_DAYS = 30
TOP, LISTED = 20, 200
"""So many missing materials, and so many cases of a list, are shown; the workbook has no more either."""
ONLINE = "是"
"""是否全程网办事项: 部分 does not count (docs/figures.md)."""


class Fact(NamedTuple):
    """One case as the figures see it. Moments are epoch seconds; None: it has not happened."""

    id: int
    number: str
    service: str
    departments: tuple[str, ...]
    received: float
    accepted: float | None
    refused: float | None
    decided: float | None
    posted: float | None
    delivered: float | None
    over: float | None
    told: tuple[float, ...]
    tell_ended: float | None
    tell_late: bool | None
    due: date | None
    """By which it was promised, with its extension; None while the clock is stopped, or nothing was promised."""
    late: bool | None
    """Of what was decided; None: nothing was promised in days."""
    early: bool
    used: int
    """Working days from 受理 to 办结 without those of a special procedure."""
    paused: int
    platform: bool
    no_platform: str
    licence: bool
    needs_licence: bool
    replaced: bool
    replaceable: bool
    late_reason: str
    visits: int
    promised_visits: int | None
    missing: tuple[str, ...]
    applied: bool = False
    """Whether the visitor's number was checked in by a 预审号 of the city's platform."""


class Span(NamedTuple):
    """[start, end) of the period up to now, epoch seconds; `today`: the day on which it ends."""

    start: float
    end: float
    today: date

    def has(self, at: float | None) -> bool:
        return at is not None and self.start <= at < self.end

    def before(self, at: float | None) -> bool:
        """Whether it had happened by the end of the period."""
        return at is not None and at < self.end


@dataclass(frozen=True)
class Grounds:
    """What a case is read by: services, working days, the hall's days, which papers an e-licence can stand for."""

    services: Mapping[str, Service]
    calendar: WorkingDays
    day: Callable[[float], date]
    licences: frozenset[str]

    @classmethod
    def of(cls, hall: Hall) -> Grounds:
        return cls(
            hall.services,
            WorkingDays.of(hall),
            lambda at: datetime.fromtimestamp(at, hall.zone).date(),
            frozenset(hall.report.e_licences),
        )


# --- one case ---------------------------------------------------------------------------------------------------------


def facts(
    cases: Iterable[Record], owing: Iterable[Record], on: Grounds, span: Span, applied: Collection[int] = ()
) -> list[Fact]:
    """The cases that count. `owing`: 容缺补交, each of a case by its number; `applied`: numbers (ids) that were checked
    in by a 预审号.
    """
    owed: dict[str, list[Record]] = {}
    for one in owing:
        owed.setdefault(str(one.values.get("case")), []).append(one)
    return [
        fact(one, owed.get(one.number, ()), on, span)._replace(applied=one.ticket in applied)
        for one in cases
        if one.state != "withdrawn"
    ]


def fact(record: Record, owing: Sequence[Record], on: Grounds, span: Span) -> Fact:
    steps, values, service = record.moves, record.values, on.services.get(record.service)
    accepted = _first(steps, *ACCEPTS)
    decided = _first(steps, DECIDES)
    used, paused = _worked(steps, accepted, decided, on)
    told = record.verdicts.get(PROMISED) if decided else None
    by = date.fromisoformat(told["due"]) if told and told["due"] else None
    open_then = accepted is not None and not (decided and decided.at < span.end)
    due = _due(steps, accepted, on, span) if accepted and open_then else by
    handed = _first(steps, "deliver")
    return Fact(
        id=record.id,
        number=record.number,
        service=record.service,
        departments=tuple(parts_of(service.department)) if service else (),
        received=record.opened_at,
        accepted=accepted.at if accepted else None,
        refused=_at(steps, "refuse"),
        decided=decided.at if decided else None,
        posted=_at(steps, "post") or (handed.at if handed and values.get("handed") == "post" else None),
        delivered=handed.at if handed else None,
        over=record.closed_at,
        told=tuple(step.at for step in steps if step.move == TOLD),
        tell_ended=max((step.at for step in steps if step.move in TELL_ENDS), default=None),
        tell_late=record.verdicts[TELL]["late"] if TELL in record.verdicts else None,
        due=due,
        late=bool(told["late"]) if told and by else None,
        early=bool(decided and by and on.day(decided.at) < by),
        used=used,
        paused=paused,
        platform=bool(values.get("platform")),
        no_platform=str(values.get("no_platform", "")),
        licence=bool(values.get("licence")),
        needs_licence=bool(values.get("licence")) or values.get("no_licence") == "not_linked",
        replaced=bool(values.get("replaced")),
        replaceable=bool(values.get("replaced")) or _replaceable(service, on),
        late_reason=str(values.get("late_reason", "")),
        visits=trips.trips(record, owing, on.day),
        promised_visits=trips.promised(service.visits) if service else None,
        missing=tuple(values.get("missing", ())),
    )


def _replaceable(service: Service | None, on: Grounds) -> bool:
    """Whether an e-licence can stand for a paper that is asked for; 身份证/社保卡 is either."""
    return service is not None and any(
        part in on.licences for material in service.materials for part in material.split("/")
    )


def _first(steps: Iterable[Step], *moves: str) -> Step | None:
    return next((step for step in steps if step.move in moves), None)


def _at(steps: Iterable[Step], move: str) -> float | None:
    found = _first(steps, move)
    return found.at if found else None


def _worked(steps: Sequence[Step], accepted: Step | None, decided: Step | None, on: Grounds) -> tuple[int, int]:
    """(working days used, those of them that a special procedure took out) of a case that is decided."""
    if accepted is None or decided is None:
        return 0, 0
    first, last = on.day(accepted.at), on.day(decided.at)
    after = [step for step in steps[steps.index(accepted) :] if step.at <= decided.at]
    run = Run(first, None, [Change(on.day(step.at), step.state not in STOPPED) for step in after[1:]], last)
    used = read(run, on.calendar, last).used
    return used, on.calendar.between(first.toordinal(), last.toordinal()) - used


def _due(steps: Sequence[Step], accepted: Step, on: Grounds, span: Span) -> date | None:
    """When a case that is not decided was to be, as it stood at the end of the period; None while it is stopped."""
    promised: tuple[int | None, Unit] = accepted.terms.get(PROMISED) or (None, "working")
    term, unit = promised
    after = [step for step in steps[steps.index(accepted) :] if step.at < span.end]
    extra = sum(int(step.terms.get(PROMISED, 0)) for step in after if step.move == "extend")
    changes = [Change(on.day(step.at), step.state not in STOPPED) for step in after[1:]]
    run = Run(on.day(accepted.at), term, changes, None, extra, unit)
    return due_date(run, on.calendar, span.today)


# --- sets of cases, by which figures are counted and cases found ------------------------------------------------------

Holds = Callable[[Fact, Span], bool]


def _ready(f: Fact, p: Span) -> bool:
    """Ready at the end of the period, and neither sent nor fetched."""
    return p.before(f.decided) and not p.before(f.posted) and not p.before(f.over)


def _age(f: Fact, p: Span) -> int:
    """Calendar days that a result lies ready."""
    return int(((p.end - f.decided) if f.decided is not None else 0.0) // 86400)


def _unlicensed(f: Fact, p: Span) -> bool:
    return p.has(f.decided) and f.needs_licence and not f.licence


SETS: dict[str, Holds] = {
    "cases_received": lambda f, p: p.has(f.received),
    "accepted_cases": lambda f, p: p.has(f.accepted),
    "refused_cases": lambda f, p: p.has(f.refused),
    "decided_cases": lambda f, p: p.has(f.decided),
    "timed": lambda f, p: p.has(f.decided) and f.late is not None,
    "applied_online": lambda f, p: p.has(f.received) and f.applied,
    "on_time": lambda f, p: p.has(f.decided) and f.late is False,
    "early": lambda f, p: p.has(f.decided) and f.early,
    "late_cases": lambda f, p: p.has(f.decided) and f.late is True,
    "overdue_cases": lambda f, p: (
        p.before(f.accepted)
        and not p.before(f.decided)
        and not p.before(f.over)
        and f.due is not None
        and f.due < p.today
    ),
    "paused_cases": lambda f, p: p.has(f.decided) and f.paused > 0,
    "ready_cases": _ready,
    "uncollected": lambda f, p: _ready(f, p) and _age(f, p) >= UNFETCHED_DAYS,
    "on_platform": lambda f, p: p.has(f.accepted) and f.platform,
    "off_platform": lambda f, p: p.has(f.accepted) and not f.platform,
    "completed": lambda f, p: p.has(f.delivered),
    "with_promise": lambda f, p: p.has(f.delivered) and f.promised_visits is not None,
    "visits_kept": lambda f, p: p.has(f.delivered) and f.promised_visits is not None and f.visits <= f.promised_visits,
    "visits_over": lambda f, p: p.has(f.delivered) and f.promised_visits is not None and f.visits > f.promised_visits,
    "needs_licence": lambda f, p: p.has(f.decided) and f.needs_licence,
    "licence_made": lambda f, p: p.has(f.decided) and f.licence,
    "licence_lacking": _unlicensed,
    "replaceable": lambda f, p: p.has(f.accepted) and f.replaceable,
    "licence_used": lambda f, p: p.has(f.accepted) and f.replaced,
    "licence_unused": lambda f, p: p.has(f.accepted) and f.replaceable and not f.replaced,
    "ems": lambda f, p: p.has(f.delivered) and f.posted is not None,
    "told": lambda f, p: any(map(p.has, f.told)),
    "told_again_cases": lambda f, p: any(map(p.has, f.told[1:])),
    "told_judged": lambda f, p: p.has(f.tell_ended) and f.tell_late is not None,
    "told_in_time": lambda f, p: p.has(f.tell_ended) and f.tell_late is False,
    "told_late": lambda f, p: p.has(f.tell_ended) and f.tell_late is True,
}
"""Name -> whether a case is in it. Those named as a figure are its numerator."""
COUNTS = (
    "cases_received",
    "accepted_cases",
    "refused_cases",
    "decided_cases",
    "late_cases",
    "overdue_cases",
    "ready_cases",
    "uncollected",
)
SHARES = {
    "applied_online": "cases_received",
    "on_time": "timed",
    "early": "timed",
    "paused_cases": "decided_cases",
    "on_platform": "accepted_cases",
    "visits_kept": "with_promise",
    "licence_made": "needs_licence",
    "licence_used": "replaceable",
    "ems": "completed",
    "told_in_time": "told_judged",
    "told_again_cases": "told",
}
"""Figure -> the set that it is a share of."""
WAYS: dict[str, Text] = {
    "cases_received": Text("收件", "Received"),
    "applied_online": Text("凭预审号来办", "Came with a pre-check number"),
    "accepted_cases": Text("受理", "Accepted"),
    "refused_cases": Text("不予受理", "Refused"),
    "decided_cases": Text("办结", "Decided"),
    "early": Text("提前办结", "Decided early"),
    "late_cases": Text("超期办结", "Decided late"),
    "overdue_cases": Text("超期未办结", "Overdue, not decided"),
    "paused_cases": Text("特别程序", "Paused"),
    "ready_cases": Text("待领", "Ready, not fetched"),
    "uncollected": Text("30天未领", "Not fetched for 30 days"),
    "off_platform": Text("未上平台", "Not on the platform"),
    "visits_over": Text("超过承诺趟数", "More visits than promised"),
    "licence_lacking": Text("未同步生成电子证照", "No e-licence made"),
    "licence_used": Text("使用电子证照", "E-licence used"),
    "licence_unused": Text("可用而未用电子证照", "E-licence not used"),
    "ems": Text("邮政速递", "By post"),
    "told_late": Text("告知超过5个工作日", "Told after 5 working days"),
    "told_again_cases": Text("重复告知", "Told again"),
}
"""The sets that a report leads to, as its page of cases names them."""
MIXES = ("late_reasons", "no_platform")
LEADS = {
    "on_time": "late_cases",
    "days_used": "decided_cases",
    "late_reasons": "late_cases",
    "days_paused": "paused_cases",
    "ready_age": "ready_cases",
    "on_platform": "off_platform",
    "no_platform": "off_platform",
    "visits_kept": "visits_over",
    "visits_actual": "visits_over",
    "visits_promised": "visits_over",
    "licence_made": "licence_lacking",
    "ems_days": "ems",
    "told_in_time": "told_late",
}
"""Figure -> the set that it leads to, where that is not its own: a share leads to what it lacks."""
ORDERS: dict[str, Callable[[Fact, Span], float]] = {
    "ready_cases": lambda f, p: -_age(f, p),
    "uncollected": lambda f, p: -_age(f, p),
    "late_cases": lambda f, p: -f.used,
    "decided_cases": lambda f, p: -f.used,
    "paused_cases": lambda f, p: -f.paused,
    "visits_over": lambda f, p: -f.visits,
}
"""What comes first in a set's list, where it is not the oldest."""


def way_of(figure: str) -> str | None:
    """To which cases a figure leads; None where it is of none."""
    found = LEADS.get(figure, figure)
    return found if found in WAYS else None


def found(told: Iterable[Fact], span: Span, way: str, cut: str = "", key: str = "") -> list[Fact]:
    """The cases of a set, of one service or department where a cut is asked for."""
    mine = [f for f in told if SETS[way](f, span) and (not cut or key in _keys(f, cut))]
    order = ORDERS.get(way)
    return sorted(mine, key=lambda f: (order(f, span) if order else f.received, f.id))


def _keys(f: Fact, cut: str) -> tuple[str, ...]:
    return (f.service,) if cut == "service" else f.departments


# --- figures ----------------------------------------------------------------------------------------------------------


def casework(
    hall: Hall,
    told: Sequence[Fact],
    hints: Iterable[tuple[str, bool]],
    span: Span,
    reasons: Mapping[str, Mapping[str, Text]],
) -> Row:
    """{"total", "service", "department", "late", "missing", "reasons"}. `hints`: the kiosks' 网上办理 words of the
    period, (service, whether it was taken); `reasons`: the words of what a mix counts, by figure.
    """
    offered: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for service, accepted in hints:
        (taken if accepted else offered)[service] += 1
    by_service: dict[str, list[Fact]] = {}
    by_department: dict[str, list[Fact]] = {}
    for one in told:
        by_service.setdefault(one.service, []).append(one)
        for part in one.departments:
            by_department.setdefault(part, []).append(one)
    whole = row(told, span) | {"diversion": ratio(sum(taken.values()), sum(offered.values()))}
    items = hall.services.values()
    return {
        "total": {**whole, "online_items": ratio(sum(one.online == ONLINE for one in items), len(items))},
        "service": [
            {
                "key": code,
                **hall.service_name(code).json("name"),
                **row(by_service.get(code, []), span),
                "diversion": ratio(taken[code], offered[code]),
            }
            for code in sorted({code for code, mine in by_service.items() if _any(mine, span)} | {*offered, *taken})
        ],
        "department": [
            {"key": part, **Text.same(part).json("name"), **row(mine, span)}
            for part, mine in sorted(by_department.items())
            if _any(mine, span)
        ],
        "late": [_late(hall, one, reasons["late_reasons"]) for one in found(told, span, "late_cases")[:LISTED]],
        "missing": _missing(told, span),
        "reasons": {
            figure: [
                {"reason": code, **reasons[figure].get(code, Text.same(code)).json("name"), "n": n}
                for code, n in sorted(whole[figure].items(), key=lambda pair: (-pair[1], pair[0]))
            ]
            for figure in MIXES
        },
    }


def _any(mine: Iterable[Fact], span: Span) -> bool:
    """Whether anything of it happened in the period, or lies ready or overdue at its end."""
    return any(holds(one, span) for one in mine for holds in map(SETS.__getitem__, (*COUNTS, "completed", "told")))


def row(told: Iterable[Fact], span: Span) -> Row:
    """Every figure of some cases; those of no case are of other things."""
    told = list(told)
    within = {name: [f for f in told if holds(f, span)] for name, holds in SETS.items()}
    n = {name: len(mine) for name, mine in within.items()}
    visits = within["with_promise"]
    return {
        **{name: n[name] for name in COUNTS},
        **{name: ratio(n[name], n[of]) for name, of in SHARES.items()},
        "late_reasons": _mix(f.late_reason for f in within["late_cases"]),
        "days_used": days(f.used for f in within["decided_cases"]),
        "days_paused": days(f.paused for f in within["paused_cases"]),
        "ready_age": days(_age(f, span) for f in within["ready_cases"]),
        "no_platform": _mix(f.no_platform for f in within["off_platform"]),
        "visits_actual": ratio(sum(f.visits for f in visits), len(visits)),
        "visits_promised": ratio(sum(f.promised_visits or 0 for f in visits), len(visits)),
        "ems_days": days(
            int((f.delivered - f.posted) // 86400)
            for f in within["ems"]
            if f.delivered is not None and f.posted is not None
        ),
    }


def days(values: Iterable[int]) -> Row:
    """n, mean, and median, p90 and max by nearest rank, in days."""
    told = sorted(values)
    n = len(told)
    if not n:
        return {"n": 0, "mean": None, "median": None, "p90": None, "max": None}
    return {
        "n": n,
        "mean": round(sum(told) / n, 1),
        "median": told[-(-5 * n // 10) - 1],
        "p90": told[-(-9 * n // 10) - 1],
        "max": told[-1],
    }


def _mix(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _late(hall: Hall, one: Fact, reasons: Mapping[str, Text]) -> Row:
    """A case decided late: what the register calls public, and its days."""
    assert one.decided is not None and one.due is not None
    return {
        "record": one.id,
        "number": one.number,
        "service": one.service,
        **hall.service_name(one.service).json("name"),
        "due": one.due.isoformat(),
        "decided": datetime.fromtimestamp(one.decided, hall.zone).date().isoformat(),
        "days_used": one.used,
        "reason": one.late_reason,
        **reasons.get(one.late_reason, Text.same(one.late_reason)).json("reason_name"),
    }


def _missing(told: Iterable[Fact], span: Span) -> list[Row]:
    """The materials that cases lacked most, by the last notice of each."""
    lacking = Counter(name for f in told if SETS["told"](f, span) for name in f.missing)
    return [
        {"material": name, "n": n} for name, n in sorted(lacking.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]
    ]
