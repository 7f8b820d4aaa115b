"""A ticket on its way to paper, through real sockets and the virtual printer: what became of it is always true."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest
import tomlkit

import config
from server.health import Health
from server.hub import Hub
from server.printing.spool import Patience, Spool, takes
from server.store.database import Store
from server.ticket import Job
from tests.conftest import free_port, write_hall
from tests.hub_process import wait_for

QUICK = Patience(answer=0.3, confirm=0.5, write=1.0, give_up=0.4, ask_every=0.2)


class VirtualPrinter:
    """The shipped virtual printer as its own process."""

    def __init__(self, profile: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "printer_profiles.paper", "--profile", profile, "--port", "0", "--show-port", "0"],
            stdout=subprocess.PIPE, text=True, cwd=config.ROOT,
        )  # fmt: skip
        assert self.process.stdout
        ports = json.loads(self.process.stdout.readline())
        self.port, self._show = ports["port"], f"http://127.0.0.1:{ports['show_port']}"

    def slips(self) -> list[str]:
        with urllib.request.urlopen(f"{self._show}/state") as answer:
            return [slip["text"] for slip in json.load(answer)["slips"]]

    def order(self, order: str) -> None:
        body = json.dumps({"order": order}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self._show}/order", body, {"Content-Type": "application/json"}))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(5)


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

    def __init__(self, tmp_path, ports: list[int]) -> None:
        def plug_in(hall: tomlkit.TOMLDocument) -> None:
            for name, port in zip(("p80", "p58"), ports, strict=True):
                hall["printers"][name]["url"] = f"tcp://127.0.0.1:{port}"

        hall = config.load(write_hall(tmp_path, plug_in))
        self.hub = Hub(hall, Store(hall.data, durable=False))
        self.health = Health(self.hub.device_changed)
        self.spool = Spool(self.hub, self.health, QUICK)

    def print(self) -> Job:
        ticket = self.hub.issue("SB01", actor="K1", printers=("p80", "p58"))
        return self.became(ticket.id)

    def became(self, ticket: int) -> Job:
        seq = self.hub.seq
        for _ in range(300):
            job = self.hub.read().last_job(ticket)
            if job and job.state not in ("queued", "sending"):
                return job
            seq = self.hub.wait(seq, 0.1)
        raise AssertionError("nothing became of the slip")

    def stop(self) -> None:
        self.spool.stop()
        self.hub.store.close()


@pytest.fixture
def counter(tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter) -> Iterator[Counter]:
    counter = Counter(tmp_path, [wide.port, narrow.port])
    counter.spool.start()
    yield counter
    counter.stop()


def test_a_slip_is_printed_and_confirmed(counter: Counter, wide: VirtualPrinter) -> None:
    job = counter.print()
    assert (job.state, job.printer) == ("printed", "p80")
    (slip,) = wide.slips()
    for words in ("鲤城区开元街道便民服务中心", "A001", "社保医保", "前方等候 0 人", "1-4号窗口", "咨询电话 0595-00000001", "设备K1"):
        assert words in slip


@pytest.mark.parametrize("trouble", ["paper_out", "cover_open", "hang", "garbage"])
def test_a_printer_that_is_not_ready_hands_the_slip_on(counter: Counter, wide: VirtualPrinter, narrow: VirtualPrinter, trouble: str) -> None:
    wide.order(trouble)
    job = counter.print()
    assert (job.state, job.printer) == ("printed", "p58")
    assert len(narrow.slips()) == 1
    wide.order("ok")
    assert wide.slips() == []
    assert counter.print().printer in ("p80", "p58")


def test_no_printer_takes_it_and_the_reason_is_told(counter: Counter, wide: VirtualPrinter, narrow: VirtualPrinter) -> None:
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


def test_what_was_being_sent_at_a_crash_is_unknown_and_not_printed_again(tmp_path, wide: VirtualPrinter, narrow: VirtualPrinter) -> None:
    counter = Counter(tmp_path, [wide.port, narrow.port])
    ticket = counter.hub.issue("SB01", printers=("p80",))
    counter.hub.print_began(1, ticket.id, "p80")
    counter.spool.start()
    assert counter.became(ticket.id).state == "unknown"
    assert counter.print().state == "printed"
    counter.stop()
    assert len(wide.slips()) == 1
    assert "A002" in wide.slips()[0]


def test_a_reprint_says_so(counter: Counter, wide: VirtualPrinter) -> None:
    first = counter.print()
    counter.hub.reprint(first.ticket, ("p80",), actor="desk")
    assert counter.became(first.ticket).copy == 2
    assert "【补打】第2次" in wide.slips()[0]
    assert "补打" not in wide.slips()[1]


def test_a_technicians_test_page_shows_both_edges_and_every_size(counter: Counter, wide: VirtualPrinter) -> None:
    counter.spool.print_test_page("p80")
    wait_for(lambda: len(wide.slips()) == 1, 10)
    slip = wide.slips()[0]
    for words in ("打印测试页", "123456789012345678901234567890123456789012345678", "generic-80 48 列", "TEST p80", "2倍 A2"):
        assert words in slip
    assert counter.hub.read().open_jobs() == []


@pytest.mark.parametrize(("refused", "taker"), [(set(), "a"), ({"a"}, "b"), ({"a", "b"}, None)])
def test_who_takes_a_job(refused: set[str], taker: str | None) -> None:
    job = Job(1, 1, ("a", "b"), 1, "queued", 0.0, 0.0)
    assert [name for name in ("a", "b", "c") if takes(job, name, refused)] == ([taker] if taker else [])
