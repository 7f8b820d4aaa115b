"""Makes reports beside the running hall: short ones in the thread that asks, long ones in a process of their own and of low priority.

Every report reads on a connection of its own. A long one would hold this process's interpreter, and whoever calls the next
number would wait for it; its memory goes with its process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from config import Hall
from server.reports.period import Period
from server.reports.report import report
from server.store.database import read_only
from server.store.history import History

SHORT = 8
"""Days of the longest period that is made in the thread that asks."""
NICE = 10


class ReportFailed(Exception):
    """The process that made a report ended without one."""


def make(
    hall: Hall, period: Period, file: Path, now: float, *, compare: bool = True, each: Callable[[str], None] = lambda day: None
) -> dict[str, Any]:
    """The report of a period from a hall's database `file`; `each` is told every day that is read. Raises ReportFailed."""
    if (period.last - period.first).days < SHORT:
        return _made(hall, period, file, now, compare, each)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(there, hall, period, file, now, compare), name=f"report {period.id}", daemon=True)
    worker.start()
    there.close()
    try:
        while True:
            kind, told = here.recv()
            if kind == "made":
                made: dict[str, Any] = told
                return made
            each(told)
    except EOFError:
        worker.join()
        raise ReportFailed(f"{period.id}: the report's process ended with {worker.exitcode}; see the log") from None
    finally:
        here.close()
        worker.join(5)
        if worker.is_alive():
            worker.terminate()


def _work(out: Connection, hall: Hall, period: Period, file: Path, now: float, compare: bool) -> None:
    os.nice(NICE)
    out.send(("made", _made(hall, period, file, now, compare, lambda day: out.send(("day", day)))))


def _made(hall: Hall, period: Period, file: Path, now: float, compare: bool, each: Callable[[str], None]) -> dict[str, Any]:
    with closing(read_only(file)) as conn:
        return report(hall, period, History(conn), now, compare=compare, each=each)
