"""Every figure is defined once, in words, and stands where its definition says."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import config
from config import CalendarDay
from server.reports import definitions, period
from server.reports.figures.quality import WORDS
from server.reports.report import report
from server.store.history import History
from server.verbs import calls, counters, devices, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock

PAGE = (config.ROOT / "docs" / "figures.md").read_text(encoding="utf-8")


def a_day(hub: Hub, clock: HandClock) -> dict[str, Any]:
    counters.open_counter(hub, By("08"), "1", staff="08")
    for party in ("company", "", "agent"):
        tickets.issue(hub, By("kiosk"), "SB01", party=party)
    clock.forward(300)
    calls.call_next(hub, By("08"), "1")
    calls.start(hub, By("08"), "1")
    calls.suspend(hub, By("08"), "1", "away")
    counters.pause(hub, By("08"), "1", "午餐")
    clock.forward(60)
    counters.resume(hub, By("08"), "1")
    first = calls.call_next(hub, By("08"), "1")
    assert first
    tickets.transfer(hub, By("08"), first.id, service="MZ01", reason="事项不符", held_by="1")
    calls.call_next(hub, By("08"), "1")
    calls.finish(hub, By("08"), "1", "现场办结")
    devices.device_changed(hub, "p80", "paper_out", "缺纸")
    clock.forward(60)
    monday = CalendarDay(date=date(2026, 11, 23), kind="延时服务")  # by the calendar's word: all of it is extended
    hall = hub.hall.model_copy(update={"days": {**hub.hall.days, monday.date: monday}, "extended": {}})
    return report(hall, period.parse("2026-11-23"), History(hub.read().conn), hub.now())


def test_the_page_is_made_from_the_table() -> None:
    assert definitions.written(PAGE) == PAGE, "run ./run docs"


def test_each_figure_stands_where_its_definition_says_and_nowhere_else(hub: Hub, clock: HandClock) -> None:
    made = a_day(hub, clock)
    assert json.loads(json.dumps(made)) == made
    assert set(made["total"]) == {figure.id for figure in definitions.FIGURES if figure.total}
    assert set(made["cuts"]) == set(definitions.CUTS)
    for cut, rows in made["cuts"].items():
        assert rows, cut
        for row in rows:
            assert set(row) - {"key", "name", "name_en"} == {figure.id for figure in definitions.of(cut)}, cut
    assert set(made["quality"]) == set(WORDS)


def test_each_figure_has_the_shape_of_its_kind(hub: Hub, clock: HandClock) -> None:
    made = a_day(hub, clock)
    shapes: dict[str, Any] = {
        "spread": {"n", "mean", "median", "p90", "max"},
        "ratio": {"numerator", "denominator", "share"},
    }
    for figure in definitions.FIGURES:
        for row in [made["total"], *(row for cut in figure.cuts for row in made["cuts"][cut])]:
            value = row[figure.id]
            if figure.kind in shapes:
                assert set(value) == shapes[figure.kind], figure.id
            elif figure.kind == "count":
                assert isinstance(value, int), figure.id
            elif figure.kind in ("mix", "spans"):
                assert isinstance(value, dict), figure.id
            else:
                assert value is None or isinstance(value, float), figure.id


def test_every_key_is_documented(hub: Hub, clock: HandClock) -> None:
    made = a_day(hub, clock)
    free = {"cuts", "outcomes", "suspends", "reasons", "levels"}

    def keys(node: object) -> set[str]:
        if isinstance(node, dict):
            inside = [value for name, value in node.items() if name not in ("outcomes", "reasons", "levels")]
            return {key for key in node if key not in free} | {key for value in inside for key in keys(value)}
        return {key for value in node for key in keys(value)} if isinstance(node, list) else set()

    assert {key for key in keys(made) if f"`{key}`" not in PAGE} == set()


def test_what_is_not_measured_is_named_with_the_reason_in_two_languages() -> None:
    assert len({m.id for m in definitions.NOT_MEASURED}) == len(definitions.NOT_MEASURED)
    assert all(m.zh and m.en and m.why_zh and m.why_en for m in definitions.NOT_MEASURED)
