"""A whole wire with boards, pads and raters over pseudo-terminals and TCP, and each of its faults: none stops the
others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counter_display.line.bus import Board as OnWire
from counter_display.line.bus import Bus, line
from counter_display.line.schedule import Shown
from counter_display.protocols import PROTOCOLS, alpha
from counter_display.virtual.hall import Board, Hall, Pad
from counter_display.virtual.wire import VirtualWire
from tests.conftest import free_port
from tests.fake_hub import DEADLINE_S
from tests.waiting import until

pytestmark = pytest.mark.usefixtures("patient")

REFRESH_S = 0.6


class Wire:
    """Three strip boards, a number board, a pad and a rater on one virtual wire; a bus; and what the bus heard."""

    def __init__(self, at: Path | int) -> None:
        boards = {str(n): Board(f"{n}号窗口", "west", n, 16) for n in (1, 2, 3)} | {
            "9": Board("9号窗口", "west", 9, 6, language="modbus_led485")
        }
        self.hall = Hall(boards, {"p": Pad("1号窗口", "west", 21, "pad"), "r": Pad("1号窗口", "west", 22, "rater")})
        self.virtual = VirtualWire("west", at, self.hall)
        self.heard: list[tuple[str, str, str]] = []
        self.told = threading.Condition()
        url = f"serial:{at}" if isinstance(at, Path) else f"socket://127.0.0.1:{at}"
        on_wire = {b: OnWire(PROTOCOLS[board.language], board.address, board.columns) for b, board in boards.items()}
        self.bus = Bus(
            "west", line(url, Path("/")), on_wire, REFRESH_S, pads={"1": 21}, raters={"1": 22}, heard=self._heard
        )
        self.bus.start()

    def _heard(self, kind: str, name: str, keys: str) -> None:
        with self.told:
            self.heard.append((kind, name, keys))
            self.told.notify_all()

    def seen(self, true: Callable[[Hall], object], what: str) -> None:
        with self.hall.changed:
            assert self.hall.changed.wait_for(lambda: true(self.hall), DEADLINE_S), (
                what,
                self.hall.state(),
                self.bus.health(),
            )

    def press(self, *data: int, device: str = "p") -> None:
        """Press, and wait until it was echoed and told."""
        pad, before = self.hall.pads[device], len(self.heard)
        echoed = pad.echoed
        self.virtual.press(pad, *data)
        self.seen(lambda hall: pad.echoed > echoed, "the echo")
        with self.told:
            assert self.told.wait_for(lambda: len(self.heard) > before, DEADLINE_S), "the press"

    def shows(self, text: str, *boards: str) -> None:
        self.seen(lambda hall: all(hall.boards[b].text.strip() == text for b in boards or ("1", "2", "3")), text)

    def states(self, *states: str) -> None:
        until(lambda: [self.bus.health()[b].state for b in "123"] == list(states), f"{states}, not {self.bus.health()}")

    def close(self) -> None:
        self.bus.stop(2)
        self.virtual.unplug()


@pytest.fixture(params=["pty", "tcp"])
def wire(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Wire]:
    wire = Wire(tmp_path / "west" if request.param == "pty" else free_port())
    yield wire
    wire.close()


def everywhere(text: str, effect: str = "still") -> dict[str, Shown]:
    return dict.fromkeys(("1", "2", "3"), Shown(text, effect))


def test_boards_of_two_languages_a_pad_and_a_rater_on_one_wire(wire: Wire) -> None:
    wire.bus.show({**everywhere("请A001到1号窗口"), "9": Shown("A001")})
    wire.bus.count({"1": " 001"})
    wire.bus.ask({"1": "1.1.7"})
    wire.shows("请A001到1号窗口")
    wire.shows("A001", "9")
    wire.seen(lambda hall: hall.pads["p"].digits == " 001", "digits")
    wire.seen(lambda hall: hall.pads["r"].asked, "the question")
    until(lambda: {h.state for h in wire.bus.health().values()} == {"ok"}, "all boards well")
    wire.press(1, 2, 0x0C)
    wire.press(3, device="r")
    assert wire.heard == [("pad", "1", "01 02 0C"), ("rater", "1", "03")]
    assert not wire.hall.pads["r"].asked and wire.hall.pads["r"].score == 3
    wire.bus.answer("1", True)
    wire.seen(lambda hall: (hall.pads["p"].beeps, hall.pads["p"].sign) == (1, "done"), "the sign")
    wire.seen(lambda hall: hall.pads["p"].digits == " 001" and not hall.pads["p"].sign, "the digits after the sign")
    wire.bus.answer("1", False)
    wire.seen(lambda hall: (hall.pads["p"].beeps, hall.pads["p"].sign) == (3, "failed"), "the other sign")
    assert wire.bus.wire.state == "ok"


def test_a_pad_is_heard_while_boards_are_written_all_the_time(wire: Wire) -> None:
    """Every board flashes and takes turns: the wire is hardly ever quiet."""
    wire.bus.show({b: Shown(f"请A00{b}到{b}号窗口", "flash", more=("NO. A001", "办理"), seconds=0.01) for b in "123"})
    for key in range(8):
        wire.press(key, 0x0C)
    assert [keys for _, _, keys in wire.heard] == [f"0{key} 0C" for key in range(8)]
    assert wire.hall.pads["p"].lost == 0
    wire.states("ok", "ok", "ok")


def test_an_echoing_adapter(wire: Wire) -> None:
    wire.virtual.order("echo")
    wire.hall.order("2", "dead")
    wire.bus.show(everywhere("オオ"))  # its bytes look like the end of an answer
    wire.states("ok", "unreachable", "ok")
    wire.press(0x0C)
    wire.press(0x0D)
    assert [keys for _, _, keys in wire.heard] == ["0C", "0D"]


@pytest.mark.parametrize("order", ["dead", "noise", "half"])
def test_a_board_that_answers_wrongly_holds_nobody(wire: Wire, order: str) -> None:
    wire.hall.order("1", order)  # type: ignore[arg-type]
    wire.bus.show(everywhere("A001"))
    wire.shows("A001", "2", "3")
    wire.states("unreachable", "ok", "ok")
    wire.press(0x0C)
    wire.hall.order("1", "ok")
    wire.shows("A001")
    wire.states("ok", "ok", "ok")


def test_a_board_that_answers_too_late_holds_nobody(wire: Wire) -> None:
    wire.hall.order("1", "slow")
    wire.bus.show(everywhere("A001"))
    wire.shows("A001")
    wire.press(0x0C)
    wire.hall.order("1", "ok")
    wire.states("ok", "ok", "ok")


def test_two_devices_that_answer_at_once(wire: Wire) -> None:
    wire.virtual.order("clash")
    wire.bus.show(everywhere("A001"))
    wire.states("unreachable", "unreachable", "unreachable")
    wire.virtual.order("ok")
    wire.states("ok", "ok", "ok")
    wire.press(0x0C)


def test_a_device_that_never_stops_talking(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    wire.virtual.order("babble")
    wire.bus.show(everywhere("A001"))
    wire.shows("A001")
    until(lambda: any("never stops talking" in record.getMessage() for record in caplog.records), "the warning")
    wire.press(0x0C)
    wire.virtual.order("ok")
    wire.states("ok", "ok", "ok")


def test_an_adapter_unplugged_in_the_middle_and_plugged_in_again(wire: Wire) -> None:
    wire.bus.show(everywhere("A001", "flash"))
    wire.shows("A001", "1")
    wire.virtual.order("unplug")
    wire.states("unreachable", "unreachable", "unreachable")
    assert wire.bus.wire.state == "unreachable" and "check the adapter and wires.west.url" in wire.bus.wire.detail
    wire.bus.show(everywhere("A002"))
    wire.virtual.order("plug")
    wire.shows("A002")
    wire.press(0x0C)
    wire.states("ok", "ok", "ok")


def test_a_stranger_on_the_wire_is_named_once_and_still_answered(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    stranger = Pad("?", "west", 99, "pad")
    wire.hall.pads["stranger"] = stranger
    for _ in range(2):
        echoed = stranger.echoed
        wire.virtual.press(stranger, 0x0C)
        wire.seen(lambda hall, n=echoed: stranger.echoed > n, "the echo")  # type: ignore[misc]
    said = [record.getMessage() for record in caplog.records if "address 99" in record.getMessage()]
    assert said == ["wire west: a pad with address 99 was pressed (0C); add it to config.toml as [pads.…]"]
    assert wire.heard == []


def test_a_text_wider_than_its_board_is_shown_page_by_page(wire: Wire) -> None:
    wire.bus.show({"1": Shown("暂停服务 请到其他窗口", "scroll", "yellow")})
    wire.shows("暂停服务 请到其", "1")
    wire.shows("他窗口", "1")


def test_a_line_display_is_dimmed(tmp_path: Path) -> None:
    hall = Hall({"1": Board("1号窗口", "desk", 0, 20, language="cd5220")})
    virtual = VirtualWire("desk", tmp_path / "desk", hall)
    bus = Bus(
        "desk", line(f"serial:{tmp_path / 'desk'}", Path("/")), {"1": OnWire(PROTOCOLS["cd5220"], 0, 20)}, REFRESH_S
    )
    bus.start()
    bus.show({"1": Shown("A001 TO 3")})
    bus.shine({"1": 25})
    with hall.changed:
        assert hall.changed.wait_for(
            lambda: hall.boards["1"].bright < 100 and "A001 TO 3" in hall.boards["1"].text, DEADLINE_S
        ), hall.state()
    until(lambda: bus.health()["1"].detail.endswith("shown; this kind of board never answers"), "health")
    bus.stop(2)
    virtual.unplug()


def test_parity_on_a_pseudo_terminal_which_has_none(tmp_path: Path) -> None:
    """7E1: the first open passes, the next one is refused; both work."""
    hall = Hall({"1": Board("1号窗口", "west", 1, 16, language="alpha")})
    virtual = VirtualWire("west", tmp_path / "west", hall)
    for text in ("A001", "A002"):
        bus = Bus("west", line(f"serial:{tmp_path / 'west'}", Path("/")), {"1": OnWire(alpha, 1)}, REFRESH_S)
        bus.start()
        bus.show({"1": Shown(text)})
        with hall.changed:
            assert hall.changed.wait_for(lambda t=text: hall.boards["1"].text == t, DEADLINE_S), hall.state()  # type: ignore[misc]
        bus.stop(2)
    virtual.unplug()


def test_boards_that_need_different_bits_cannot_share_a_wire() -> None:
    boards = {"1": OnWire(PROTOCOLS["a090"], 1), "2": OnWire(alpha, 2)}
    with pytest.raises(
        ValueError, match=r"boards of 7E1 \(2\) and 8N1 \(1\) cannot share a wire; give one of them its own"
    ):
        Bus("west", line("serial:/dev/none", Path("/")), boards, 30)


def test_a_wire_is_lent_while_its_port_is_closed_and_goes_on(wire: Wire) -> None:
    wire.bus.show({b: Shown("A001") for b in ("1", "2", "3")})
    wire.seen(lambda hall: hall.boards["1"].text == "A001", "the first text")
    heard, had = [], threading.Event()

    def guest() -> None:
        heard.append(threading.current_thread().name)
        had.set()
        raise RuntimeError("a guest that fails takes nobody with it")

    wire.bus.lend(guest)
    assert had.wait(DEADLINE_S) and heard == ["wire west"]
    wire.bus.show({b: Shown("A002") for b in ("1", "2", "3")})
    wire.seen(lambda hall: {hall.boards[b].text for b in ("1", "2", "3")} == {"A002"}, "the boards after the guest")
