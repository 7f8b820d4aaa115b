"""The figures of cases against plain loops over days, from the words of docs/figures.md; and each figure leads to as
many cases as it says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from server.domain import events as ev
from server.domain import register
from server.domain.deadline import WorkingDays
from server.domain.definition import parse
from server.domain.platform import Pretrial
from server.domain.register import Ground, Record, Wish
from server.domain.rules import Refused
from server.domain.trips import promised
from server.domain.worktime import is_working_day
from server.reports import period
from server.reports.case_words import choices
from server.reports.definitions import CASE_CUTS, CASE_FIGURES
from server.reports.figures import casework
from server.reports.forms import poster
from server.reports.forms.applications import applications
from server.reports.forms.html import cases as address
from server.reports.forms.make import make
from server.reports.report import report
from server.store.history import History
from server.verbs import bookings, records, tickets
from server.verbs.hub import By, Hub
from server.verbs.records import Who
from tests.conftest import HandClock
from tests.server.reports.oracle import ratio

HALL = config.load()
FOLDER = config.ROOT / "server" / "registers"
CASE = parse((FOLDER / "case.toml").read_bytes(), "case.toml")
OWING = parse((FOLDER / "owing.toml").read_bytes(), "owing.toml")
GROUND = Ground(HALL.services, HALL.counters, WorkingDays.of(HALL), HALL.zone)
SERVICES = ("SB01", "SB02", "SB04", "MZ01")
FIRST, LAST = date(2026, 9, 21), date(2026, 10, 18)
REASONS = {"late_reasons": choices("late_reason"), "no_platform": choices("no_platform")}


def moment(day: date, hour: float = 10.0) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=HALL.zone).timestamp() + hour * 3600


# --- lives ------------------------------------------------------------------------------------------------------------


def values_of(chance: Random, move: str, record: Record | None, service: str) -> dict[str, Any]:
    materials = list(HALL.services[service].materials)
    some = chance.sample(materials, chance.randint(0, len(materials))) or materials[:1]
    platform = {"platform": "QZ-1234"} if chance.random() < 0.6 else {"no_platform": chance.choice(["down", "later"])}
    licence = chance.choice(
        [{"licence": "LIC-1234"}, {"no_licence": "none_for_it"}, {"no_licence": "not_linked"}, {"no_licence": "denied"}]
    )
    return {
        "receive": {"service": service, "applicant": "person", "received": materials}
        | ({"replaced": some} if chance.random() < 0.3 else {}),
        "tell": {"missing": some},
        "accept": {**platform, "delivery": "window"},
        "accept_owing": {**platform, "delivery": "window", "owed": some},
        "special": {"procedure": "hearing", "basis": "licensing"},
        "extend": {"extra_days": 3, "extend_reason": "complex", "approver": "31"},
        "propose": {"reasons": "powers", "basis": "licensing"},
        "decide": {"result": "granted", **licence, "late_reason": chance.choice(["staff", "ours"])},
        "inform": {"informed": "phone"},
        "post": {"ems": "1234567890123"},
        "deliver": {"handed": chance.choice(["window", "post", "licence"])},
        "acknowledge": {"acknowledged": "signed"},
        "hand_over": {"owner": "09"},
    }.get(move, {})


def life(chance: Random, number: int) -> Record:
    """Any life of a case, each move allowed by the register; days apart, holidays among them."""
    service = chance.choice(SERVICES)
    at = moment(FIRST + timedelta(days=chance.randint(-20, 25)), chance.uniform(8, 18))
    record: Record | None = None
    for _ in range(chance.randint(1, 9)):
        moves = [*CASE.moves_from(record.state if record else None)]
        if not moves:
            break
        move = chance.choice(moves)
        visit = chance.choice([None, None, 100 + number, 200 + number])
        wish = Wish(move, values_of(chance, move, record, service), {}, visit if record else None)
        actor = chance.choice(["08", "09"])
        try:
            if record is None:
                event: Any = register.opened(
                    CASE, wish, actor, "manager", at, GROUND, record=number, number=f"BJ20260921-{number:03d}",
                    ticket=chance.choice([None, number]),
                )  # fmt: skip
            else:
                event = register.moved(CASE, record, wish, actor, "manager", at, GROUND)
        except Refused:
            continue
        record = register.evolve(record, event, at, actor)
        at += chance.choice([0.2, 1, 1, 2, 3, 6, 40]) * 86400 * chance.random()
    assert record is not None or number
    return record or life(chance, number)


# --- the plain computation --------------------------------------------------------------------------------------------


def local(at: float) -> date:
    return datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo("Asia/Shanghai")).date()


def worked(record: Record, first: date, last: date) -> tuple[int, int]:
    """(working days at whose end it did not stand in a special procedure, those at whose end it did)."""
    used = paused = 0
    day = first + timedelta(days=1)
    while day <= last:
        state = [step.state for step in record.moves if local(step.at) <= day][-1]
        if is_working_day(HALL, day):
            used, paused = (used, paused + 1) if state == "special" and day < last else (used + 1, paused)
        day += timedelta(days=1)
    return used, paused


def at_of(record: Record, *moves: str) -> float | None:
    return next((step.at for step in record.moves if step.move in moves), None)


def came(record: Record) -> int:
    """Numbers, and days on which the person came without one."""
    numbers = {step.visit for step in record.moves if step.visit} | ({record.ticket} if record.ticket else set())
    with_number = {local(step.at) for step in record.moves if step.visit}
    with_number |= {local(record.opened_at)} if record.ticket else set()
    alone = {
        local(step.at)
        for step in record.moves
        if step.move in ("receive", "complete") or (step.move == "deliver" and record.values["handed"] == "window")
    }
    return len(numbers) + len(alone - with_number)


def plain(records: list[Record], start: float, end: float) -> dict[str, Any]:
    records = [one for one in records if one.state != "withdrawn"]

    def within(at: float | None) -> bool:
        return at is not None and start <= at < end

    accepted = [r for r in records if within(at_of(r, "accept", "accept_owing"))]
    decided = [r for r in records if within(at_of(r, "decide"))]
    delivered = [r for r in records if within(at_of(r, "deliver"))]
    told = [[s.at for s in r.moves if s.move == "tell"] for r in records]
    dues = {r.id: r.verdicts["promised"]["due"] for r in decided if r.verdicts["promised"]["due"]}
    on_day = {r.id: local(at_of(r, "decide") or 0).isoformat() for r in decided}
    days = {
        r.id: worked(r, local(at_of(r, "accept", "accept_owing") or 0), local(at_of(r, "decide") or 0)) for r in decided
    }
    ready = [
        r
        for r in records
        if (at_of(r, "decide") or end) < end and not any(s.move in ("post", "deliver") and s.at < end for s in r.moves)
    ]
    ages = [int((end - (at_of(r, "decide") or 0)) // 86400) for r in ready]
    pledged = [r for r in delivered if promised(HALL.services[r.service].visits) is not None]
    kept = [r for r in pledged if came(r) <= int(HALL.services[r.service].visits)]
    needs = [r for r in decided if "licence" in r.values or r.values["no_licence"] == "not_linked"]
    can = [
        r
        for r in accepted
        if r.values.get("replaced")
        or any(part in HALL.report.e_licences for one in HALL.services[r.service].materials for part in one.split("/"))
    ]
    by_post = [r for r in delivered if at_of(r, "post") or r.values["handed"] == "post"]
    return {
        "cases_received": sum(within(r.opened_at) for r in records),
        "accepted_cases": len(accepted),
        "decided_cases": len(decided),
        "refused_cases": sum(within(at_of(r, "refuse")) for r in records),
        "on_time": ratio(sum(on_day[i] <= due for i, due in dues.items()), len(dues)),
        "early": ratio(sum(on_day[i] < due for i, due in dues.items()), len(dues)),
        "late_cases": sum(on_day[i] > due for i, due in dues.items()),
        "days_used": sorted(used for used, _ in days.values()),
        "days_paused": sorted(paused for _, paused in days.values() if paused),
        "paused_cases": ratio(sum(paused > 0 for _, paused in days.values()), len(decided)),
        "ready_cases": len(ready),
        "ready_age": sorted(ages),
        "uncollected": sum(age >= 30 for age in ages),
        "on_platform": ratio(sum("platform" in r.values for r in accepted), len(accepted)),
        "visits_kept": ratio(len(kept), len(pledged)),
        "visits_actual": ratio(sum(came(r) for r in pledged), len(pledged)),
        "visits_promised": ratio(sum(int(HALL.services[r.service].visits) for r in pledged), len(pledged)),
        "licence_made": ratio(sum("licence" in r.values for r in needs), len(needs)),
        "licence_used": ratio(sum(bool(r.values.get("replaced")) for r in can), len(can)),
        "ems": ratio(len(by_post), len(delivered)),
        "told_again_cases": ratio(
            sum(any(map(within, one[1:])) for one in told), sum(any(map(within, one)) for one in told)
        ),
    }


def spread_of(values: list[int]) -> dict[str, Any]:
    """By counting: the smallest value that so many are not above."""
    n = len(values)

    def rank(tenths: int) -> int | None:
        return next((v for v in values if sum(other <= v for other in values) * 10 >= tenths * n), None)

    mean = round(sum(values) / n, 1) if n else None
    return {"n": n, "mean": mean, "median": rank(5), "p90": rank(9), "max": max(values, default=None)}


def span_of(start: date, end: date) -> casework.Span:
    return casework.Span(moment(start, 0), moment(end + timedelta(days=1), 0), end)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_every_figure_of_cases_is_the_plain_one(seed: int, n: int) -> None:
    chance = Random(seed)
    records, span = [life(chance, number) for number in range(1, n + 1)], span_of(FIRST, LAST)
    applied = {record.ticket for record in records if record.ticket and record.id % 3 == 0}
    told = casework.facts(records, [], casework.Grounds.of(HALL), span, applied)
    made = casework.row(told, span)
    came_in = [r for r in records if r.state != "withdrawn" and span.start <= r.opened_at < span.end]
    assert made["applied_online"] == ratio(sum(r.ticket in applied for r in came_in), len(came_in))
    for name, value in plain(records, span.start, span.end).items():
        expected = spread_of(value) if isinstance(value, list) else value
        assert made[name] == expected, name
    assert sum(made["late_reasons"].values()) == made["late_cases"]
    assert sum(made["no_platform"].values()) == made["accepted_cases"] - made["on_platform"]["numerator"]


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_what_is_overdue_at_the_end_is_what_the_register_calls_so_that_day(seed: int) -> None:
    """The same by the register's own clock: a record as it stood at the end, read on the last day."""
    chance, span = Random(seed), span_of(FIRST, LAST)
    records = [life(chance, number) for number in range(1, 30)]
    told = {f.id: f for f in casework.facts(records, [], casework.Grounds.of(HALL), span)}
    for record in records:
        then = [step for step in record.moves if step.at < span.end]
        if record.state == "withdrawn" or not then or then[-1].state not in ("accepted", "special"):
            continue
        run = register.runs(CASE, then, GROUND)["promised"]
        due = casework.due_date(run, GROUND.calendar, LAST)
        assert casework.SETS["overdue_cases"](told[record.id], span) is (due is not None and due < LAST), record


def test_a_figure_leads_to_as_many_cases_as_it_says() -> None:
    chance, span = Random(7), span_of(FIRST, LAST)
    told = casework.facts([life(chance, n) for n in range(1, 300)], [], casework.Grounds.of(HALL), span)
    made = casework.casework(HALL, told, [("SB01", False), ("SB01", True), ("SB02", False)], span, REASONS)
    total = made["total"]
    for name in casework.COUNTS:
        assert len(casework.found(told, span, name)) == total[name] > 0, name
        for cut in CASE_CUTS:
            for row in made[cut]:
                assert len(casework.found(told, span, name, cut, row["key"])) == row[name], (name, cut)
    lacks = {"on_platform": "off_platform", "visits_kept": "visits_over", "told_in_time": "told_late"}
    for figure, way in (*lacks.items(), ("licence_made", "licence_lacking")):
        assert len(casework.found(told, span, way)) == total[figure]["denominator"] - total[figure]["numerator"] > 0
    assert len(made["late"]) == total["late_cases"] and made["late"][0]["days_used"] >= made["late"][-1]["days_used"]
    assert total["diversion"] == ratio(1, 2)
    assert {row["key"]: row["diversion"] for row in made["service"] if row["key"] in ("SB01", "SB02")} == {
        "SB01": ratio(1, 1),
        "SB02": ratio(0, 1),
    }
    online = [one.online for one in HALL.services.values()]
    assert total["online_items"] == ratio(online.count("是"), len(online))


def test_every_figure_of_cases_stands_where_its_definition_says() -> None:
    chance, span = Random(7), span_of(FIRST, LAST)
    told = casework.facts([life(chance, n) for n in range(1, 80)], [], casework.Grounds.of(HALL), span)
    made = casework.casework(HALL, told, [("SB01", True)], span, REASONS)
    assert set(made["total"]) == {figure.id for figure in CASE_FIGURES}
    for cut in CASE_CUTS:
        wanted = {figure.id for figure in CASE_FIGURES if cut in figure.cuts}
        assert all(wanted <= set(row) for row in made[cut]), cut
    shapes = {"ratio": {"numerator", "denominator", "share"}, "days": {"n", "mean", "median", "p90", "max"}}
    for figure in CASE_FIGURES:
        assert set(made["total"][figure.id]) == shapes[figure.kind] if figure.kind in shapes else True, figure.id
        assert figure.zh and figure.en and figure.means_zh and figure.means_en
    assert [sheet.id for sheet in applications({"cases": made})] == [
        "cases", "cases_service", "cases_department", "late_cases", "cases_late_reasons", "cases_no_platform",
        "cases_missing",
    ]  # fmt: skip
    assert applications({}) == [], "a report that was kept before has none"
    assert address({"period": "2026-W48"}, figure="early") == "/reports/2026-W48/cases?figure=early"


@pytest.mark.parametrize(("said", "most"), [("1", 1), ("0", 0), (" 2次 ", 2), ("", None), ("不限", None)])
def test_the_promise_of_a_guide_is_a_number_or_none(said: str, most: int | None) -> None:
    assert promised(said) == most


def test_a_withdrawn_case_counts_nowhere() -> None:
    chance, span = Random(3), span_of(FIRST, LAST)
    records = [one for n in range(1, 200) if (one := life(chance, n)).state == "withdrawn"]
    assert len(records) > 5
    assert casework.facts(records, [], casework.Grounds.of(HALL), span) == []


# --- of a hall --------------------------------------------------------------------------------------------------------


@pytest.fixture
def decided(hub: Hub, clock: HandClock) -> Hub:
    """Three cases in a week: one decided late, one ready, one whose papers may follow; and the kiosk's word twice."""
    who = Who(By("08"), "operator")
    papers = ["身份证", "变更证明"]
    received = ("receive", {"service": "SB02", "applicant": "person", "received": papers, "replaced": ["身份证"]})
    accept = ("accept", {"no_platform": "down", "delivery": "window"})
    first = records.open_record(hub, who, "case", [received, accept])
    other = ("receive", {"service": "SB01", "applicant": "person", "received": ["身份证"]})
    owing = ("accept_owing", {"platform": "QZ-2026-1", "delivery": "post", "owed": ["照片"]})
    second = records.open_record(hub, who, "case", [other, owing])
    hub.act(By("K1"), lambda turn: turn.record(ev.OnlineTold(service="SB02"), "K1"), "online")
    clock.forward(2 * 86400)
    why = {"result": "granted", "licence": "LIC-1000", "late_reason": "platform"}
    records.move(hub, who, first.id, "decide", why)
    records.move(hub, who, second.id, "decide", {"result": "granted", "no_licence": "not_linked"})
    records.move(hub, who, second.id, "post", {"ems": "1234567890123"})
    records.move(hub, who, second.id, "deliver", {"handed": "post"})
    clock.forward(60)
    return hub


def test_a_case_of_a_pre_check_number_was_applied_for_online(hub: Hub, clock: HandClock) -> None:
    """Its number was checked in by the platform's; another's was not, and a pre-check that never came is nowhere."""
    who = Who(By("08"), "operator")
    received = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
    for code in ("YS2026-0001", "YS2026-0002"):
        told = Pretrial(code=code, service="SB01", status="passed", at=hub.now())
        hub.turn(lambda turn, told=told: turn.put_pretrial(told))
    numbers = [
        bookings.check_in(hub, By("K1"), "YS2026-0001", language="zh", large_print=False, printers=()),
        tickets.issue(hub, By("K1"), "SB01"),
    ]
    for number in numbers:
        records.open_record(hub, who, "case", [("receive", received)], ticket=number.id)
    clock.forward(60)
    week = report(hub.hall, period.parse("2026-W48"), History(hub.read().conn), hub.now())
    assert week["cases"]["total"]["applied_online"] == ratio(1, 2)


def test_a_report_has_the_cases_of_its_period(decided: Hub) -> None:
    week = report(decided.hall, period.parse("2026-W48"), History(decided.read().conn), decided.now())
    told = week["cases"]["total"]
    assert (told["accepted_cases"], told["decided_cases"], told["late_cases"], told["ready_cases"]) == (2, 2, 1, 1)
    assert told["on_time"] == ratio(1, 2) and told["early"] == ratio(1, 2) and told["ems"] == ratio(1, 1)
    assert told["licence_made"] == ratio(1, 2) and told["on_platform"] == ratio(1, 2)
    assert told["diversion"] == ratio(0, 1) and told["licence_used"] == ratio(1, 2)
    (late,) = week["cases"]["late"]
    assert (late["number"], late["due"], late["decided"], late["days_used"], late["reason_name_en"]) == (
        "BJ20261123-001", "2026-11-23", "2026-11-25", 2, "Platform down",
    )  # fmt: skip
    before = report(decided.hall, period.parse("2026-W47"), History(decided.read().conn), decided.now())
    assert before["cases"]["total"]["accepted_cases"] == 0 and before["cases"]["service"] == []


def test_every_form_of_the_report_has_them_and_the_poster_hides_few_of_sensitive_matters(decided: Hub) -> None:
    week = report(decided.hall, period.parse("2026-W48"), History(decided.read().conn), decided.now())
    page = make(week, decided.hall, "html").decode()
    assert "按时办结率" in page and "BJ20261123-001" in page and "平台故障" in page
    tiles = {tile["zh"]: tile["value"] for tile in poster.cases(week, decided.hall)}
    assert tiles == {"受理（件）": "2", "办结（件）": "2", "按时办结率": "50.0 %", "提前办结率": "50.0 %"}
    sensitive = decided.hall.report.model_copy(update={"sensitive_services": ["SB02"], "small_cell": 5})
    hidden = poster.cases(week, decided.hall.model_copy(update={"report": sensitive}))
    assert [tile["value"] for tile in hidden] == ["少于5 fewer than 5"] * 2 + ["—"] * 2
    assert poster.cases({**week, "cases": None}, decided.hall) == []
