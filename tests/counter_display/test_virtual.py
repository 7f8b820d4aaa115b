"""The virtual boards: what they complain of, how they glow, their pseudo-terminals and their page."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

from counter_display.protocols import a090, alpha, find, modbus_led485, onbon, pads
from counter_display.virtual import glass, held_pads
from counter_display.virtual.devices.ear import Sign
from counter_display.virtual.hall import Board, Hall, Order, Pad
from counter_display.virtual.page import Show
from counter_display.virtual.plug import link
from counter_display.virtual.wire import VirtualWire
from tests.waiting import DEADLINE_S

A001 = bytes.fromhex("a0 90 03 a5 00 08 41 00 30 00 30 00 31 00 de")


@pytest.fixture
def hall() -> Hall:
    return Hall({"3": Board("3号窗口", "west", 3, 16)})


@pytest.fixture
def wire(hall: Hall, tmp_path: Path) -> Iterator[VirtualWire]:
    wire = VirtualWire("west", tmp_path / "wires" / "west", hall)
    yield wire
    wire.unplug()


def say(wire: VirtualWire, frame: bytes, answer: int = 5, within_s: float = DEADLINE_S) -> bytes:
    with serial.Serial(str(wire.device), 9600, timeout=within_s) as port:
        port.write(frame)
        return bytes(port.read(answer))


def complaint(hall: Hall) -> str:
    with hall.changed:
        assert hall.changed.wait_for(lambda: hall.complaints, DEADLINE_S)
        return str(hall.complaints[0]["what"])


def test_a_frame_glows_and_is_answered_in_wire_time(hall: Hall, wire: VirtualWire) -> None:
    before, since = time.monotonic(), time.time()
    assert say(wire, A001) == bytes.fromhex("a0 90 03 a5 aa")
    board = hall.state()["boards"]["3"]
    assert (board["text"], board["color"], board["frames"], board["last_frame_hex"]) == (
        "A001",
        "red",
        1,
        A001.hex(" "),
    )
    assert board["monotonic"] - before >= len(A001) * 10 / 9600
    assert since <= board["at"] <= time.time()
    assert [len(row) for row in board["lit"]] == [128] * 16 and set("".join(board["lit"])) == {"r", "."}


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        ("a0 90 03 a5 00 02 41 00 00", "checksum 00 should be e5"),
        ("a0 90 03 a5 00 02 41", "broken off"),
        ("41 42", "no head A0 90"),
        ("a0 90 09 a5 00 00 ac", "no board has address 9"),
        ("a0 90 03 a5 00 02 41 03 e6", "color 3 of A is none of 0, 1, 2"),
        ("a0 90 03 a5 00 03 d4 dd 41 ed", "color 65 of 暂 is none of 0, 1, 2"),
        ("a0 90 03 a5 00 02 d4 dd ad", "character d4dd is none, or is cut off"),
        ("a0 90 03 a5 00 02 0a 00 ae", "character 0a is none, or is cut off"),
        ("a0 90 03 a2 00 00 a1", "command a2 is not A5 or A1"),
    ],
)
def test_bad_frames_are_complained_of_and_not_shown(hall: Hall, wire: VirtualWire, frame: str, what: str) -> None:
    with serial.Serial(str(wire.device), 9600) as port:
        port.write(bytes.fromhex(frame))
        assert complaint(hall) == what
    assert hall.state()["boards"]["3"]["text"] == ""


def test_a_board_shows_its_own_address(hall: Hall, wire: VirtualWire) -> None:
    assert say(wire, bytes.fromhex("a0 90 03 a1 00 00 a2")) == bytes.fromhex("a0 90 03 a5 aa")
    assert hall.state()["boards"]["3"]["text"] == "3"


def test_who_speaks_while_a_board_answers_is_complained_of(hall: Hall, tmp_path: Path) -> None:
    wire = VirtualWire(
        "west", tmp_path / "slow", hall, baud=100
    )  # an answer that takes half a second to be spoken over
    try:
        with serial.Serial(str(wire.device), 9600) as port:
            port.write(A001)
            with hall.changed:
                assert hall.changed.wait_for(lambda: hall.boards["3"].frames, DEADLINE_S)
            port.write(b"\xa0")
            assert complaint(hall) == "sent while a device was speaking"
    finally:
        wire.unplug()


def test_orders(hall: Hall, wire: VirtualWire) -> None:
    say(wire, A001)
    hall.order("3", "dead")
    assert "r" not in "".join(hall.state()["boards"]["3"]["lit"]) and say(wire, A001, within_s=0.5) == b""
    hall.order("3", "noise")
    assert say(wire, A001) == bytes.fromhex("ff a0 03 90 a5")
    hall.order("3", "ok")
    assert say(wire, A001) == bytes.fromhex("a0 90 03 a5 aa")


@pytest.mark.parametrize(
    ("text", "columns", "dots"), [("A001", 16, 128), ("暂停服务 请到其他窗口", 16, 168), ("", 8, 64)]
)
def test_a_text_wider_than_its_board_is_given_whole(text: str, columns: int, dots: int) -> None:
    rows = glass.lit([Sign(c, "green") for c in text], columns)
    assert (len(rows), {len(row) for row in rows}) == (16, {dots})


def test_each_sign_keeps_its_cell_and_its_color() -> None:
    rows = glass.lit([Sign("A", "red"), Sign("窗", "green"), Sign("W", "yellow")], 8)
    assert [set("".join(row[a:b] for row in rows)) for a, b in ((0, 8), (8, 24), (24, 32), (32, 64))] == [
        {"r", "."},
        {"g", "."},
        {"y", "."},
        {"."},
    ]


def test_every_sign_a_hall_uses_has_its_own_shape() -> None:
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
    shapes = {"".join(glass.lit([Sign(c, "red")], 1)) for c in signs}
    assert len(shapes) == len(signs)


def test_a_link_replaces_an_old_link_and_never_a_device(tmp_path: Path) -> None:
    device = tmp_path / "deep" / "west"
    link(device, "/dev/pts/nowhere")
    link(device, "/dev/pts/999999")
    assert os.readlink(device) == "/dev/pts/999999"
    real = tmp_path / "ttyUSB0"
    real.write_text("")
    with pytest.raises(FileExistsError, match="real device or file"):
        link(real, "/dev/pts/1")
    alias = tmp_path / "alias"
    alias.symlink_to("/dev/null")
    with pytest.raises(FileExistsError, match="leads to a real device"):
        link(alias, "/dev/pts/1")


def test_unplugging_takes_the_name_away(hall: Hall, tmp_path: Path) -> None:
    wire = VirtualWire("west", tmp_path / "west", hall)
    wire.unplug()
    assert not (tmp_path / "west").is_symlink()


# --- other languages, pads and raters ---


def many(tmp_path: Path) -> tuple[Hall, VirtualWire]:
    boards = {
        "strip": Board("1号窗口", "west", 1, 16),
        "card": Board("2号窗口", "west", 2, 24, language="onbon", rows=32),
        "digits": Board("3号窗口", "west", 3, 6, language="modbus_led485"),
        "sign": Board("4号窗口", "west", 4, 16, language="alpha"),
        "file": Board("5号窗口", "west", 5, 16, language="newlife_led"),
    }
    pads = {"pad 1": Pad("1号窗口", "west", 21, "pad"), "rater 1": Pad("1号窗口", "west", 21, "rater")}
    hall = Hall(boards, pads)
    return hall, VirtualWire("west", tmp_path / "west", hall)


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[tuple[Hall, VirtualWire]]:
    hall, wire = many(tmp_path)
    yield hall, wire
    wire.unplug()


LANGUAGES = [
    ("strip", a090.encode(1, "A001"), 5, "A001"),
    ("card", onbon.encode(2, "A001号", columns=24, rows=32), 30, "A001号"),
    ("digits", modbus_led485.encode(3, "A001"), 8, "A001  "),
    ("sign", alpha.encode(4, "A001"), 0, "A001"),
    ("file", find("newlife_led", Path()).encode(5, "A001"), 5, "A001"),
]


@pytest.mark.parametrize(("board", "frame", "answer", "text"), LANGUAGES, ids=[row[0] for row in LANGUAGES])
def test_every_language_on_one_wire(
    mixed: tuple[Hall, VirtualWire], board: str, frame: bytes, answer: int, text: str
) -> None:
    hall, wire = mixed
    assert len(say(wire, frame, answer)) == answer
    with hall.changed:
        assert hall.changed.wait_for(lambda: hall.boards[board].text == text, DEADLINE_S), hall.state()
    assert not hall.complaints and hall.state()["boards"][board]["frames"] == 1
    assert len(hall.boards["card"].lit) == 32 and hall.boards["digits"].lit == []


def test_a_press_is_said_until_it_is_echoed(mixed: tuple[Hall, VirtualWire], monkeypatch: pytest.MonkeyPatch) -> None:
    hall, wire = mixed
    call = bytes.fromhex("ff 68 04 04 68 15 01 05 0c 27 16")
    monkeypatch.setattr(held_pads, "TRIES", 1000)
    with serial.Serial(str(wire.device), 9600, timeout=DEADLINE_S) as port:
        wire.press(hall.pads["pad 1"], 5, 0x0C)
        assert port.read(11) == call
        assert port.read(11) == call  # nobody echoed
        port.write(call)
        with hall.changed:
            assert hall.changed.wait_for(lambda: hall.pads["pad 1"].echoed == 1, DEADLINE_S)
        monkeypatch.setattr(held_pads, "TRIES", 3)
        wire.press(hall.pads["pad 1"], 0x0D)
        assert [len(port.read(10)) for _ in range(3)] == [10] * 3
        with hall.changed:
            assert hall.changed.wait_for(lambda: hall.pads["pad 1"].lost == 1, DEADLINE_S)


def test_what_a_pad_shows(mixed: tuple[Hall, VirtualWire]) -> None:
    hall, wire = mixed
    pad = hall.pads["pad 1"]
    for frame, seen in (
        (pads.beep(21), lambda: pad.beeps == 1),
        (pads.digits(21, "  4 17"), lambda: pad.digits == "  4 17"),
        (pads.sign(21, True), lambda: pad.sign == "done"),
        (pads.sign(21, False), lambda: pad.sign == "failed"),
    ):
        say(wire, frame, 0)
        with hall.changed:
            assert hall.changed.wait_for(seen, DEADLINE_S), hall.state()["pads"]


def test_a_rating(mixed: tuple[Hall, VirtualWire], monkeypatch: pytest.MonkeyPatch) -> None:
    hall, wire = mixed
    rater = hall.pads["rater 1"]
    monkeypatch.setattr(held_pads, "TRIES", 1000)
    with serial.Serial(str(wire.device), 9600, timeout=DEADLINE_S) as port:
        port.write(pads.stars(21, 4) + pads.start_rating(21))
        with hall.changed:
            assert hall.changed.wait_for(lambda: rater.asked and rater.stars == 4, DEADLINE_S)
        wire.press(rater, 3)
        [frame] = pads.Frames().feed(port.read(10))
        assert pads.heard(frame) == pads.Score(21, 3)
        port.write(pads.thanks(21, 3))
        with hall.changed:
            assert hall.changed.wait_for(lambda: not rater.asked and rater.score == 3 and rater.echoed == 1, DEADLINE_S)


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ("ok", "a0 90 03 a5 aa"),
        ("dead", ""),
        ("noise", "ff a0 03 90 a5"),
        ("half", "a0 90"),
        ("badsum", "a0 90 03 a5 ff"),
        ("slow", "a0 90 03 a5 aa"),
    ],
)
def test_every_order_of_a_board(hall: Hall, wire: VirtualWire, order: Order, answer: str) -> None:
    hall.order("3", order)
    before = time.monotonic()
    with serial.Serial(str(wire.device), 9600, timeout=0.5 if order == "dead" else DEADLINE_S) as port:
        port.write(A001)
        assert bytes(port.read(len(bytes.fromhex(answer)) or 5)).hex(" ") == answer
    assert order != "slow" or time.monotonic() - before > 0.6


def test_every_order_of_a_wire(hall: Hall, wire: VirtualWire) -> None:
    wire.order("echo")
    assert say(wire, A001, 20) == A001 + bytes.fromhex("a0 90 03 a5 aa")
    wire.order("clash")
    assert say(wire, A001) not in (b"", bytes.fromhex("a0 90 03 a5 aa"))
    wire.order("babble")
    with serial.Serial(str(wire.device), 9600, timeout=DEADLINE_S) as port:
        assert len(port.read(50)) == 50
    wire.order("ok")
    was = wire.pty
    wire.order("unplug")
    assert not wire.device.is_symlink() and not hall.state()["wires"]["west"]["plugged"]
    wire.order("plug")
    assert say(wire, A001) == bytes.fromhex("a0 90 03 a5 aa") and hall.state()["wires"]["west"]["at"] == wire.pty != ""
    assert was


def test_a_wire_behind_a_network_box(hall: Hall) -> None:
    wire = VirtualWire("west", 0, hall)
    try:
        for _ in range(2):
            with serial.serial_for_url(f"socket://{wire.pty}", timeout=DEADLINE_S) as port:
                port.write(A001)
                assert bytes(port.read(5)) == bytes.fromhex("a0 90 03 a5 aa")
    finally:
        wire.unplug()


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def show(hall: Hall) -> Iterator[str]:
    show = Show(hall)
    show.start()
    yield f"http://127.0.0.1:{show.port}"
    show.stop()


def fetch(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=DEADLINE_S) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return answer.read().decode()


def test_state_at_once_and_at_the_next_change(hall: Hall, show: str) -> None:
    state = json.loads(fetch(f"{show}/state"))
    assert (state["version"], state["boards"]["3"]["name"], state["complaints"]) == (0, "3号窗口", [])
    threading.Timer(0.05, hall.order, ("3", "dead")).start()
    later = json.loads(fetch(f"{show}/state?since=0"))
    assert (later["version"], later["boards"]["3"]["order"]) == (1, "dead")


def test_orders_over_http(hall: Hall, show: str) -> None:
    fetch(f"{show}/order", {"board": "3", "order": "noise"})
    assert hall.boards["3"].order == "noise"
    wrongs: list[Any] = [
        {"board": "9", "order": "ok"},
        {"board": "3", "order": "burn"},
        [],
        {},
        {"board": {}, "order": []},
        {"wire": "x", "order": "ok"},
    ]
    for wrong in wrongs:
        with pytest.raises(urllib.error.HTTPError, match="400"):
            fetch(f"{show}/order", wrong)


def test_fingers_and_wires_over_http(mixed: tuple[Hall, VirtualWire]) -> None:
    hall, wire = mixed
    show = Show(hall)
    show.start()
    at = f"http://127.0.0.1:{show.port}"
    try:
        fetch(f"{at}/press", {"pad": "rater 1", "keys": [4]})
        assert (hall.pads["rater 1"].presses, hall.pads["rater 1"].score) == (1, 4)
        fetch(f"{at}/order", {"wire": "west", "order": "echo"})
        assert json.loads(fetch(f"{at}/state"))["wires"]["west"]["fault"] == "echo" == wire.fault
        wrongs: list[Any] = [
            {"pad": "pad 9", "keys": [1]},
            {"pad": "pad 1"},
            *({"pad": "pad 1", "keys": keys} for keys in ([], ["a"], [256], 1)),
        ]
        for wrong in wrongs:
            with pytest.raises(urllib.error.HTTPError, match="400"):
                fetch(f"{at}/press", wrong)
        with pytest.raises(urllib.error.HTTPError, match="400"):
            fetch(f"{at}/order", {"wire": "west", "order": "burn"})
    finally:
        show.stop()


def test_the_page_and_its_drawing(show: str) -> None:
    assert (
        "虚拟设备" in fetch(show + "/")
        and "window.lamps" in fetch(show + "/lamps.js")
        and "window.glow" in fetch(show + "/glow.js")
    )
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(show + "/glow.html")
