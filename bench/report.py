"""The report out of ten million visits, against merely fetching that period's rows from SQLite."""

from __future__ import annotations

import sqlite3
import time
from statistics import median

import config
from bench import history
from bench.hall import write_hall
from server.reports import period
from server.reports.report import report
from server.store.database import read_only
from server.store.history import History

ROUNDS = 7


def main() -> None:
    at = config.ROOT / "var" / f"bench-history-{history.key(history.VISITS)}"
    if not (at / "whole").exists():
        at.mkdir(parents=True, exist_ok=True)
        print(f"making {history.VISITS} visits, once, in {at.relative_to(config.ROOT)}", flush=True)
        history.build(config.load(write_hall(at)), history.VISITS)
        (at / "whole").touch()
    hall = config.load(at / "config.toml")
    week = period.parse("2025-W45")
    ratios = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        plain = sqlite3.connect(hall.data / "hall.db")
        rows = len(plain.execute("SELECT * FROM tickets WHERE day BETWEEN ? AND ?", (week.first.isoformat(), week.last.isoformat())).fetchall())
        fetched = time.perf_counter()
        report(hall, week, History(read_only(hall.data / "hall.db")), 1.9e9)
        ratios.append((time.perf_counter() - fetched) / (fetched - began))
    print(f"{week.id}: {rows} visits of {history.VISITS}; ratio min {min(ratios):.1f}, max {max(ratios):.1f} over {ROUNDS} rounds")
    print(f"report: {median(ratios):.1f} (whole report of a week / fetching the same rows)")


if __name__ == "__main__":
    main()
