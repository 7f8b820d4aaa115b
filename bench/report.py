"""The weekly report out of a million visits, against merely fetching that week's rows from SQLite."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime, timedelta
from statistics import median

import config
from bench.hall import fill, folder, write_hall
from server.reports import weekly
from server.store.database import read_only
from server.store.turn import Reader

VISITS, ROUNDS = 1_000_000, 15


def main() -> None:
    with folder() as at:
        hall = config.load(write_hall(at))
        until = datetime.fromisoformat("2026-11-22T08:00:00+08:00")
        fill(hall, VISITS, until.timestamp())
        conn = read_only(hall.data / "hall.db")
        week = weekly.week_of((until - timedelta(days=7)).date())
        first, last = weekly.days_of(week)
        plain = sqlite3.connect(hall.data / "hall.db")
        ratios, rows = [], 0
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            rows = len(plain.execute("SELECT * FROM tickets WHERE day BETWEEN ? AND ?", (first, last)).fetchall())
            fetched = time.perf_counter()
            weekly.report(hall, week, Reader(conn).visits(first, last), until.timestamp())
            ratios.append((time.perf_counter() - fetched) / (fetched - begin))
        print(f"week {week}: {rows} visits of {VISITS}; ratio min {min(ratios):.1f}, max {max(ratios):.1f} over {ROUNDS} rounds")
        print(f"report: {median(ratios):.1f} (whole weekly report / fetching the same rows)")


if __name__ == "__main__":
    main()
