"""One printer at the other end of a real socket or pseudo-terminal, in every way it can misbehave: what is believed
is true, and every wait ends.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from printer_profiles.escpos.encode import encode
from printer_profiles.profile import Profile, load
from printer_profiles.slip import Cut, Text
from server.domain.print_outcome import outcome, ready
from server.printing.spool.printer import Head
from server.printing.transport.lines import SerialLine, Tcp
from server.printing.transport.opening import KeptPaper
from server.printing.transport.patience import Patience
from server.printing.transport.port import Stuck
from tests.server.printing.fake_printers import PtyPrinter, Talker, TcpPrinter
from tests.waiting import DEADLINE_S

QUICK = Patience(answer=0.8, settle=1.6, confirm=2.5, write=1.0, job=5.0)
"""For a printer that falls silent: still so long that a slow machine is none."""
SURE = Patience(answer=DEADLINE_S, settle=DEADLINE_S, confirm=DEADLINE_S, write=DEADLINE_S, job=DEADLINE_S)
"""For one that answers whatever it is asked."""
PROFILE = load("generic-80")
SLIP = encode((Text("号票 A001", "centre", scale=4), Cut()), PROFILE)
LONG = b"\x1b@" + b"x" * 400_000 + b"\n"


@contextmanager
def tcp(
    talker: Talker, profile: Profile = PROFILE, serve: Callable | None = None, patience: Patience = QUICK
) -> Iterator[Head]:
    printer = TcpPrinter(talker, serve)
    head = Head(Tcp("127.0.0.1", printer.port), profile, patience)
    try:
        yield head
    finally:
        head.close()
        printer.close()


@contextmanager
def serial(
    talker: Talker, *, most: int | None = None, profile: Profile = PROFILE, patience: Patience = QUICK
) -> Iterator[tuple[Head, PtyPrinter]]:
    printer = PtyPrinter(talker, most)
    head = Head(SerialLine(printer.device, {}), profile, patience)
    try:
        yield head, printer
    finally:
        head.close()
        printer.close()


def state(head: Head, slip: bytes = SLIP) -> str:
    return outcome(head.print(slip)).state


def test_a_slip_is_confirmed_behind_its_cut() -> None:
    with tcp(talker := Talker(), patience=SURE) as head:
        assert head.ready().state == "ready"
        assert state(head) == "printed"
        talker.wait_for(lambda got: SLIP in got)


def test_a_slip_over_a_serial_line() -> None:
    with serial(talker := Talker(), patience=SURE) as (head, _):
        assert head.ready().state == "ready"
        assert state(head) == "printed"
        talker.wait_for(lambda got: SLIP in got)


class Mute(Talker):
    def to(self, seen: bytes) -> bytes:
        return b""


def test_silence_is_not_ready_and_a_slip_is_unconfirmed() -> None:
    with tcp(Mute()) as head:
        assert not ready(head.ready(), PROFILE)
        assert state(head) == "unknown"


def test_a_model_that_cannot_answer_is_sent_and_never_printed() -> None:
    mute = replace(PROFILE, status=False, confirm="none")
    with tcp(Mute(), mute) as head:
        assert ready(head.ready(), mute)
        assert state(head) == "sent"


def test_a_model_that_cannot_answer_and_has_vanished_is_not_said_to_have_it() -> None:
    """Nobody acknowledges: the bytes are in our kernel and nowhere else."""

    def read_nothing(client: socket.socket, talker: Talker) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)

    mute = replace(PROFILE, status=False, confirm="none")
    with tcp(Mute(), mute, serve=read_nothing) as head:
        assert ready(head.ready(), mute)
        assert state(head, LONG * 2) == "unknown"


class NeverConfirms(Talker):
    def confirmation(self) -> bytes:
        return b""


def test_a_model_whose_profile_promises_too_much_is_sent() -> None:
    with tcp(NeverConfirms()) as head:
        assert head.ready().state == "ready"
        assert state(head) == "sent"


def test_one_that_has_confirmed_before_and_now_is_silent_is_not_ready() -> None:
    printer = TcpPrinter(NeverConfirms())
    head = Head(Tcp("127.0.0.1", printer.port), PROFILE, QUICK, must_confirm=True)
    assert not ready(head.ready(), PROFILE)
    head.close()
    printer.close()


class ConfirmsOnce(Talker):
    """Then takes everything and says nothing behind it: a print server whose printer has died."""

    left = 1

    def confirmation(self) -> bytes:
        self.left -= 1
        return b"\x00" if self.left >= 0 else b""


def test_what_a_print_server_swallowed_is_unknown() -> None:
    with tcp(ConfirmsOnce()) as head:
        assert head.ready().state == "ready"
        assert state(head) == "unknown"


@pytest.mark.parametrize("noise", [b"\xff\x00\x55\xaa", b"\x00\xff", b"\x12" * 500, b"\x80"])
def test_a_garbage_talker_is_not_believed(noise: bytes) -> None:
    class Garbage(Talker):
        def status(self, n: int) -> bytes:
            return noise

        def confirmation(self) -> bytes:
            return noise

    with tcp(Garbage()) as head:
        assert not ready(head.ready(), PROFILE)


def test_one_that_never_stops_talking_stops_nobody() -> None:
    def babble(client: socket.socket, talker: Talker) -> None:
        while True:
            client.sendall(b"\x55\xaa" * 50)

    with tcp(Talker(), serve=babble) as head:
        assert not ready(head.ready(), PROFILE)


@pytest.mark.parametrize(
    "stale", [b"\x12\x12\x12\x12", b"\x00", b"\x00\x00\x00", b"\x11", b"\x13", b"\x14\x00", b"\x1c\x00\x0c\x0f"]
)
def test_what_was_on_the_line_before_the_question_is_no_answer(stale: bytes) -> None:
    class Out(Talker):
        def status(self, n: int) -> bytes:
            return {1: b"\x1e", 2: b"\x32", 3: b"\x12", 4: b"\x7e"}[n]

    with serial(Out(), patience=SURE) as (head, printer):
        printer.say(stale)
        assert head.ready().state == "paper_out"


def test_flow_control_is_no_status() -> None:
    class Flow(Mute):
        def to(self, seen: bytes) -> bytes:
            return b"\x13\x11" if seen[-3:-1] == b"\x10\x04" else b""

    with serial(Flow()) as (head, _):
        assert not ready(head.ready(), PROFILE)


def test_an_old_confirmation_does_not_confirm_the_next_slip() -> None:
    """The answer to the first slip comes when the second connection on the same wire has just been made."""
    printer = PtyPrinter(talker := ConfirmsOnce())
    head = Head(SerialLine(printer.device, {}), PROFILE, QUICK)
    assert head.ready().state == "ready"
    assert state(head) == "unknown"
    head.close()
    talker.left = 1
    printer.say(b"\x00")
    head = Head(SerialLine(printer.device, {}), PROFILE, QUICK)
    assert head.ready().state == "ready"
    assert state(head) == "unknown"
    head.close()
    printer.close()


def test_a_printer_that_closes_in_mid_job_is_unknown() -> None:
    def hang_up(client: socket.socket, talker: Talker) -> None:
        while len(talker.got) < 2000:
            client.sendall(talker.answer(client.recv(100)))
        client.close()

    with tcp(Talker(), serve=hang_up) as head:
        assert head.ready().state == "ready"
        assert state(head, LONG) == "unknown"


def test_a_stuck_printer_ends_the_wait_and_loses_what_it_did_not_take() -> None:
    def stop_reading(client: socket.socket, talker: Talker) -> None:
        while b"xx" not in talker.got:
            client.sendall(talker.answer(client.recv(10)))

    with tcp(Talker(), serve=stop_reading) as head:
        assert head.ready().state == "ready"
        sent = head.print(b"\x1b@" + b"x" * 20_000_000)
        assert outcome(sent).state == "unknown"
        assert 0 < sent.accepted < sent.total


def test_a_serial_printer_that_stands_still() -> None:
    with serial(Talker(), most=120) as (head, _):
        assert head.ready().state == "ready"
        assert state(head, LONG) == "unknown"


class RunsOut(Talker):
    """Tells by itself that the paper ended, as soon as the slip has begun, and confirms nothing more until the new
    roll.
    """

    out = False

    def to(self, seen: bytes) -> bytes:
        if seen.endswith(b"A00"):
            self.out = True
            return b"\x1c\x00\x0c\x0f"
        return super().to(seen)

    def status(self, n: int) -> bytes:
        return {1: b"\x1e", 2: b"\x32", 3: b"\x12", 4: b"\x72"}[n] if self.out else super().status(n)

    def confirmation(self) -> bytes:
        return b"" if self.out else b"\x00"


@pytest.mark.parametrize("asb", [True, False])
def test_paper_that_ends_in_mid_slip_is_told_at_once_with_its_reason(asb: bool) -> None:
    with tcp(RunsOut(), replace(PROFILE, asb=asb)) as head:
        assert head.ready().state == "ready"
        became = outcome(head.print(SLIP))
        assert became.state == "unknown" and "缺纸" in became.reason


def test_a_confirmation_after_the_paper_ended_and_came_back_is_no_whole_slip() -> None:
    class Mended(RunsOut):
        def to(self, seen: bytes) -> bytes:
            said = super().to(seen)
            self.out = False
            return said

    with tcp(Mended(), replace(PROFILE, asb=True)) as head:
        assert head.ready().state == "ready"
        assert state(head) == "unknown"


def test_a_change_is_heard_without_a_question() -> None:
    with serial(Talker(), profile=replace(PROFILE, asb=True), patience=SURE) as (head, printer):
        assert head.ready().state == "ready"
        assert head.listen() is None
        printer.say(b"\x3c\x00\x00\x0f")
        told = None
        while told is None:
            told = head.listen()
        assert told.state == "cover_open"


def test_a_half_open_connection_is_noticed_before_a_byte_of_the_slip() -> None:
    """The peer has vanished without a word: what we write is taken by the kernel, and nothing answers."""
    talker = Talker()
    with tcp(talker) as head:
        assert head.ready().state == "ready"
        talker.to = lambda seen: b""  # type: ignore[method-assign]
        assert not ready(head.ready(), PROFILE)


def test_a_break_is_no_confirmation() -> None:
    """A printer that is switched off behind the slip: 00 on the line, and nobody there."""

    class Dies(Talker):
        dead = False

        def to(self, seen: bytes) -> bytes:
            if seen.endswith(b"A001"):
                self.dead = True
                return b"\x00"
            return b"" if self.dead else super().to(seen)

    with serial(Dies()) as (head, _):
        assert head.ready().state == "ready"
        assert state(head) == "unknown"


def test_half_a_command_is_filled_up_and_cut_off_before_the_next_slip() -> None:
    from printer_profiles.virtual.paper import Paper

    paper = Paper(PROFILE)
    paper.feed(encode((Text("A001"),), PROFILE) + b"\x1dv0\0\x48\0\x80\0" + bytes(500))

    class Papered(Talker):
        def answer(self, data: bytes) -> bytes:
            return paper.feed(data)

    printer = TcpPrinter(Papered())
    head = Head(Tcp("127.0.0.1", printer.port), PROFILE, SURE, broken_off=True)
    assert head.ready().state == "ready"
    assert state(head, encode((Text("A002"), Cut()), PROFILE)) == "printed"
    assert [("A001" in slip.text(), "A002" in slip.text()) for slip in paper.slips] == [(True, False), (False, True)]
    head.close()
    printer.close()


def test_kept_paper_is_there_when_it_is_printed(tmp_path: Path) -> None:
    head = Head(KeptPaper("generic-80", tmp_path), PROFILE, QUICK)
    assert head.ready().state == "ready"
    assert state(head) == "printed"
    assert [file.name for file in tmp_path.glob("*.png")] == ["00001.png"]
    head.close()
    assert len(list(tmp_path.glob("*.png"))) == 1


def test_a_port_says_how_much_was_taken() -> None:
    printer = PtyPrinter(Talker(), most=0)
    line = SerialLine(printer.device, {})
    with pytest.raises(Stuck) as stuck:
        line.write(bytes(1_000_000), 0.2)
    assert 0 < stuck.value.accepted < 1_000_000
