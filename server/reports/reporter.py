"""Makes reports beside the running hall: short ones in the thread that asks, long ones in a process of their own and
of low priority.

Every report reads on a connection of its own. A long one would hold this process's interpreter, and whoever calls the
next number would wait for it; its memory goes with its process.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from config import Hall, Text, Told
from server.domain.chain import GENESIS
from server.reports.drill import Drilled, drill
from server.reports.forms.make import FormFailed
from server.reports.forms.make import make as make_form
from server.reports.period import Period
from server.reports.report import report
from server.store.database import read_only
from server.store.history import History

SHORT = 8
"""Days of the longest period that `make` makes in the thread that asks."""
NICE = 10


class ReportFailed(Told):
    """The process that made a report ended without one."""


class Made(NamedTuple):
    """A report as it was counted, and the journal's newest row then: (0, 64 zeros) before the first."""

    report: dict[str, Any]
    seq: int
    hash: str


def make(
    hall: Hall,
    period: Period,
    file: Path,
    now: float,
    *,
    compare: bool = True,
    each: Callable[[str], None] = lambda day: None,
) -> dict[str, Any]:
    """The report of a period from a hall's database `file`; `each` is told every day that is read.

    Raises ReportFailed.
    """
    if (period.last - period.first).days < SHORT:
        return counted(hall, period, file, now, compare, each).report
    return Worker().count(hall, period, file, now, compare=compare, each=each).report


def counted(
    hall: Hall,
    period: Period,
    file: Path,
    now: float,
    compare: bool = True,
    each: Callable[[str], None] = lambda day: None,
) -> Made:
    """A report, counted in this thread, and the row of the journal it was counted from: the database as it was at one
    moment.
    """
    with closing(read_only(file)) as conn:
        conn.execute("BEGIN")
        seq, hash = conn.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone() or (0, GENESIS)
        return Made(report(hall, period, History(conn), now, compare=compare, each=each), seq, hash)


def visits(hall: Hall, period: Period, file: Path, now: float, figure: str, cut: str, key: str) -> Drilled:
    """The visits behind a figure, found in this thread. Raises DrillError."""
    with closing(read_only(file)) as conn:
        conn.execute("BEGIN")
        return drill(hall, period, History(conn), now, figure, cut, key)


class Worker:
    """One process of low priority, for one report or its files. `stop` ends it from another thread."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, self._there = context.Pipe(duplex=False)
        self._context = context
        self._process: multiprocessing.process.BaseProcess | None = None
        self._stopped = False

    def count(
        self,
        hall: Hall,
        period: Period,
        file: Path,
        now: float,
        *,
        compare: bool = True,
        each: Callable[[str], None] = lambda day: None,
    ) -> Made:
        """The report of a period; `each` is told every day that is read. Raises ReportFailed."""
        made: Made = self._ask(period.id, each, _count, hall, period, file, now, compare)
        return made

    def visits(self, hall: Hall, period: Period, file: Path, now: float, figure: str, cut: str, key: str) -> Drilled:
        """The visits behind a figure. Raises ReportFailed."""
        made: Drilled = self._ask(period.id, lambda day: None, _visits, hall, period, file, now, figure, cut, key)
        return made

    def file(self, report: dict[str, Any], hall: Hall, form: str) -> bytes:
        """A report in one of its forms. Raises ReportFailed, FormFailed."""
        made: bytes | Text = self._ask(report["period"], lambda day: None, _file, report, hall, form)
        if isinstance(made, Text):
            raise FormFailed(*made)
        return made

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def stop(self) -> None:
        """End the process, now or as soon as it begins."""
        self._stopped = True
        if self._process:
            self._process.kill()

    def _ask(self, name: str, each: Callable[[str], None], work: Callable[..., None], *told: Any) -> Any:
        process = self._context.Process(target=work, args=(self._there, *told), name=f"report {name}", daemon=True)
        try:
            process.start()
        except OSError as error:
            raise ReportFailed(f"{name}: no process could be started ({error.strerror}); try again") from None
        self._process = process
        self._there.close()
        if self._stopped:
            process.kill()
        try:
            while True:
                kind, said = self._here.recv()
                if kind == "made":
                    return said
                each(said)
        except EOFError:
            process.join()
            raise ReportFailed(
                f"{name}: the report's process ended with {process.exitcode}; see the log and try again"
            ) from None
        finally:
            self._here.close()
            process.join(5)
            if process.is_alive():
                process.terminate()


def _count(out: Connection, hall: Hall, period: Period, file: Path, now: float, compare: bool) -> None:
    os.nice(NICE)
    out.send(("made", counted(hall, period, file, now, compare, lambda day: out.send(("day", day)))))


def _visits(
    out: Connection, hall: Hall, period: Period, file: Path, now: float, figure: str, cut: str, key: str
) -> None:
    os.nice(NICE)
    out.send(("made", visits(hall, period, file, now, figure, cut, key)))


def _file(out: Connection, report: dict[str, Any], hall: Hall, form: str) -> None:
    os.nice(NICE)
    try:
        out.send(("made", make_form(report, hall, form)))
    except FormFailed as error:
        out.send(("made", error.text))
