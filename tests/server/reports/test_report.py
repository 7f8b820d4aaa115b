"""The report by hand: the worked checks of docs/figures.md, and more of our own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import config
from server.domain import events as ev
from server.domain.visit import Visit
from server.reports import period
from server.reports.figures import availability, visitors
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, tickets, today
from server.verbs.hub import By, Hub
from server.verbs.visits import import_visits
from tests.conftest import HandClock

EIGHT = datetime.fromisoformat("2026-11-23T08:00:00+08:00").timestamp()


def at(minutes: float | None, day: str = "2026-11-23") -> float | None:
    return None if minutes is None else datetime.fromisoformat(f"{day}T08:00:00+08:00").timestamp() + 60 * minutes


def visit(
    state: str,
    *,
    arrived: float = 0,
    called: float | None = None,
    last: float | None = None,
    started: float | None = None,
    ended: float | None = None,
    service: str = "SB01",
    counter: str | None = None,
    day: str = "2026-11-23",
    outcome: str | None = "现场办结",
) -> Visit:
    """Minutes after eight on a Monday."""
    return Visit(
        day,
        service,
        "ordinary",
        "kiosk",
        counter,
        None,
        state,
        at(arrived, day) or 0.0,
        at(called, day),
        at(called if last is None else last, day),
        at(started, day),
        at(ended, day),
        0 if called is None else 1,
        outcome,
    )


@pytest.fixture
def hall(hall: config.Hall) -> config.Hall:
    """The demo's hours: 08:00-12:00 and 14:30-17:30."""
    return hall


def of(hub: Hub, visits: list[Visit], asked: str = "2026-W48", now: float = EIGHT + 30 * 86400) -> dict[str, Any]:
    if visits:
        import_visits(hub, By("test"), visits, source="x.csv", sha256=str(hash(tuple(visits))), twins=True)
    return report(hub.hall, period.parse(asked), History(hub.read().conn), now)


def waits(*minutes: float, day: str = "2026-11-23") -> list[Visit]:
    return [visit("finished", called=m, started=m, ended=m + 1, day=day) for m in minutes]


# --- docs/figures.md ---


def test_a_wait_over_lunch(hub: Hub) -> None:
    total = of(hub, [visit("finished", arrived=230, called=400, started=400, ended=405)])["total"]  # 11:50, 14:40
    assert (total["wait"]["mean"], total["office_wait"]["mean"]) == (170 * 60, 20 * 60)


def test_waits_of_one_to_ten_minutes(hub: Hub) -> None:
    assert of(hub, waits(*range(10, 0, -1)))["total"]["wait"] == {
        "n": 10,
        "mean": 330.0,
        "median": 300.0,
        "p90": 540.0,
        "max": 600.0,
    }


def test_waits_of_three_and_eight_minutes(hub: Hub) -> None:
    assert of(hub, waits(8, 3))["total"]["wait"]["median"] == 3 * 60


def test_the_identity_and_its_rates(hub: Hub) -> None:
    kinds = [
        (88, visit("finished", called=1, started=1, ended=2)),
        (5, visit("passed", called=1, ended=2)),
        (2, visit("left", ended=2)),
        (3, visit("expired", ended=2)),
        (1, visit("serving", called=1, started=2)),
        (1, visit("waiting")),
    ]
    made = of(hub, [v for n, v in kinds for _ in range(n)])
    assert made["identity"]["text"] == "A 100 = F 88 + P 5 + X 2 + E 3 + open 2"
    assert (made["identity"]["closes"], made["identity"]["called"]) == (True, 94)
    assert [round(100 * made["total"][name]["share"], 1) for name in ("no_show", "walk_out")] == [5.3, 5.0]


def test_the_week_of_a_holiday_has_three_service_days_and_so_has_the_one_before(hub: Hub) -> None:
    made = of(hub, waits(*[5] * 30, day="2026-10-08") + waits(*[5] * 60, day="2026-09-28"), "2026-W41")
    assert [day["service_day"] for day in made["days"]] == [False, False, False, True, True, True, False]
    assert (
        made["service_days"],
        made["comparison"]["previous"]["service_days"],
        made["comparison"]["previous"]["period"],
    ) == (3, 3, "2026-W40")
    change = next(c for c in made["comparison"]["previous"]["changes"] if c["figure"] == "arrivals")
    assert (change["now"], change["then"], change["change"], change["unit"], change["arrow"]) == (
        10.0,
        20.0,
        -50.0,
        "percent",
        "down",
    )
    assert made["comparison"]["previous"]["holidays_differ"] is True
    assert made["comparison"]["last_year"]["period"] == "2025-W41"


# --- comparison ---


def test_counts_are_compared_per_service_day_rates_in_points_and_few_get_no_arrow(hub: Hub) -> None:
    now = waits(*[5] * 10) + waits(*[30] * 10)
    then = waits(*[5] * 12, day="2026-11-16") + waits(*[25] * 4, day="2026-11-16")
    changes = {(c["figure"], c["part"]): c for c in of(hub, now + then)["comparison"]["previous"]["changes"]}
    assert (changes["arrivals", "per_service_day"]["now"], changes["arrivals", "per_service_day"]["then"]) == (4.0, 3.2)
    pledge = changes["within_pledge", "share"]
    assert (pledge["now"], pledge["then"], pledge["change"], pledge["unit"], pledge["arrow"]) == (
        0.5,
        0.75,
        -25.0,
        "points",
        "down",
    )
    assert changes["office_wait", "mean"]["change"] == 75.0
    assert changes["passed", "per_service_day"]["arrow"] is None
    few = {
        (c["figure"], c["part"]): c
        for c in of(hub, waits(*[5] * 9, day="2026-12-07"), "2026-W50")["comparison"]["previous"]["changes"]
    }
    assert few["arrivals", "per_service_day"]["arrow"] is None


def test_a_week_53_has_no_counterpart(hub: Hub) -> None:
    made = of(hub, waits(5, day="2026-12-28"), "2026-W53")
    assert (made["first_day"], made["last_day"], made["comparison"]["last_year"]) == ("2026-12-28", "2027-01-03", None)
    assert made["comparison"]["previous"]["period"] == "2026-W52"
    assert made["quality"]["days_without_calendar"] == ["2027-01-01", "2027-01-02", "2027-01-03"]


@pytest.mark.parametrize(
    ("text", "first", "last", "previous", "last_year"),
    [
        ("2026-W01", "2025-12-29", "2026-01-04", "2025-W52", "2025-W01"),
        ("2027-W01", "2027-01-04", "2027-01-10", "2026-W53", "2026-W01"),
        ("2021-W53", None, None, None, None),
        ("2026-11-25", "2026-11-25", "2026-11-25", "2026-11-24", "2025-11-26"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024-01", "2023-02"),
        ("2026-01", "2026-01-01", "2026-01-31", "2025-12", "2025-01"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4", "2025-Q1"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "2026-Q3", "2025-Q4"),
        ("2026", "2026-01-01", "2026-12-31", "2025", "2025"),
        ("2024-02-29..2024-03-02", "2024-02-29", "2024-03-02", "2024-02-26..2024-02-28", "2023-02-28..2023-03-02"),
    ],
)
def test_periods(text: str, first: str | None, last: str, previous: str, last_year: str) -> None:
    if first is None:
        with pytest.raises(period.PeriodError, match="请另选"):
            period.parse(text)
        return
    found = period.parse(text)
    before, year = period.previous(found), period.last_year(found)
    assert (found.id, found.first.isoformat(), found.last.isoformat()) == (text, first, last)
    assert (before and before.id, year and year.id) == (previous, last_year)
    assert period.parse(before.id if before else "") == before


def test_a_period_in_any_width_is_the_same() -> None:
    assert period.parse(" ２０２６－Ｗ４７\u200b").id == "2026-W47"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "last",
        "2026-47",
        "2026-W7",
        "2026-W00",
        "2026-13",
        "2026-Q5",
        "0000-W01",
        "2026-11-25..2026-11-01",
        "9999",
        "2026-02-30",
        "2000-01-01..2026-01-01",
        "2026-W47\n2026-W48",
    ],
)
def test_a_bad_period_is_one_clear_sentence(text: str) -> None:
    with pytest.raises(period.PeriodError) as error:
        period.parse(text)
    assert "请写成" in str(error.value) or "请另选" in str(error.value)
    assert "write it like" in error.value.en or "choose another one" in error.value.en


# --- what breaks, and what is missing ---


def test_an_identity_that_does_not_close_names_the_visits(hub: Hub) -> None:
    made = of(hub, [visit("vanished", counter="2"), visit("waiting")])
    assert made["identity"]["closes"] is False
    assert made["identity"]["text"].startswith("A 2 ≠ F 0")
    assert [(v["state"], v["counter"], v["arrived"]) for v in made["identity"]["offending"]] == [
        ("vanished", "2", "2026-11-23T08:00:00+08:00")
    ]
    assert made["quality"]["unclassed"] == 1


def test_a_number_that_was_closed_after_hours_is_marked(hub: Hub) -> None:
    """Served for longer than the console asks after it (120 minutes): its finish may have been forgotten."""
    days = [visit("finished", called=5, started=10, ended=10 + minutes, counter="1") for minutes in (20, 120, 121, 300)]
    assert of(hub, days)["quality"]["served_for_hours"] == 2


def test_an_empty_period_has_dashes_and_a_closing_identity(hub: Hub) -> None:
    made = of(hub, [], "2027-W20")
    assert made["identity"]["closes"]
    assert (
        made["total"]["wait"]["mean"]
        is made["total"]["no_show"]["share"]
        is made["total"]["utilisation"]["share"]
        is None
    )
    assert len(made["quality"]["days_without_calendar"]) == 7
    assert {cut: len(rows) for cut, rows in made["cuts"].items() if rows} == {}


def test_a_clock_set_back_counts_as_nothing_and_is_said(hub: Hub) -> None:
    made = of(hub, [visit("finished", arrived=10, called=9, started=8, ended=7)])
    assert (
        made["total"]["wait"]["mean"],
        made["total"]["service_time"]["mean"],
        made["total"]["response"]["mean"],
    ) == (0, 0, 0)
    assert made["quality"]["clamped"] >= 3


def test_the_pledge_is_kept_at_its_very_end(hub: Hub) -> None:
    total = of(hub, waits(19, 20, 20.5))["total"]
    assert (total["within_pledge"]["numerator"], total["within_pledge"]["denominator"]) == (2, 3)


# --- the real hub ---


def test_each_leg_counts_at_its_own_counter_and_staff_and_an_undone_step_nowhere(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    counters.open_counter(hub, By("09"), "2", staff="09")
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(60)
    calls.call_next(hub, By("08"), "1")
    clock.forward(10)
    calls.start(hub, By("08"), "1")
    clock.forward(100)
    tickets.transfer(hub, By("08"), ticket.id, service="MZ01", reason="事项不符", held_by="1")
    clock.forward(5)
    tickets.undo(hub, By("08"))
    clock.forward(15)
    tickets.transfer(hub, By("08"), ticket.id, service="MZ01", reason="需其他窗口办理", held_by="1")
    clock.forward(300)
    calls.call(hub, By("09"), "2", ticket.id)
    clock.forward(20)
    calls.start(hub, By("09"), "2")
    clock.forward(200)
    calls.finish(hub, By("09"), "2", "现场办结")
    made = report(hub.hall, period.parse("2026-11-23"), History(hub.read().conn), hub.now())
    rows = {row["key"]: row for row in made["cuts"]["counter"]}
    assert [
        (
            k,
            r["called"],
            r["served"],
            r["finished"],
            r["transfers"],
            r["service_time"]["mean"],
            r["wait"]["mean"],
            r["busy_time"],
        )
        for k, r in rows.items()
    ] == [("1", 1, 1, 0, 1, 120.0, 60.0, 130.0), ("2", 1, 1, 1, 0, 200.0, 300.0, 220.0)]
    assert [(row["key"], row["service_time"]["mean"]) for row in made["cuts"]["staff"]] == [
        ("08", 120.0),
        ("09", 200.0),
    ]
    assert [(row["key"], row["transfers"], row["one_counter"]["share"]) for row in made["cuts"]["reason"]] == [
        ("需其他窗口办理", 1, 0.0)
    ]
    total = made["total"]
    assert (total["arrivals"], total["transfers"], total["one_counter"]["numerator"]) == (1, 1, 0)
    assert (total["visit_time"]["mean"], total["wait"]["mean"]) == (710.0, 60.0)
    assert total["utilisation"] == {"numerator": 350.0, "denominator": 2 * 710.0, "share": round(350 / 1420, 6)}


def test_tidal_minutes_are_those_in_which_a_rule_let_the_counter_help(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    clock.forward(600)
    today.bind_counter(hub, By("50"), "1", services=["LQ01"], helps=["SB01"], help_after_min=5, reason="高峰")
    clock.forward(900)
    today.unbind_counter(hub, By("50"), "1")
    clock.forward(300)
    made = report(hub.hall, period.parse("2026-11-23"), History(hub.read().conn), hub.now())
    (row,) = made["cuts"]["counter"]
    assert (row["open_time"], row["tidal_time"]) == (1800.0, 900.0)


def test_suspensions_pauses_and_heat_of_one_morning(hub: Hub, clock: HandClock) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    tickets.issue(hub, By("kiosk"), "SB01")
    calls.call_next(hub, By("08"), "1")
    calls.start(hub, By("08"), "1")
    clock.forward(60)
    calls.suspend(hub, By("08"), "1", "errand")
    counters.pause(hub, By("08"), "1", "午餐")
    clock.forward(1200)
    counters.resume(hub, By("08"), "1")
    calls.resume_ticket(hub, By("08"), "1", 1)
    clock.forward(40)
    calls.finish(hub, By("08"), "1", "咨询")
    made = report(hub.hall, period.parse("2026-11-23"), History(hub.read().conn), hub.now())
    assert made["total"]["suspends"] == {"errand": {"n": 1, "mean": 1200.0}}
    assert (made["total"]["service_time"]["mean"], made["total"]["busy_time"], made["total"]["pause_time"]) == (
        100.0,
        100.0,
        1200.0,
    )
    assert made["total"]["utilisation"]["share"] == 1.0
    assert made["pauses"]["reasons"] == [{"reason": "午餐", "reason_en": "Lunch", "n": 1, "s": 1200.0, "long": 1}]
    assert made["pauses"]["staff"][0]["long"] == 1
    (monday,) = made["heat"]["weekdays"]
    nine = made["heat"]["hours"].index(9)
    assert (monday["arrivals"][nine], monday["office_wait"][nine], monday["open_counters"][nine]) == (
        1.0,
        0.0,
        round(1300 / 3600, 2),
    )


def test_long_waits_are_listed_with_their_numbers_and_those_never_served_beside_them(
    hub: Hub, clock: HandClock
) -> None:
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(3):
        tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(31 * 60)
    calls.call_next(hub, By("08"), "1")
    tickets.leave(hub, By("30"), 2)
    made = report(hub.hall, period.parse("2026-11-23"), History(hub.read().conn), hub.now())["long_waits"]
    assert [(row["number"], row["office_wait_s"], row["class"], row["ticket"]) for row in made["called"]["listed"]] == [
        ("A001", 1860.0, "open", 1)
    ]
    assert [(row["number"], row["class"]) for row in made["never_served"]["listed"]] == [("A002", "left")]


# --- devices, ratings, notices ---


def test_a_printers_day() -> None:
    def word(minute: float, state: str, device: str = "p80") -> tuple[float, ev.Event]:
        return minute * 60, ev.DeviceChanged(device=device, state=state)

    told = [
        word(-60, "ready"),
        word(30, "paper_out"),
        word(40, "ready"),
        word(100, "offline"),
        word(160, "near_end"),
        word(200, "cover_open"),
        word(210, "ready"),
    ]
    spoilt = [{"printer": "p80", "state": "failed"}, {"printer": "p58", "state": "unknown"}]
    other, row = availability.availability(
        [*told, word(60, "ok", "board 1")], spoilt, [(0, 120 * 60), (180 * 60, 300 * 60)], 0, 300 * 60
    )[::2]
    assert (other["device"], other["up"]["numerator"], other["up"]["denominator"], other["unknown_s"]) == (
        "board 1",
        180 * 60,
        180 * 60,
        60 * 60,
    )
    assert row["device"] == "p80"
    assert row["up"] == {"numerator": 200 * 60, "denominator": 240 * 60, "share": round(200 / 240, 6)}
    assert (row["paper_outs"], row["paper_out_s"], row["offline"], row["offline_s"]) == (1, 600, 1, 20 * 60)
    assert (row["faults"], row["fault_s"], row["print_failures"], row["offline_spans"]) == (1, 600, 1, [[6000, 9600]])


def test_ratings_are_given_twice_and_defaults_are_set_apart(hall: config.Hall) -> None:
    rated = [
        {
            "ticket": n,
            "service": "SB01",
            "counter": "1",
            "staff": "08",
            "level": level,
            "source": source,
            "is_default": source == "默认",
            "options": options,
            "second": None,
        }
        for n, (level, source, options) in enumerate(
            [(5, "窗口评价器", ["510"]), (2, "二维码", ["212"]), (4, "默认", []), (4, "默认", [])]
        )
    ]
    cuts = {"service": [{"key": "SB01", "finished": 10}], "counter": [], "staff": [{"key": "08", "finished": 10}]}
    made = visitors.ratings(hall, visitors.Rated(rated), cuts, 10, {"08": "张三"})
    total = made["total"]
    assert (total["n"], total["active"], total["default"], total["levels"]) == (
        4,
        2,
        2,
        {"5": 1, "4": 2, "3": 0, "2": 1, "1": 0},
    )
    assert (total["active_rate"]["share"], total["satisfied"]["share"], total["satisfied_with_defaults"]["share"]) == (
        0.2,
        0.5,
        0.75,
    )
    assert (total["stars"], total["stars_with_defaults"], total["bad"]) == (3.5, 3.75, 1)
    assert [(row["key"], row["name"], row["n"]) for row in made["staff"]] == [("08", "张三", 4)]
    assert [row["source"] for row in made["sources"]] == ["二维码", "窗口评价器", "默认"]
    assert [(row["code"], row["n"]) for row in made["options"]] == [("212", 1), ("510", 1)] and made["second"] == 0


def test_a_case_told_twice_is_a_repeat(hall: config.Hall) -> None:
    told = [
        {"ticket": 1, "service": "SB01", "missing": ["照片"], "staff": "08", "told": 1},
        {"ticket": 1, "service": "SB01", "missing": ["照片", "户口簿"], "staff": "08", "told": 2},
        {"ticket": 2, "service": "SB01", "missing": ["照片"], "staff": "08", "told": 1},
    ]
    made = visitors.notices(hall, told)
    assert (made["n"], made["repeated"]["numerator"], made["repeated"]["denominator"]) == (3, 1, 2)
    assert made["missing"] == [{"material": "照片", "n": 3}, {"material": "户口簿", "n": 1}]


def test_a_real_rating_and_a_notice_reach_the_report(hub: Hub, clock: HandClock) -> None:
    ticket = tickets.issue(hub, By("kiosk"), "SB01")
    clock.forward(60)
    hub.turn(lambda turn: turn.record(ev.RatingInvited(ticket=ticket.id, counter="1", leg=1), "08"))
    hub.turn(
        lambda turn: turn.record(
            ev.Rated(ticket=ticket.id, counter="1", leg=1, level=1, source="二维码", options=("110",), staff="08"), "1"
        )
    )
    hub.turn(
        lambda turn: turn.record(
            ev.NoticeIssued(ticket=ticket.id, counter="1", service="SB01", missing=("照片",), staff="08", job=1), "08"
        )
    )
    clock.forward(60)
    made = report(hub.hall, period.parse("2026-W48"), History(hub.read().conn), hub.now())
    assert (made["ratings"]["total"]["bad"], made["notices"]["n"]) == (1, 1)
