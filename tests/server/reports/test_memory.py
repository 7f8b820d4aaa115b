"""How much memory a visit takes while its report is made: what docs/figures.md says, however long the period."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import config
from server.domain.worktime import day_span
from server.reports import period
from server.reports.report import report
from tests.server.reports.test_against_oracle import Past

HALL = config.load()
BYTES = 300


class Plenty(Past):
    """Every day so many visits, each rated, every tenth suspended on its way."""

    def __init__(self, a_day: int) -> None:
        super().__init__([], [])
        self.a_day = a_day

    def legs(self, day: str, columns: Any) -> list[tuple[Any, ...]]:
        at = day_span(HALL, period.parse(day).first)[0] + 9 * 3600
        first = int(day.replace("-", "")) * self.a_day
        many = self.a_day if day >= "2026-10-25" or day < "2026" else 1  # the trend's other weeks are read one by one
        return [tuple(_leg(first + n, at + n, n)[c] for c in columns) for n in range(many)]

    def ratings(self, first: str, last: str) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        days = (period.parse(last).last - period.parse(first).first).days + 1
        for n in range(days * self.a_day):
            yield {
                "ticket": n,
                "service": "SB01",
                "counter": "1",
                "staff": "08",
                "level": 5,
                "source": "窗口",
                "is_default": 0,
                "options": ["1", "2"],
                "second": None,
            }


def _leg(ticket: int, at: float, n: int) -> dict[str, Any]:
    spans = f'[["away", {at + 60}, {at + 90}]]' if n % 10 == 0 else ""
    return {
        "ticket": ticket,
        "leg": 1,
        "service": f"S{n % 50}",
        "counter": str(n % 20),
        "entered": at,
        "called": at + 30,
        "last_called": at + 30,
        "started": at + 40,
        "ended": at + 300 + n % 7,
        "calls": 1,
        "recalls": 0,
        "party": "",
        "away": 30.0 if spans else 0.0,
        "state": "finished",
        "outcome": "现场办结",
        "items": 1,
        "suspends": spans,
        "klass": "ordinary",
        "channel": "kiosk",
        "staff": str(n % 20),
        "reason": "",
    }


def peak(days: str, a_day: int) -> int:
    """Bytes at the height of a report and of the two it is compared with."""
    tracemalloc.start()
    try:
        made = report(HALL, period.parse(days), Plenty(a_day), 2e9)  # type: ignore[arg-type]
        assert made["total"]["arrivals"] == made["ratings"]["total"]["n"] > 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def growth(a_day: int) -> int:
    """Bytes that six more days take; the rows of one day, which are held while it is read, are in neither."""
    return peak("2026-11-02..2026-11-09", a_day) - peak("2026-11-02..2026-11-03", a_day)


def test_a_visit_takes_no_more_than_it_is_said_to() -> None:
    peak("2026-11-02..2026-11-03", 10)
    empty, full = growth(10), growth(700)
    assert (full - empty) / (6 * 690) < BYTES


def test_codes_grow_wider_where_a_hall_has_more_of_them_than_two_bytes_hold() -> None:
    class Many(Plenty):
        def legs(self, day: str, columns: Any) -> list[tuple[Any, ...]]:
            rows = super().legs(day, columns)
            service = columns.index("service")
            return [(*row[:service], f"{day} {n}", *row[service + 1 :]) for n, row in enumerate(rows)]

    made = report(HALL, period.parse("2026-11-02..2026-11-12"), Many(3000), 2e9, compare=False)  # type: ignore[arg-type]
    services = made["cuts"]["service"]
    assert len(services) == 33_000 > 2**15 and {row["arrivals"] for row in services} == {1}
    assert {row["service_time"]["n"] for row in services} == {1} and {
        sum(row["outcomes"].values()) for row in services
    } == {1}
