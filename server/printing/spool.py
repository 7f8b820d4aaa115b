"""Which job goes to which printer, and what became of it. One thread per printer; a slow or dead one holds up only itself.

Nothing is printed twice unasked: before the first byte goes out the job is durably `sending`, and a job found `sending`
after a restart is `unknown`: a person decides. A printer that is not ready before the first byte hands the job on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from printer_profiles import profile as profiles
from printer_profiles.profile import Profile
from printer_profiles.status import STATUS_REQUESTS, UNKNOWN, Inbox, Status, confirmed, status
from server.health import Health
from server.hub import Hub
from server.printing.ports import Port, open_port, read_until
from server.printing.slips import slip_for, test_slip
from server.ticket import Job

log = logging.getLogger(__name__)

READY = frozenset({"ready", "near_end"})


def takes(job: Job, printer: str, refused: Iterable[str]) -> bool:
    """Whether this printer is the job's first that has not refused it. Pure."""
    left = [name for name in job.printers if name not in set(refused)]
    return bool(left) and left[0] == printer


def outcome(profile: Profile, answer: Status) -> tuple[str, str]:
    """What became of a slip whose bytes all went out: (state, reason). Silence is never a success. Pure."""
    if answer.state in READY:
        return "printed", ""
    if profile.confirm == "none":
        return "sent", ""
    return ("unknown", answer.zh) if answer.state in ("unknown", "offline") else ("failed", answer.zh)


@dataclass(frozen=True)
class Patience:
    """How long a printer's thread waits, seconds."""

    answer: float = 0.5
    """For one status byte."""
    confirm: float = 15.0
    """For the word that a slip is through: a slow head prints a long slip in this time."""
    write: float = 10.0
    """For a printer to take a piece of at most 1 kB."""
    give_up: float = 20.0
    """A slip that no printer took within this time is failed: whoever waited for it has gone to the desk by then."""
    ask_every: float = 10.0
    """Between two looks at an idle printer."""


class Spool:
    """The printers' threads, and what they know together."""

    def __init__(self, hub: Hub, health: Health, patience: Patience = Patience()) -> None:
        self._patience = patience
        self._hub = hub
        self._health = health
        self._stop = threading.Event()
        self._refused: dict[int, set[str]] = {}
        self._tests = {name: threading.Event() for name in hub.hall.printers}
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work, args=(name,), name=f"printer {name}", daemon=True) for name in hub.hall.printers]

    def start(self) -> None:
        for job in self._hub.read().open_jobs(limit=1_000_000):
            if job.state == "sending":
                self._hub.print_ended(job.id, job.ticket, job.printer, "unknown", "打印中断电或重启，不能确定是否打印完整。")
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._hub.stop()
        for thread in self._threads:
            thread.join(timeout=1)

    def print_test_page(self, name: str) -> None:
        """Ask a printer for a test page, as soon as it is free; what became of it is the printer's state. No ticket, no journal."""
        self._tests[name].set()
        self._hub.wake()

    # --- one printer's thread ---

    def _work(self, name: str) -> None:
        asked, seq = 0.0, -1
        while not self._stop.is_set():
            try:
                if self._tests[name].is_set():
                    self._tests[name].clear()
                    self._heard(name, self._test(name))
                job = self._next(name)
                if job:
                    self._print(name, job)
                    asked = time.monotonic()
                    continue
                if time.monotonic() - asked >= self._patience.ask_every:
                    self._heard(name, self._ask(name))
                    asked = time.monotonic()
                seq = self._hub.wait(seq, 1.0)
            except Exception:
                log.exception("printers.%s: unexpected; the thread goes on", name)
                self._stop.wait(1.0)

    def _next(self, name: str) -> Job | None:
        with self._lock:
            jobs = [job for job in self._hub.read().open_jobs() if job.state == "queued"]
            self._refused = {job.id: self._refused.get(job.id, set()) for job in jobs}
            mine = (job for job in jobs if takes(job, name, self._refused[job.id]))
            return next(mine, None)

    def _refuse(self, name: str, job: Job, reason: str) -> None:
        """Hand the job on; when every printer has refused it, try again until its time is over."""
        with self._lock:
            refused = self._refused.setdefault(job.id, set())
            refused.add(name)
            everyone = set(job.printers) & set(self._hub.hall.printers) <= refused
            if everyone:
                refused.clear()
        if everyone and self._hub.now() - job.queued_at > self._patience.give_up:
            self._hub.print_ended(job.id, job.ticket, name, "failed", reason)
        elif everyone:
            self._stop.wait(0.5)

    def _ask(self, name: str) -> Status:
        table = self._hub.hall.printers[name]
        try:
            port = self._open(name)
        except OSError as error:
            log.debug("printers.%s: %s: %s", name, table.url, error)
            return Status(offline=True)
        try:
            return ask(port, profiles.load(table.profile), self._patience)
        except OSError:
            return Status(offline=True)
        finally:
            port.close()

    def _test(self, name: str) -> Status:
        from printer_profiles.encode import confirm, encode

        hall, profile = self._hub.hall, profiles.load(self._hub.hall.printers[name].profile)
        when = datetime.fromtimestamp(self._hub.now(), hall.zone)
        slip = test_slip(hall, name, profile=hall.printers[name].profile, columns=profile.columns, when=when)
        try:
            port = self._open(name)
        except OSError:
            return Status(offline=True)
        try:
            port.write(encode(slip, profile), self._patience.write)
            answer = _confirmation(port, profile, confirm(profile), self._patience)
        except OSError:
            return Status(offline=True)
        finally:
            port.close()
        log.info("printers.%s: test page: %s", name, answer.state)
        return answer

    def _open(self, name: str) -> Port:
        table, hall = self._hub.hall.printers[name], self._hub.hall
        return open_port(table.url, table.profile, hall.folder, hall.data)

    def _heard(self, name: str, answer: Status) -> None:
        self._health.heard(name, answer.state, answer.zh, answer.en)

    def _print(self, name: str, job: Job) -> None:
        table = self._hub.hall.printers[name]
        profile = profiles.load(table.profile)
        try:
            port = self._open(name)
        except OSError as error:
            self._heard(name, Status(offline=True))
            self._refuse(name, job, f"打印机连接不上：{error}")
            return
        try:
            before = ask(port, profile, self._patience)
            if profile.status and before.state not in READY:
                self._heard(name, before)
                self._refuse(name, job, before.zh)
                return
            self._send(name, job, port, profile)
        except OSError as error:
            self._heard(name, Status(offline=True))
            if self._began(job):
                self._hub.print_ended(job.id, job.ticket, name, "unknown", f"打印途中连接中断：{error}")
            else:
                self._refuse(name, job, f"打印机连接中断：{error}")
        finally:
            port.close()

    def _began(self, job: Job) -> bool:
        now = self._hub.read().job(job.id)
        return now is not None and now.state == "sending"

    def _send(self, name: str, job: Job, port: Port, profile: Profile) -> None:
        from printer_profiles.encode import confirm, encode

        data = encode(slip_for(self._hub.hall, self._hub.read(), job, name, profile, self._hub.now()), profile)
        self._hub.print_began(job.id, job.ticket, name)
        port.write(data, self._patience.write)
        answer = _confirmation(port, profile, confirm(profile), self._patience)
        state, reason = outcome(profile, answer)
        self._hub.print_ended(job.id, job.ticket, name, state, reason)
        if answer is not UNKNOWN or profile.confirm != "none":
            self._heard(name, answer)


def ask(port: Port, profile: Profile, patience: Patience) -> Status:
    """How the printer is, by DLE EOT 1 to 4; unknown for a model that does not answer."""
    if not profile.status:
        return UNKNOWN
    answers: dict[int, int | None] = {}
    for n, question in STATUS_REQUESTS.items():
        port.write(question, patience.write)
        inbox = _sorted(read_until(port, lambda got: _sorted(got).real_time != [], patience.answer))
        answers[n] = inbox.real_time[0] if inbox.real_time and not inbox.garbage else None
        if answers[n] is None:
            break
    return status(answers)


def _sorted(got: bytes) -> Inbox:
    """All that came since the question, sorted into answers, automatic status and noise."""
    inbox = Inbox()
    inbox.feed(got)
    return inbox


def _confirmation(port: Port, profile: Profile, question: bytes, patience: Patience) -> Status:
    """What the printer says behind the slip; a real fault is told by DLE EOT where the confirmation does not come."""
    if not question:
        return UNKNOWN
    port.write(question, patience.write)
    inbox = _sorted(read_until(port, lambda got: bool(_answers(_sorted(got), profile)), patience.confirm))
    answers = _answers(inbox, profile)
    if answers and not inbox.garbage:
        return confirmed(answers[0]) if profile.confirm == "gs_r" else status({4: answers[0]})
    return ask(port, profile, patience) if profile.status else UNKNOWN


def _answers(inbox: Inbox, profile: Profile) -> list[int]:
    return inbox.paper if profile.confirm == "gs_r" else inbox.real_time
