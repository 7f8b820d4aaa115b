"""A ticket on its way to paper, through real sockets and the virtual printer: what became of it is always true."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomlkit

import config
from kiosk.flow.offline import Given
from kiosk.rim.own_printer import OwnPrinter
from printer_profiles.escpos.status import Status
from printer_profiles.profile import Profile, load
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.print_server import Printer, print_port, serve_prints
from server.domain import events as ev
from server.domain import print_outcome
from server.domain.print_outcome import Sent
from server.domain.ticket import Job
from server.health import Health
from server.printing.probe.examination import Examination
from server.printing.spool.printer import Printer as PrinterAtPort
from server.printing.spool.printer import open_printer
from server.printing.spool.spool import AHEAD, Spool
from server.printing.transport.patience import Patience
from server.store.database import Store
from server.store.reader import Reader
from server.verbs import devices, jobs, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock, free_port, write_hall
from tests.waiting import DEADLINE_S, until

QUICK = Patience(
    answer=0.3, settle=1.0, confirm=1.5, write=1.0, busy=0.5, give_up=0.4, ask_every=0.2, ask_again=0.2, alone=0.1
)
SURE = replace(QUICK, answer=DEADLINE_S, settle=DEADLINE_S, confirm=DEADLINE_S, write=DEADLINE_S, busy=DEADLINE_S)
"""Where every printer answers: however slow the machine is."""
BRISK = replace(QUICK, answer=2.0, settle=4.0, confirm=6.0, write=2.0, busy=2.0)
"""Where one falls silent: it is noticed soon, and one that answers on a slow machine is still heard."""

STORE, RECALL = b"\x30\x43\x30", b"\x1d(L\x06\x00\x30\x45"
"""GS ( L: keep a picture (within it), print it."""


class NotingPaper(Paper):
    """Notes what it is fed."""

    def __init__(self, profile: Profile, heard: list[bytes]) -> None:
        super().__init__(profile)
        self._heard = heard

    def feed(self, data: bytes) -> bytes:
        self._heard.append(data)
        return super().feed(data)


class VirtualPrinter:
    """The shipped virtual printer on a real port."""

    def __init__(self, profile: str) -> None:
        self.heard: list[bytes] = []
        self.printer = Printer(NotingPaper(load(profile), self.heard))
        self._listener = print_port("127.0.0.1", 0)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=serve_prints, args=(self._listener, self.printer), daemon=True).start()

    def slips(self) -> list[str]:
        """Whole ones, the newest first."""
        return [slip["text"] for slip in self.printer.look()["slips"] if slip["end"] != "broken"]

    def order(self, order: str, amount: int | None = None) -> None:
        self.printer.order(order, amount)

    def stop(self) -> None:
        self.printer.stop()
        self._listener.close()


@pytest.fixture
def wide() -> Iterator[VirtualPrinter]:
    printer = VirtualPrinter("generic-80")
    yield printer
    printer.stop()


@pytest.fixture
def narrow() -> Iterator[VirtualPrinter]:
    printer = VirtualPrinter("generic-58")
    yield printer
    printer.stop()


class Counter:
    """A hub with a running spool; `print` waits until something has become of the slip."""

    def __init__(
        self,
        tmp_path,
        ports: list[int],
        patience: Patience = QUICK,
        change: Callable[[tomlkit.TOMLDocument], None] = lambda hall: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        def plug_in(hall: tomlkit.TOMLDocument) -> None:
            change(hall)
            for name, port in zip(("p80", "p58"), ports, strict=True):
                hall["printers"][name]["url"] = f"tcp://127.0.0.1:{port}"

        hall = config.load(write_hall(tmp_path, plug_in))
        self.hub = Hub(hall, Store(hall.data, durable=False), clock)
        self.health = Health(partial(devices.device_changed, self.hub))
        self.patience = patience
        self.spool = Spool(self.hub, self.health, patience)

    def reached_by(self, reach: Callable[..., PrinterAtPort]) -> None:
        self.spool = Spool(self.hub, self.health, self.patience, reach)

    def print(self) -> Job:
        ticket = tickets.issue(self.hub, By("K1"), "SB01", printers=("p80", "p58"))
        return self.became(ticket.id)

    def became(self, ticket: int) -> Job:
        def over() -> Job | None:
            job = self.hub.read().last_job(ticket)
            return job if job and job.state not in ("queued", "sending") else None

        job: Job = until(over, "the end of the slip")
        return job

    def stop(self) -> None:
        self.spool.stop()
        self.hub.store.close()


@pytest.fixture
def counter(tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter) -> Iterator[Counter]:
    """Both printers answer."""
    counter = Counter(tmp_path, [wide.port, narrow.port], SURE)
    counter.spool.start()
    yield counter
    counter.stop()


@pytest.fixture
def brisk(tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter) -> Iterator[Counter]:
    """A printer falls silent."""
    counter = Counter(tmp_path, [wide.port, narrow.port], BRISK)
    counter.spool.start()
    yield counter
    counter.stop()


def slow_to_answer(seconds: float) -> Callable[[tomlkit.TOMLDocument], None]:
    def change(hall: tomlkit.TOMLDocument) -> None:
        hall["printers"]["p80"]["patience"] = seconds

    return change


def test_a_printer_that_answers_late_prints_where_the_hall_gives_it_time(
    tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    """Behind a wireless bridge: 0.5 s are too little for a status answer of 0.8 s."""
    wide.order("late", 800)
    counter = Counter(tmp_path, [wide.port, narrow.port], change=slow_to_answer(2.0))
    counter.spool.start()
    try:
        job = counter.print()
        assert (job.state, job.printer) == ("printed", "p80"), "status before and proof after, both late"
    finally:
        counter.stop()


def test_without_that_time_its_slips_go_to_the_next(tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter) -> None:
    wide.order("late", 6000)
    counter = Counter(tmp_path, [wide.port, narrow.port], BRISK)
    counter.spool.start()
    try:
        assert counter.print().printer == "p58"
    finally:
        counter.stop()


def test_a_slip_is_printed_and_confirmed(counter: Counter, wide: VirtualPrinter) -> None:
    job = counter.print()
    assert (job.state, job.printer) == ("printed", "p80")
    (slip,) = wide.slips()
    for words in (
        "鲤城区开元街道便民服务中心",
        "A001",
        "社保医保",
        "前面0人",
        "1-4号窗口",
        "咨询 0595-00000001",
        "设备K1",
    ):
        assert words in slip


def test_a_kiosk_that_is_alone_finds_its_printer_free(counter: Counter, wide: VirtualPrinter) -> None:
    """Most printers take one line at a time: the hub lets go of it while that kiosk is not heard, and prints on."""
    leave = counter.health.attend("kiosk K1")
    assert counter.print().state == "printed"
    assert wide.printer.has_client, "its line stays open"
    own = OwnPrinter(counter.hub.hall, "K1", counter.hub.hall.data)
    leave()
    until(lambda: not wide.printer.has_client, "the hub lets go")
    given = Given(line=1, day="2026-11-23", prefix="A", number=641, service="SB01", at=counter.hub.now(), wish="key-1")
    assert own.number(given).state == "printed" and "脱机号" in wide.slips()[0]
    until(lambda: not wide.printer.has_client)
    assert counter.print().state == "printed"
    until(lambda: not wide.printer.has_client, "and lets go again")
    counter.health.attend("kiosk K1")
    assert counter.print().state == "printed" and wide.printer.has_client


def _shared_crosswise(hall: tomlkit.TOMLDocument) -> None:
    hall["kiosks"]["K1"]["printers"] = ["p80", "p58"]
    hall["kiosks"]["K2"] = {**hall["kiosks"]["K1"], "printers": ["p58", "p80"]}


def test_a_kiosk_that_is_off_leaves_the_first_printers_of_others_as_they_are(
    tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself a kiosk prints on the first that it reaches: only that one's line is let go, and while it is out of
    order it is looked at as often as ever.
    """
    monkeypatch.setattr("server.printing.spool.spool.SHARED_S", 2 * DEADLINE_S)
    patience = replace(SURE, ask_every=2 * DEADLINE_S)
    counter = Counter(tmp_path, [wide.port, narrow.port], patience, change=_shared_crosswise)
    counter.spool.start()
    try:
        counter.health.attend("kiosk K1")
        off = counter.health.attend("kiosk K2")
        until(lambda: wide.printer.has_client and narrow.printer.has_client)
        off()
        until(lambda: not narrow.printer.has_client, "the hub lets go of what K2 prints on")
        narrow.order("paper_out")
        ticket = tickets.issue(counter.hub, By("K2"), "SB01", printers=("p58",))
        assert counter.became(ticket.id).state == "failed"
        assert counter.health.of("p58")["state"] == "paper_out"
        for _ in range(3):
            asked = len(narrow.heard)
            until(lambda asked=asked: len(narrow.heard) > asked, "it is looked at again soon")
        assert wide.printer.has_client, "the other's is never let go"
    finally:
        counter.stop()


TROUBLES = (
    "paper_out",
    "cover_open",
    "hang",
    "garbage",
    "cutter_jam",
    "overheated",
    "broken",
    "offline",
    "feed_button",
    "half_open",
    "power_off",
)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_printer_that_is_not_ready_hands_the_slip_on(
    brisk: Counter, wide: VirtualPrinter, narrow: VirtualPrinter, trouble: str
) -> None:
    wide.order(trouble)
    job = brisk.print()
    assert (job.state, job.printer) == ("printed", "p58")
    assert len(narrow.slips()) == 1
    wide.order("ok")
    assert wide.slips() == []
    assert brisk.print().printer in ("p80", "p58")


def test_no_printer_takes_it_and_the_reason_is_told(
    counter: Counter, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    wide.order("paper_out")
    narrow.order("paper_out")
    job = counter.print()
    assert job.state == "failed"
    assert "缺纸" in job.reason
    assert counter.health.of("p80")["state"] == "paper_out"


def test_printers_that_are_not_there(tmp_path) -> None:
    counter = Counter(tmp_path, [free_port(), free_port()])
    counter.spool.start()
    job = counter.print()
    counter.stop()
    assert job.state == "failed"
    assert "连接不上" in job.reason


def test_a_printer_whose_driver_fails_in_an_unforeseen_way_hands_the_slip_on(
    tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    counter = Counter(tmp_path, [wide.port, narrow.port], SURE)

    def reach(url: str, *args: Any, **more: Any) -> PrinterAtPort:
        if str(wide.port) in url:
            raise ValueError("a fault of ours")
        return open_printer(url, *args, **more)

    counter.reached_by(reach)
    counter.spool.start()
    job = counter.print()
    counter.stop()
    assert (job.state, job.printer) == ("printed", "p58")
    assert wide.slips() == []


def test_a_clock_that_is_set_back_lets_nobody_wait_for_a_slip_that_no_printer_takes(tmp_path) -> None:
    clock = HandClock()
    counter = Counter(tmp_path, [free_port(), free_port()], clock=clock)
    ticket = tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p80", "p58"))
    clock.forward(-3600)
    counter.spool.start()
    job = counter.became(ticket.id)
    counter.stop()
    assert job.state == "failed"


class LongAtIt:
    """A printer that is at its first slip until `over` is set."""

    def __init__(self) -> None:
        self.over, self.at_it = threading.Event(), threading.Event()

    def ready(self) -> Status:
        return Status(known=True)

    look = ready

    def listen(self) -> None:
        return None

    def print(self, slip: bytes) -> Sent:
        self.at_it.set()
        self.over.wait(DEADLINE_S)
        return Sent(len(slip), len(slip), True)

    def keep(self, picture: bytes) -> bool:
        return False

    def close(self) -> None: ...


def test_many_slips_for_a_printer_that_is_long_at_one_hold_up_no_other_printer(
    tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    counter, slow = Counter(tmp_path, [wide.port, narrow.port], SURE), LongAtIt()
    counter.reached_by(lambda url, *args, **more: slow if str(wide.port) in url else open_printer(url, *args, **more))
    tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p80",))
    counter.spool.start()
    assert slow.at_it.wait(DEADLINE_S)
    for _ in range(60):
        tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p80",))
    ticket = tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p58",))
    assert counter.became(ticket.id).state == "printed"
    assert len(counter.hub.read().open_jobs(100)) == 61, "those of the other printer wait in their order"
    slow.over.set()
    counter.stop()


def test_what_was_being_sent_at_a_crash_is_unknown_and_not_printed_again(
    tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    counter = Counter(tmp_path, [wide.port, narrow.port], SURE)
    ticket = tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p80",))
    jobs.print_began(counter.hub, 1, ticket.id, "p80")
    counter.spool.start()
    assert counter.became(ticket.id).state == "unknown"
    assert counter.became(tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p80",)).id).state == "printed"
    counter.stop()
    assert len(wide.slips()) == 1
    assert "A002" in wide.slips()[0]


def test_a_reprint_says_so(counter: Counter, wide: VirtualPrinter) -> None:
    first = counter.print()
    tickets.reprint(counter.hub, By("desk"), first.ticket, ("p80",))
    assert counter.became(first.ticket).copy == 2
    assert "【补打】第2次" in wide.slips()[0]
    assert "补打" not in wide.slips()[1]


def test_a_technicians_test_page_shows_both_edges_and_every_size(counter: Counter, wide: VirtualPrinter) -> None:
    counter.spool.print_test_page("p80")
    until(lambda: len(wide.slips()) == 1)
    slip = wide.slips()[0]
    for words in (
        "打印测试页",
        "123456789012345678901234567890123456789012345678",
        "generic-80 48 列",
        "TEST p80",
        "2倍A",
    ):
        assert words in slip
    assert counter.hub.read().open_jobs() == []


def test_both_out_of_paper_is_told_at_once(tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter) -> None:
    counter = Counter(tmp_path, [wide.port, narrow.port], replace(QUICK, give_up=3600.0))
    wide.order("paper_out")
    narrow.order("cover_open")
    counter.spool.start()
    job = counter.print()  # waits for less than the hour after which it would be given up
    assert job.state == "failed"
    assert "缺纸" in job.reason
    counter.stop()


def test_a_slow_printer_holds_up_nobody_else(brisk: Counter, wide: VirtualPrinter, narrow: VirtualPrinter) -> None:
    first = brisk.print()
    wide.order("slow", 10)
    slow = tickets.issue(brisk.hub, By("kiosk"), "SB01", printers=("p80",))
    assert [brisk.print().state for _ in range(3)] == ["printed"] * 3
    assert len(narrow.slips()) == 3
    assert brisk.became(slow.id).state in ("unknown", "failed", "printed")
    wide.order("ok")
    assert first.state == "printed"


@pytest.mark.parametrize("trouble", ["paper_out_mid", "close_mid_job"])
def test_trouble_in_mid_slip_is_unknown_and_nobody_gets_a_second_paper(
    brisk: Counter, wide: VirtualPrinter, narrow: VirtualPrinter, trouble: str
) -> None:
    assert brisk.print().printer == "p80"
    wide.order(trouble)
    spoilt = brisk.print()
    assert (spoilt.state, spoilt.printer) == ("unknown", "p80")
    assert narrow.slips() == []
    wide.order("ok")
    until(lambda: brisk.print().printer == "p80")
    assert all("A002" not in slip for slip in narrow.slips())
    assert sum("A002" in slip for slip in wide.slips()) <= 1


def test_a_printer_switched_off_and_on_between_two_slips(
    brisk: Counter, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    assert brisk.print().printer == "p80"
    wide.order("power_off")
    wide.order("power_on")
    assert brisk.print().state == "printed"
    until(lambda: brisk.health.of("p80")["state"] == "ready")
    assert (brisk.print().printer, len(wide.slips()) + len(narrow.slips())) == ("p80", 3)


@pytest.mark.parametrize("trouble", ["paper_out", "cover_open", "overheated", "half_open", "power_off", "near_end"])
def test_an_idle_printers_trouble_is_seen_without_a_slip(brisk: Counter, wide: VirtualPrinter, trouble: str) -> None:
    until(lambda: brisk.health.of("p80")["state"] == "ready")
    wide.order(trouble)
    until(lambda: brisk.health.of("p80")["state"] != "ready")
    wide.order("power_on" if trouble == "power_off" else "ok")
    until(lambda: brisk.health.of("p80")["state"] == "ready")


def test_a_roll_is_counted_and_the_desk_is_warned_early(counter: Counter, wide: VirtualPrinter) -> None:
    assert counter.print().state == "printed"
    wide.order("roll", 2450)
    assert counter.print().state == "printed"
    until(lambda: counter.health.of("p80")["state"] == "near_end")
    assert re.search("约还能打[23]0张号票", counter.health.of("p80")["zh"])
    until(lambda: 150 < counter.hub.read().printer("p80")["roll"]["used_mm"] < 400)
    assert counter.hub.read().printer("p80")["confirms"] is True


def test_the_hub_stops_at_once_whatever_its_printers_do(
    brisk: Counter, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    assert brisk.print().state == "printed"
    wide.order("slow", 1)  # hours for a slip
    narrow.order("half_open")
    tickets.issue(brisk.hub, By("kiosk"), "SB01", printers=("p80", "p58"))
    brisk.spool.stop()
    assert brisk.hub.read().open_jobs(), "it did not wait for the slip"


def test_a_job_whose_printers_are_gone_is_not_forgotten(tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter) -> None:
    counter = Counter(tmp_path, [wide.port, narrow.port])
    ticket = tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p99",))
    counter.spool.start()
    assert counter.became(ticket.id).state == "failed"
    counter.stop()


def test_a_logo_is_sent_once_and_remembered(tmp_path, narrow: VirtualPrinter) -> None:
    from PIL import Image, ImageDraw

    picture = Image.new("L", (160, 48), 255)
    ImageDraw.Draw(picture).ellipse((4, 4, 150, 44), fill=0)
    picture.save(tmp_path / "logo.png")
    epson = VirtualPrinter("epson-tm-t88v")
    heard = epson.heard

    def with_logo(hall: tomlkit.TOMLDocument) -> None:
        hall["slips"]["logo"] = str(tmp_path / "logo.png")
        hall["printers"]["p80"].update({"profile": "epson-tm-t88v"})

    def held() -> bool:
        return bool(counter.hub.read().printer("p80").get("logo"))

    quick = replace(SURE, keep=0.2)
    for life in (1, 2):
        counter = Counter(tmp_path, [epson.port, narrow.port], quick, with_logo)
        counter.spool.start()
        assert counter.print().printer == "p80"
        until(held)
        heard.clear()
        assert counter.print().printer == "p80"
        sent = b"".join(heard)
        assert (STORE in sent, RECALL in sent) == (False, True), life
        counter.stop()
    counter = Counter(tmp_path, [epson.port, narrow.port], quick, with_logo)
    counter.spool.start()
    counter.spool.print_test_page("p80")
    until(lambda: any("测试" in slip for slip in epson.slips()))
    until(lambda: STORE in b"".join(heard))
    until(held)
    counter.stop()
    epson.stop()


def test_a_slip_that_cannot_be_made_ends_its_job_and_not_the_printer(counter: Counter) -> None:
    """A job of a later version, found after going back to this one."""
    counter.hub.turn(
        lambda turn: turn.record(
            ev.PrintQueued(ticket=None, job=1, printers=("p80",), copy=1, kind="of tomorrow"), "desk"
        )
    )

    def spoilt() -> Job:
        job = counter.hub.read().job(1)
        assert job
        return job

    until(lambda: spoilt().state != "queued")
    assert (spoilt().state, spoilt().reason) == ("failed", print_outcome.UNMADE)
    assert counter.print().state == "printed"


class ReadHub(Hub):
    """Counts how often the store is asked."""

    asked = 0

    def read(self) -> Reader:
        type(self).asked += 1
        return super().read()


class Rest(threading.Event):
    """Says whether a printer's thread lies down, and nobody has woken it."""

    def __init__(self) -> None:
        super().__init__()
        self._lies = False

    @property
    def rests(self) -> bool:
        return self._lies and not self.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        self._lies = True
        try:
            return super().wait(timeout)
        finally:
            self._lies = False


def test_printers_that_have_nothing_to_do_ask_the_store_nothing(tmp_path) -> None:
    counter = Counter(tmp_path, [free_port(), free_port()])
    counter.hub.stop()
    counter.hub = ReadHub(counter.hub.hall, counter.hub.store, time.time)
    patience = replace(QUICK, ask_every=DEADLINE_S, ask_again=DEADLINE_S)
    counter.spool = Spool(counter.hub, Health(partial(devices.device_changed, counter.hub)), patience)
    heads = counter.spool._heads.values()
    for head in heads:
        head.woken = Rest()
    counter.spool.start()
    until(lambda: all(head.down and head.woken.rests for head in heads), "both are known to be out of order")
    before = ReadHub.asked
    tickets.issue(counter.hub, By("kiosk"), "SB01")
    until(lambda: all(head.woken.rests for head in heads))
    assert ReadHub.asked - before <= 2, "what issuing itself asks"
    counter.stop()


def test_the_next_slip_is_found_by_the_index(counter: Counter) -> None:
    reader, plans = counter.hub.read(), []
    reader.conn.set_trace_callback(plans.append)
    for n in range(3):
        tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p58",) if n else ("p80", "p58"))
    reader.printer_groups(), reader.next_job(("p80", "p58"), {7, 9})
    reader.conn.set_trace_callback(None)
    told = [row["detail"] for sql in plans for row in reader.conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
    assert len(plans) == 2 and all("jobs_next" in line for line in told if "jobs" in line), told


def test_many_slips_of_dead_printers_are_refused_a_few_at_a_time(tmp_path) -> None:
    counter = Counter(tmp_path, [free_port(), free_port()])
    given = [tickets.issue(counter.hub, By("kiosk"), "SB01", printers=("p80", "p58")).id for _ in range(AHEAD * 2 + 10)]
    counter.spool.start()
    first = counter.became(given[0])
    assert (first.state, "连接不上" in first.reason) == ("failed", True)
    left = [job.ticket for job in counter.hub.read().open_jobs(1000)]
    assert set(given[AHEAD + 1 :]) <= set(left), "those behind are not touched yet"
    until(lambda: not counter.hub.read().open_jobs())
    counter.stop()


# --- the hall's file changes while printers are at work ---------------------------------------------------------------


def another(hub: Hub, change: Callable[[tomlkit.TOMLDocument], None]) -> config.Hall:
    document = tomlkit.parse(hub.hall.file.read_text(encoding="utf-8"))
    change(document)
    return config.parse(tomlkit.dumps(document), folder=hub.hall.folder)


def test_a_printer_that_gets_another_address_prints_there(
    tmp_path: Path, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    spare = VirtualPrinter("generic-80")
    counter = Counter(tmp_path, [wide.port, narrow.port], SURE)
    counter.spool.start()
    try:
        assert counter.print().printer == "p80"
        moved = another(counter.hub, lambda d: d["printers"]["p80"].update({"url": f"tcp://127.0.0.1:{spare.port}"}))
        counter.hub.change_hall(moved, lambda turn: None)
        assert (counter.print().state, len(spare.slips()), len(wide.slips())) == ("printed", 1, 1)
    finally:
        counter.stop()
        spare.stop()


def test_a_new_printer_prints_and_one_that_is_gone_ends(
    tmp_path: Path, wide: VirtualPrinter, narrow: VirtualPrinter
) -> None:
    counter = Counter(tmp_path, [wide.port, narrow.port], SURE)
    counter.spool.start()
    leaving = counter.spool._heads["p80"]

    def replace(document: tomlkit.TOMLDocument) -> None:
        document["printers"]["p81"] = {**document["printers"]["p80"]}
        del document["printers"]["p80"]
        document["kiosks"]["K1"]["printers"] = ["p81"]

    try:
        counter.hub.change_hall(another(counter.hub, replace), lambda turn: None)
        leaving.join(DEADLINE_S)
        assert not leaving.is_alive()
        ticket = tickets.issue(counter.hub, By("K1"), "SB01", printers=("p81",))
        assert counter.became(ticket.id).printer == "p81"
    finally:
        counter.stop()


def test_a_slip_whose_printers_are_all_gone_is_said_to_be_missing(tmp_path: Path) -> None:
    """Both are out of reach; the hall gets another one, and the slip is not forgotten."""
    counter = Counter(tmp_path, [free_port(), free_port()])
    counter.spool.start()

    def drop(document: tomlkit.TOMLDocument) -> None:
        document["printers"]["p81"] = {**document["printers"]["p80"], "url": "paper:"}
        del document["printers"]["p80"], document["printers"]["p58"]
        document["kiosks"]["K1"]["printers"] = ["p81"]

    try:
        ticket = tickets.issue(counter.hub, By("K1"), "SB01", printers=("p80", "p58"))
        counter.hub.change_hall(another(counter.hub, drop), lambda turn: None)
        assert counter.became(ticket.id).state == "failed"
    finally:
        counter.stop()


def test_a_printer_is_examined_while_the_spool_runs_and_prints_on(counter: Counter, wide: VirtualPrinter) -> None:
    assert counter.spool.examined("p80") is None
    counter.spool.examine("p80")

    def over() -> bool:
        return isinstance(counter.spool.examined("p80"), Examination)

    until(over)
    found = counter.spool.examined("p80")
    assert isinstance(found, Examination)
    assert (found.code, found.said.zh) == (0, "打印机确认：已打印。")
    assert [answer.zh.split("：")[0] for answer in found.answers][:2] == ["DLE EOT 1", "DLE EOT 2"]
    assert found.page and found.page.size > 500 and found.page.mm > 50
    assert counter.print().state == "printed", "its own connection is made anew"


def test_an_examination_says_what_a_printer_out_of_order_needs(counter: Counter, wide: VirtualPrinter) -> None:
    wide.order("paper_out")
    counter.spool.examine("p80")
    until(lambda: isinstance(counter.spool.examined("p80"), Examination))
    found = counter.spool.examined("p80")
    assert isinstance(found, Examination) and found.page is None and found.code == 1
    assert found.fault and "纸" in found.fault.zh


def test_an_examination_of_a_printer_that_is_not_there_is_a_sentence(tmp_path) -> None:
    counter = Counter(tmp_path, [free_port(), free_port()])
    counter.spool.start()
    try:
        counter.spool.examine("p80")
        until(lambda: isinstance(counter.spool.examined("p80"), Examination))
        found = counter.spool.examined("p80")
        assert isinstance(found, Examination) and found.code == 1 and found.said.zh.startswith("打不开或中断：")
    finally:
        counter.stop()
