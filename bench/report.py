"""The report out of ten million visits against merely fetching that period's rows from SQLite, and call-next while a
year's report is made.

The denominator is `SELECT *` of the period's rows of the tickets' table as plain tuples of sqlite3; both sides open a
connection of their own. A year's rows are let go every ten thousand, as the report lets them go. The whole report also
reads the week before and the same week last year, to compare: it is told apart.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

import config
from bench import history
from bench.hall import write_hall
from consoles import any_console
from server.reports import period, reporter
from server.reports.period import Period
from server.reports.report import report
from server.store.database import Store, read_only
from server.store.history import History
from server.verbs import calls, counters, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub

WEEK, YEAR, ROUNDS, CALLS = "2025-W45", "2025", 9, 1000
NOW = 1.9e9


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def prepared() -> config.Hall:
    """The hall with its ten million visits; made once, kept under var/."""
    at = config.ROOT / "var" / f"bench-history-{history.key(history.VISITS)}"
    if not (at / "whole").exists():
        at.mkdir(parents=True, exist_ok=True)
        print(f"making {history.VISITS} visits, once, in {at.relative_to(config.ROOT)}", flush=True)
        file = write_hall(at, lambda hall: hall["console"].update({"next_interval_s": 0, "call_lock_s": 0}))
        print(f"made in {seconds(lambda: history.build(config.load(file), history.VISITS)):.0f} s", flush=True)
        (at / "whole").touch()
    return config.load(at / "config.toml")


def fetch(file: Path, asked: Period) -> int:
    """The rows of a period, and nothing else."""
    conn, n = sqlite3.connect(file), 0
    cursor = conn.execute(
        "SELECT * FROM tickets WHERE day BETWEEN ? AND ?", (asked.first.isoformat(), asked.last.isoformat())
    )
    while rows := cursor.fetchmany(10_000):
        n += len(rows)
    conn.close()
    return n


def figures(hall: config.Hall, file: Path, asked: Period, compare: bool) -> None:
    conn = read_only(file)
    report(hall, asked, History(conn), NOW, compare=compare)
    conn.close()


def ratio(hall: config.Hall, file: Path, asked: Period, rounds: int, *, compare: bool) -> float:
    """A report, with or without its comparisons, against the fetch: the median over rounds."""
    found, rows = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        rows = fetch(file, asked)
        fetched = time.perf_counter() - began
        found.append(seconds(lambda: figures(hall, file, asked, compare)) / fetched)
    print(
        f"{asked.id}: {rows} visits of {history.VISITS}; {'with' if compare else 'without'} comparisons"
        f" {median(found):.2f}, {min(found):.2f} to {max(found):.2f} in {rounds} rounds",
        flush=True,
    )
    return median(found)


def call_times(hub: Hub, until: Callable[[int], bool]) -> list[float]:
    """Times of durable call-next, one number after the other, until it is enough."""
    spent: list[float] = []
    while not until(len(spent)):
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
        spent.append(seconds(lambda: calls.call_next(hub, By("08"), "1")))
        calls.finish(hub, By("08"), "1", "咨询")
    return spent


def p99(spent: list[float]) -> float:
    return quantiles(spent, n=100)[98]


def beside(hall: config.Hall) -> tuple[float, float, int]:
    """(p99 of call-next idle, p99 while the year's report is made, calls made meanwhile), ms."""
    hub = Hub(hall, Store(hall.data, examined=False))
    tick(hub)
    counters.open_counter(hub, By("08"), "1", staff="08")
    idle = call_times(hub, lambda n: n >= CALLS)
    year = threading.Thread(target=lambda: reporter.make(hall, period.parse(YEAR), hub.store.path, NOW, compare=False))
    year.start()
    busy = call_times(hub, lambda n: n > 10 and not year.is_alive())
    hub.store.close()
    return p99(idle) * 1000, p99(busy) * 1000, len(busy)


def main() -> None:
    hall = prepared()
    file = hall.data / "hall.db"
    week, year = (
        ratio(hall, file, period.parse(WEEK), ROUNDS, compare=False),
        ratio(hall, file, period.parse(YEAR), 1, compare=False),
    )
    whole = ratio(hall, file, period.parse(WEEK), ROUNDS, compare=True)
    idle, busy, n = beside(hall)
    print(
        f"call-next, durable: p99 {idle:.2f} ms idle ({CALLS} calls), {busy:.2f} ms during the report of {YEAR} ({n}"
        " calls)"
    )
    print(f"a week with its two comparisons, which read two more weeks: {whole:.2f} of fetching the week's rows")
    print(
        f"report: week {week:.2f}, year {year:.2f} (all figures of the period / fetching its rows); call-next p99"
        f" {busy / idle:.2f} of idle"
    )


if __name__ == "__main__":
    any_console()
    main()
