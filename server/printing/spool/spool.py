"""Which job goes to which printer, and what became of it.

One thread per printer; a slow or dead one holds up only itself.

Nothing is printed twice unasked: before the first byte goes out the job is durably `sending`, and a job found `sending`
after a restart is `unknown`: a person decides. Only a printer that has not taken a byte hands a job on
(server/domain/print_outcome.py).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from config import Hall, Text, reasons
from config.tables import PrinterTable
from printer_profiles import profile as profiles
from printer_profiles.escpos import logo as logos
from printer_profiles.escpos.status import Status
from printer_profiles.slip import Logo, Slip
from server.domain import print_outcome
from server.domain.print_outcome import Outcome, Refusal, Sent
from server.domain.ticket import Job
from server.health import Health
from server.printing.probe import checklist
from server.printing.probe.examination import Examination, examine, queued
from server.printing.probe.interview import PATIENCE as INTERVIEW
from server.printing.slips.filling import slip_for, test_slip
from server.printing.spool import roll
from server.printing.spool.memory import plain, recalled
from server.printing.spool.printer import Printer, open_printer
from server.printing.transport.opening import open_port, reached_alone
from server.printing.transport.patience import PATIENCE, Patience
from server.verbs import jobs
from server.verbs.hub import Hub

log = logging.getLogger(__name__)

SLICE_S = 0.25
"""How often an idle printer's own words are listened for, and a long busy one is looked at by the next of its group."""
SHARED_S = 30.0
"""How often a printer is looked at that a kiosk may be using by itself: most take one line at a time."""
GATHER_S = 0.003
"""An idle printer begins so much later: whoever asked for a paper has the answer by then."""
REST = 12.0
"""Between two slips a printer's thread rests so many times as long as the first took of the processor: a burst of
paper never takes more than a thirteenth of a core from the keys. That is some fifty slips a second; no head is so fast
that it would notice."""
AHEAD = 32
"""So many slips does a printer that is out of order refuse before the others have said their word."""
ALL = 1_000_000
"""Jobs at the start, each looked at once."""
OFFLINE = Status(offline=True)
MUTE = ("该型号打印机不报告状态。", "This model does not report its state.")


class Examining(NamedTuple):
    """An examination that has been asked for and is not over."""


@dataclass
class Round:
    """A slip that some printer could not take, on its way around its group."""

    printers: list[str]
    since: float
    """When it was refused first, monotonic: the hall's clock may be set back."""
    refused: dict[str, Refusal] = field(default_factory=dict)
    """Who could not take it in this round, and why."""


class Spool:
    """The printers' threads, and what they know together."""

    def __init__(
        self, hub: Hub, health: Health, patience: Patience = PATIENCE, reach: Callable[..., Printer] = open_printer
    ) -> None:
        self._hub = hub
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._rounds: dict[int, Round] = {}
        """By job; a slip that nobody has refused has none."""
        self._taken: dict[int, str] = {}
        """Job -> the printer that has it in its hands."""
        self._busy: dict[str, float] = {}
        """Printer -> since when it is at something that may take long, monotonic."""
        self._patience = patience
        self._employ = partial(Worker, self, hub=hub, health=health, patience=patience, reach=reach)
        self._heads = {name: self._employ(name) for name in hub.hall.printers}

    def start(self) -> None:
        for job in self._hub.read().open_jobs(limit=ALL):
            if job.state == "sending":
                jobs.print_ended(self._hub, job.id, job.ticket, job.printer, "unknown", print_outcome.RESTARTED)
                if job.printer in self._heads:
                    self._heads[job.printer].broken_off = True
            elif not self._wanted(job.printers):
                jobs.print_ended(self._hub, job.id, job.ticket, None, "failed", print_outcome.NO_PRINTER)
        self._hub.follow(self._follow)
        self._hub.on_hall.append(self._follow_hall)
        for head in self._heads.values():
            head.start()

    def _follow_hall(self, before: Hall, now: Hall) -> None:
        """Printers that are new begin; those that changed or are gone see to it themselves, when their slip is done.
        Slips that no printer is left for end with their reason, as at a start.
        """
        with self._lock:
            new = [self._employ(name) for name in now.printers if name not in self._heads]
            self._heads |= {head.id: head for head in new}
            for one in self._rounds.values():
                one.printers = [name for name in one.printers if name in now.printers]
                one.refused = {name: why for name, why in one.refused.items() if name in now.printers}
        for head in new:
            head.start()
        for job in self._hub.read().open_jobs(limit=ALL):
            if job.state == "queued" and not set(job.printers) & set(now.printers):
                jobs.print_ended(self._hub, job.id, job.ticket, None, "failed", print_outcome.NO_PRINTER)
                self.done(job)
        self.look()

    def leaves(self, head: Worker) -> bool:
        """Whether a printer's thread ends, because the hall has the printer no more."""
        with self._lock:
            gone = head.id not in self._hub.hall.printers
            if gone:
                del self._heads[head.id]
            return gone

    def _follow(self, events: Collection[str]) -> None:
        if "PrintQueued" in events or self.stopping:
            self.look()

    def look(self) -> None:
        """Let every printer look whether a slip is its own now."""
        for head in [*self._heads.values()]:
            head.woken.set()

    def stop(self) -> None:
        """Within two seconds; a thread that waits for its printer is left behind, and its job is unknown at the next
        start.
        """
        self._stop.set()
        self._hub.stop()
        end = time.monotonic() + 2.0
        for head in [*self._heads.values()]:
            head.join(max(0.0, end - time.monotonic()))

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def pause(self, seconds: float) -> None:
        self._stop.wait(seconds)

    def print_test_page(self, name: str) -> None:
        """Ask a printer for a test page, as soon as it is free; what became of it is the printer's state.

        No ticket, no journal.
        """
        self._heads[name].test.set()
        self._heads[name].woken.set()

    def examine(self, name: str) -> None:
        """Ask a printer for a test page and everything it answers, in its own thread: nobody else opens its port."""
        self._heads[name].examined = Examining()
        self._heads[name].woken.set()

    def examined(self, name: str) -> Examining | Examination | None:
        """What came of it: still under way, or found; None if nobody has asked since the hub began."""
        return self._heads[name].examined

    def new_roll(self, name: str) -> None:
        """A technician says that a new roll is in."""
        self._heads[name].fresh.set()
        self._heads[name].woken.set()

    # --- what the threads share ---

    def _wanted(self, printers: Sequence[str]) -> list[str]:
        return [name for name in printers if name in self._heads]

    @contextmanager
    def busy(self, name: str) -> Iterator[None]:
        """The printer is at something: slips wait for it only for so long."""
        with self._lock:
            self._busy[name] = time.monotonic()
        for head in [*self._heads.values()]:
            if not head.connected:  # who waits for it counts from now on; the others look every SLICE_S
                head.woken.set()
        try:
            yield
        finally:
            with self._lock:
                self._busy.pop(name, None)

    @property
    def somebody_is_busy(self) -> bool:
        return bool(self._busy)

    def take(self, name: str) -> Job | None:
        """The oldest job that is this printer's; nobody else gets it until it is given back."""
        with self._lock:
            now = time.monotonic()
            absent = {
                p for p, head in self._heads.items() if head.down or now - self._busy.get(p, now) > head.patience.busy
            }
            found = self._oldest(name, absent)
            job = None if found is None else self._hub.read().job(found)
            if job is None or job.state != "queued":
                return None
            self._taken[job.id] = name
            return job

    def _oldest(self, name: str, absent: set[str]) -> int | None:
        """Of those on their way around, which are few, and of those that nobody has refused, by the index."""
        refused = sorted(
            job
            for job, one in self._rounds.items()
            if job not in self._taken and print_outcome.takes(name, one.printers, one.refused, absent)
        )
        found = refused[:1]
        if not (name in absent and sum(name in one.printers for one in self._rounds.values()) >= AHEAD):
            reader, besides = self._hub.read(), {*self._taken, *self._rounds}
            for printers in reader.printer_groups():
                if print_outcome.takes(name, self._wanted(printers), (), absent):
                    untouched = reader.next_job(printers, besides)
                    found += [] if untouched is None else [untouched]
        return min(found, default=None)

    def release(self, job: Job) -> None:
        """Out of a printer's hands."""
        with self._lock:
            self._taken.pop(job.id, None)

    def done(self, job: Job) -> None:
        """Nobody need remember who refused it."""
        with self._lock:
            self._rounds.pop(job.id, None)

    def refuse(self, name: str, job: Job, refusal: Refusal) -> None:
        """Hand the job on; when every printer has refused it, the person is told, at the latest when its time is
        over.
        """
        with self._lock:
            now = time.monotonic()
            one = self._rounds.setdefault(job.id, Round(self._wanted(job.printers), now))
            one.refused[name] = refusal
            everyone = one.refused if set(one.printers) <= set(one.refused) else {}
            if everyone:
                one.refused = {}
        heads = [head for p in everyone if (head := self._heads.get(p))]
        give_up = max((head.patience.give_up for head in heads), default=0.0)
        if everyone and print_outcome.hopeless(everyone, now - one.since, give_up):
            first = next(everyone[p] for p in job.printers if p in everyone)
            jobs.print_ended(self._hub, job.id, job.ticket, name, "failed", first.reason)
            self.done(job)
        elif everyone:
            self.pause(self._patience.answer)
        self.release(job)
        self.look()


class Worker(threading.Thread):
    """One printer's thread: its connection, its roll, the logo it keeps."""

    def __init__(
        self, spool: Spool, name: str, hub: Hub, health: Health, patience: Patience, reach: Callable[..., Printer]
    ) -> None:
        super().__init__(name=f"printer {name}", daemon=True)
        self._spool, self.id, self._hub, self._health, self._reach = spool, name, hub, health, reach
        self._ours = patience
        self._read_table(hub.hall.printers[name])
        self.examined: Examining | Examination | None = None
        self.test, self.fresh, self.woken = threading.Event(), threading.Event(), threading.Event()
        self.down = False
        """Known to be out of order."""
        self.broken_off = False
        """Its last slip may have ended in mid-command."""
        self._printer: Printer | None = None
        self._trouble = ""
        """Why it could not be reached."""
        self._looked = 0.0
        self._memory = recalled(hub.read().printer(name), hub.now())
        self._wants: Logo | None = None
        """A logo it should keep and does not."""

    def _read_table(self, table: PrinterTable) -> None:
        self.table = table
        self.patience = self._ours.with_answers_after(table.patience)
        self.profile = profiles.load(table.profile)
        self._lengths = roll.Lengths(self.profile)

    def _follow_hall(self) -> None:
        """Between two slips: its table, if that is another one now, and a connection made anew."""
        table = self._hub.hall.printers.get(self.id)
        if table is not None and table != self.table:
            self._close()
            self._read_table(table)
            self._looked = 0.0

    def run(self) -> None:
        self.woken.set()
        while not self._spool.stopping and not self._spool.leaves(self):
            try:
                self._follow_hall()
                job = self._called() and self._spool.take(self.id)
                if job:
                    self.woken.set()  # there may be another one
                    began = time.thread_time()
                    self._print(job)
                    self._spool.pause(REST * (time.thread_time() - began))
                else:
                    self._attend()
                    if self.woken.wait(self._idle()):
                        self._spool.pause(GATHER_S)
            except Exception:
                if not self._spool.stopping:
                    log.exception("printers.%s: unexpected; the thread goes on", self.id)
                    self.woken.set()
                    self._spool.pause(1.0)
        self._close()

    @property
    def connected(self) -> bool:
        return self._printer is not None

    def _called(self) -> bool:
        """Whether a slip may be this printer's since it looked last."""
        woken = self.woken.is_set()
        self.woken.clear()
        return woken or self._spool.somebody_is_busy

    def _idle(self) -> float:
        """Until when it has nothing to do, if nobody wakes it."""
        if self._printer or self._spool.somebody_is_busy:
            return SLICE_S
        return max(0.0, self._looked + self._every - time.monotonic())

    @property
    def _every(self) -> float:
        if self.down:
            return self.patience.ask_again
        return SHARED_S if self._is_a_lone_kiosks() else self.patience.ask_every

    def _is_a_lone_kiosks(self) -> bool:
        """Whether a kiosk that would print here by itself was heard in this run, and is not now: it goes on alone
        (docs/offline.md), and a line that is held open here would keep it from its paper.
        """
        hall = self._hub.hall
        kiosks = [
            f"kiosk {name}"
            for name, one in hall.kiosks.items()
            if reached_alone((printer, hall.printers[printer].url) for printer in one.printers) == self.id
        ]
        there = map(self._health.presence, kiosks if self.table.url.startswith("tcp:") else ())
        return any(not one.connected and one.seen is not None and one.away_s > self.patience.alone for one in there)

    # --- a job ---

    def _print(self, job: Job) -> None:
        with self._spool.busy(self.id):
            try:
                now = self._ready()
                if print_outcome.ready(now, self.profile):
                    self._send(job)
                    self._spool.done(job)
                else:
                    self._spool.refuse(self.id, job, Refusal(now, self._trouble or now.zh))
            finally:
                self._spool.release(job)

    def _ready(self) -> Status:
        """How it is now; a connection that has died meanwhile is made anew once."""
        kept = self._printer is not None
        now = self._said(lambda printer: printer.ready())
        if kept and self._printer is None:
            now = self._said(lambda printer: printer.ready())
        return now

    def _send(self, job: Job) -> None:
        try:
            slip = slip_for(
                self._hub.hall,
                self._hub.read(),
                job,
                self.id,
                self.profile,
                self._hub.now(),
                self._hub.foresight,
            )
            data = self._bytes(slip)
        except Exception:
            log.exception("printers.%s: job %d cannot be made into a slip", self.id, job.id)
            jobs.print_ended(self._hub, job.id, job.ticket, self.id, "failed", print_outcome.UNMADE)
            return
        jobs.print_began(self._hub, job.id, job.ticket, self.id)
        try:
            assert self._printer is not None
            sent = self._printer.print(data)
        except Exception:
            log.exception("printers.%s: job %d", self.id, job.id)
            sent = Sent(len(data), 1, False)
        became = print_outcome.outcome(sent)
        learnt = self._learnt(slip, data, sent)
        jobs.print_ended(self._hub, job.id, job.ticket, self.id, became.state, became.reason, learnt)
        self._after(sent, became)

    def _bytes(self, slip: Slip) -> bytes:
        from printer_profiles.escpos.encode import encode

        logo = next((element for element in slip if isinstance(element, Logo)), None)
        kept = logos.identity(logo, self.profile) if logo else ""
        self._wants = logo if kept and kept != self._memory.logo else None
        return encode(slip, self.profile, held=self._memory.logo)

    def _learnt(self, slip: Slip, data: bytes, sent: Sent) -> dict[str, Any] | None:
        """What is to be remembered with a slip's end: a shorter roll, that it confirms; None for nothing new."""
        before = self._memory
        if sent.accepted:
            shorter = roll.printed(self._memory.roll, self._lengths.mm(slip, data))
            self._memory = replace(self._memory, roll=shorter)
        if sent.confirmed:
            self._memory = replace(self._memory, confirms=True)
        return plain(self._memory) if self._memory != before else None

    def _after(self, sent: Sent, became: Outcome) -> None:
        """What else a slip leaves behind: a state, a connection that is closed unless all went well."""
        self.broken_off = 0 < sent.accepted < sent.total or bool(sent.gone)
        if became.state not in ("printed", "sent"):
            log.warning("printers.%s: %s: %s", self.id, became.state, became.reason)
            self._close()
        self._heard(sent.heard if sent.heard.faulty else OFFLINE if sent.gone else sent.heard)

    # --- between jobs ---

    def _attend(self) -> None:
        """Hear what it says by itself, and ask when it is time."""
        if self.fresh.is_set():
            self.fresh.clear()
            self._remember(roll=roll.changed(self._memory.roll, self._hub.now()))
            self._looked = 0.0
        if self.test.is_set():
            self.test.clear()
            self._test_page()
        if isinstance(self.examined, Examining):
            with self._spool.busy(self.id):
                self.examined = self._examination()
            self._looked = 0.0
        if time.monotonic() - self._looked >= self._every:
            with self._spool.busy(self.id):
                self._said(lambda printer: printer.look())
        elif self._printer:
            self._listen(self._printer)
        if self._wants and not self.down and self._printer:
            self._store_logo(self._wants, self._printer)
        if self._printer and self._is_a_lone_kiosks():
            self._close()

    def _listen(self, printer: Printer) -> None:
        try:
            told = printer.listen()
        except OSError:
            self._close()
            self._looked = 0.0  # look at once: closing an idle connection is no fault
            return
        if told:
            self._heard(told)

    def _test_page(self) -> None:
        hall = self._hub.hall
        when = datetime.fromtimestamp(self._hub.now(), hall.zone)
        slip = test_slip(hall, self.id, profile=self.table.profile, columns=self.profile.columns, when=when)
        with self._spool.busy(self.id):
            if print_outcome.ready(self._ready(), self.profile) and self._printer:
                self._remember(logo="")  # whoever tests it may have changed it: it gets its logo again
                data = self._bytes(slip)
                sent = self._printer.print(data)
                became = print_outcome.outcome(sent)
                log.info("printers.%s: test page: %s %s", self.id, became.state, became.reason)
                if learnt := self._learnt(slip, data, sent):
                    jobs.keep_printer(self._hub, self.id, learnt)
                self._after(sent, became)

    def _examination(self) -> Examination:
        """Its own connection is closed for it, and made anew afterwards."""
        hall, port = self._hub.hall, None
        when = datetime.fromtimestamp(self._hub.now(), hall.zone)
        slip = test_slip(hall, self.id, profile=self.table.profile, columns=self.profile.columns, when=when)
        self._close()
        try:
            if self.table.url.startswith("cups:"):
                queue = self._reach(self.table.url, self.profile, hall.folder, hall.data)
                return queued(queue.print(self._bytes(slip)))
            port = open_port(self.table.url, self.profile.name, hall.folder, hall.data, self.patience.connect)
            return examine(port, slip, self.profile, patience=INTERVIEW.with_answers_after(self.table.patience))
        except OSError as error:
            self.broken_off = port is not None
            why = reasons.why(error)
            return Examination(
                checklist.TROUBLE,
                Text(
                    f"打不开或中断：{why.zh}。请检查电源、连线和网址。",
                    f"Not reached, or the line broke: {why.en}. Check power, cable and address.",
                ),
            )
        except Exception:  # a fault of ours is one of this examination alone
            log.exception("printers.%s: examination: unexpected", self.id)
            self.broken_off = port is not None
            return Examination(
                checklist.TROUBLE,
                Text("检查没有做完：请看主机的运行日志。", "It could not be finished: look at the hub's log."),
            )
        finally:
            if port:
                port.close()

    def _store_logo(self, logo: Logo, printer: Printer) -> None:
        """Once, while nobody waits; until the printer has confirmed it, the logo is drawn on every slip."""
        self._wants = None
        try:
            with self._spool.busy(self.id):
                kept = printer.keep(logos.store(logo, self.profile))
        except OSError:
            kept = False
        if kept:
            self._remember(logo=logos.identity(logo, self.profile))
        else:
            log.warning("printers.%s: does not confirm that it keeps the logo; it is drawn on every slip", self.id)
            self._close()

    # --- the connection ---

    def _said(self, ask: Callable[[Printer], Status]) -> Status:
        """What the printer answers; offline when it can't be reached."""
        self._looked = time.monotonic()
        try:
            if self._printer is None:
                hall = self._hub.hall
                self._printer = self._reach(
                    self.table.url,
                    self.profile,
                    hall.folder,
                    hall.data,
                    self.patience,
                    broken_off=self.broken_off,
                    must_confirm=self._memory.confirms,
                )
            now, self._trouble = ask(self._printer), ""
            self.broken_off = self.broken_off and not print_outcome.ready(now, self.profile)
        except OSError as error:
            trouble = f"{print_outcome.UNREACHABLE}：{reasons.why(error).zh}"
            level = logging.DEBUG if trouble == self._trouble else logging.WARNING
            log.log(level, "printers.%s: %s: %s", self.id, self.table.url, error)
            self._close()
            now, self._trouble = OFFLINE, trouble
        except Exception as error:  # a fault of ours is one of this printer alone: its slips go to the next one
            log.exception("printers.%s: %s: unexpected", self.id, self.table.url)
            self._close()
            now, self._trouble = OFFLINE, f"{print_outcome.UNREACHABLE}：{reasons.why(error).zh}"
        if self.profile.status and now.state == "unknown":
            self._close()
        self._heard(now)
        return now

    def _close(self) -> None:
        printer, self._printer = self._printer, None
        if printer:
            try:
                printer.close()
            except OSError as error:
                log.debug("printers.%s: closing: %s", self.id, error)

    # --- what is known of it ---

    def _heard(self, now: Status) -> None:
        """Its state, for everybody; with it the roll, which the sensors correct."""
        self._remember(roll=roll.told(self._memory.roll, now, self._hub.now()))
        down = not print_outcome.ready(now, self.profile)
        if down != self.down:
            self.down = down
            self._spool.look()  # its slips are another's now, or again its own
        if down:
            self._health.heard(self.id, now.state, now.zh, now.en)
            return
        tickets = roll.tickets_left(self._memory.roll, self.table.roll_m, self.table.low_m)
        low = roll.warning(now.near_end, tickets)
        words = low or (roll.enough(tickets) if self.profile.status else MUTE)
        self._health.heard(self.id, "near_end" if low else "ready", *words)

    def _remember(self, **changes: Any) -> None:
        """Durably, where anything changed."""
        memory = replace(self._memory, **changes)
        if memory != self._memory:
            self._memory = memory
            jobs.keep_printer(self._hub, self.id, plain(memory))
