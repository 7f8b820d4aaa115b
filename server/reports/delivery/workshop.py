"""Where reports are made: short ones at once, long ones one after the other in a process of low priority, with
progress. Keeps the newest.

Nothing here is truth: a restart forgets what was made, and it is made again.
"""

from __future__ import annotations

import logging
import queue
import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from config import Text, Told
from server.reports import period as periods
from server.reports.drill import Drilled, asked, to_read
from server.reports.figures.ways import SAID
from server.reports.forms.make import FORMS, FormFailed
from server.reports.period import Period
from server.reports.reporter import Made, ReportFailed, Worker, counted, visits
from server.verbs.hub import Hub
from server.verbs.snapshots import over

log = logging.getLogger(__name__)

AT_ONCE = 40_000
"""Legs of a period, of the two it is compared with, and of the trend: up to so many are counted within a request, in
well under a second.
"""
FRESH_S = 600.0
"""A long report is shown so long though the hall has gone on; whoever wants can have it made again."""
DRILL_LIMIT_S = 60.0
"""Whoever asks for the visits behind a figure of a long period waits so long at most."""
KEPT = 8
State = Literal["waiting", "making", "done", "failed"]


class NotMade(Told):
    """A report or its files could not be made."""


STOPPED = NotMade("系统正在停止，报告没有做完。", "The hub is stopping; the report was not finished.")
TOO_LONG = NotMade(
    "这段时间太长，一分钟内查不完：请从报告的“按日期”进入某一天，或打开较短的报告。",
    "The period is too long to find its visits within a minute: enter one day from the table by day, or open a shorter"
    " report.",
)


@dataclass
class Job:
    """One report in the making.

    `days` of `of` are read; `made` once it is done, `problem` (Chinese, English) if it failed.
    """

    period: Period
    of: int
    days: int = 0
    day: str = ""
    state: State = "waiting"
    made: Made | None = None
    at: float = 0.0
    problem: Text | None = None
    ended: threading.Event = field(default_factory=threading.Event)


class Workshop:
    """The reports of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.at_once_legs = AT_ONCE
        self._jobs: dict[str, Job] = {}
        self._short: dict[tuple[str, int], Made] = {}
        self._orders: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.drill_limit_s = DRILL_LIMIT_S
        self._drilling = threading.Lock()
        self._lock = threading.Lock()
        self._at_work: set[Worker] = set()
        self._thread: threading.Thread | None = None
        self._stopped = False

    # --- what the pages ask for ---

    def short(self, period: Period) -> bool:
        """Whether a report can be counted within a request: by how much there is to read, whatever its name."""
        reader, left = self._hub.read(), self.at_once_legs
        for first, last in periods.covered(periods.read(period)):
            if left >= 0:
                left -= reader.legs_between(first.isoformat(), last.isoformat(), left + 1)
        return left >= 0

    def at_once(self, period: Period) -> Made:
        """Count a short report now; that of a period which is over only once for each row of the journal."""
        key = (period.id, self._hub.seq)
        with self._lock:
            found = self._short.get(key)
        if found is None:
            found = counted(self._hub.hall, period, self._hub.store.path, self._hub.now())
            if over(self._hub, period):
                with self._lock:
                    self._short[key] = found
                    while len(self._short) > KEPT:
                        self._short.pop(next(iter(self._short)))
        return found

    def ready(self, period: Period) -> Made | None:
        """A report that can be shown within this request, or None: then `begin` it."""
        job = self._jobs.get(period.id)
        if job and job.made and self._fresh(job):
            return job.made
        return self.at_once(period) if self.short(period) else None

    def _fresh(self, job: Job) -> bool:
        assert job.made is not None
        return job.made.seq == self._hub.seq or 0 <= self._hub.now() - job.at < FRESH_S

    def job(self, period: Period) -> Job | None:
        return self._jobs.get(period.id)

    def begin(self, period: Period, *, again: bool = False) -> Job:
        """The making of a long report: the one under way, one that is still fresh, or a new one.

        `again`: not the fresh one.
        """
        with self._lock:
            job = self._jobs.get(period.id)
            if job and (job.state in ("waiting", "making") or (job.made and self._fresh(job) and not again)):
                return job
            days = sum((p.last - p.first).days + 1 for p in periods.read(period))
            job = self._jobs[period.id] = Job(period, days)
            for old in [id for id, other in self._jobs.items() if other.ended.is_set()][:-KEPT]:
                del self._jobs[old]
            if self._stopped:
                self._give_up(job)
                return job
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="workshop", daemon=True)
                self._thread.start()
            self._orders.put(job)
            return job

    def visits(self, period: Period, figure: str, cut: str, key: str) -> Drilled:
        """The visits behind a figure: of a long period in a process of its own, one after the other.

        Raises DrillError, NotMade.
        """
        asked(figure, cut)
        told = (self._hub.hall, period, self._hub.store.path, self._hub.now(), figure, cut, key)
        read = to_read(period, cut, key)
        if (
            figure in SAID
            or self._hub.read().legs_between(read.first.isoformat(), read.last.isoformat(), self.at_once_legs + 1)
            <= self.at_once_legs
        ):
            return visits(*told)
        if not self._drilling.acquire(timeout=self.drill_limit_s):
            raise TOO_LONG
        worker = self._worker()
        limit = threading.Timer(self.drill_limit_s, worker.stop)
        limit.start()
        try:
            return worker.visits(*told)
        except ReportFailed as error:
            raise (TOO_LONG if limit.finished.is_set() else self._sorry(error)) from None
        finally:
            limit.cancel()
            self._done(worker)
            self._drilling.release()

    # --- what the clerk asks for ---

    def make(self, period: Period) -> Made:
        """Make a report in a process of its own and wait for it. Raises NotMade."""
        job = self.begin(period, again=True)
        job.ended.wait()
        if job.made is None:
            raise NotMade(*(job.problem or STOPPED.text))
        return job.made

    def file(self, report: dict[str, Any], form: str) -> bytes:
        """A form of a report, made in a process of its own, so that one which kills it takes no other along.

        Raises NotMade.
        """
        worker = self._worker()
        try:
            return worker.file(report, self._hub.hall, form)
        except FormFailed as error:
            raise NotMade(*error.text) from None
        except ReportFailed as error:
            if self._sorry(error) is STOPPED:
                raise STOPPED from None
            raise NotMade(
                f"{FORMS[form].name.zh} 没有做成（制作程序中断）：其他文件不受影响，请看系统日志。",
                f"{FORMS[form].name.en} was not made ({error}): the other files are not concerned; see the log.",
            ) from None
        finally:
            self._done(worker)

    def stop(self) -> None:
        """End what is being made."""
        with self._lock:
            self._stopped = True
            for worker in self._at_work:
                worker.stop()
        self._orders.put(None)

    # --- the work ---

    def _work(self) -> None:
        while job := self._orders.get():
            if self._stopped or self._hub.stopping:
                self._give_up(job)
            else:
                self._make(job)

    @staticmethod
    def _give_up(job: Job) -> None:
        job.problem, job.state = STOPPED.text, "failed"
        job.ended.set()

    def _make(self, job: Job) -> None:
        def each(day: str) -> None:
            job.days, job.day = job.days + 1, day
            if self._hub.stopping:
                worker.stop()

        worker = self._worker()
        job.state, job.at = "making", self._hub.now()
        try:
            job.made = worker.count(self._hub.hall, job.period, self._hub.store.path, job.at, each=each)
            job.state = "done"
        except ReportFailed as error:
            sorry = self._sorry(error)
            job.problem, job.state = sorry.text, "failed"
            log.error("report %s: %s", job.period.id, sorry.text.en)
        finally:
            self._done(worker)
            job.ended.set()

    def _worker(self) -> Worker:
        worker = Worker()
        with self._lock:
            self._at_work.add(worker)
            if self._stopped:
                worker.stop()
        return worker

    def _done(self, worker: Worker) -> None:
        with self._lock:
            self._at_work.discard(worker)

    def _sorry(self, error: ReportFailed) -> NotMade:
        if self._stopped or self._hub.stopping:
            return STOPPED
        return NotMade(
            "报告没有做成：制作程序中断。请再试；再不行，请看系统日志。",
            f"The report was not made: {error}.",
        )

    @property
    def processes(self) -> list[int]:
        """Those at work."""
        with self._lock:
            return [pid for worker in self._at_work if (pid := worker.pid)]
