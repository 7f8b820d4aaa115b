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

from counter_display import glass
from counter_display.devices.ear import Sign
from counter_display.virtual import Show
from counter_display.virtual_wire import Board, Hall, VirtualWire, link

A001 = bytes.fromhex("a0 90 03 a5 00 08 41 00 30 00 30 00 31 00 de")


@pytest.fixture
def hall() -> Hall:
    return Hall({"3": Board("3号窗口", "west", 3, 16)})


@pytest.fixture
def wire(hall: Hall, tmp_path: Path) -> Iterator[VirtualWire]:
    wire = VirtualWire("west", tmp_path / "wires" / "west", hall)
    yield wire
    wire.unplug()


def say(wire: VirtualWire, frame: bytes, answer: int = 5) -> bytes:
    with serial.Serial(str(wire.device), 9600, timeout=0.5) as port:
        port.write(frame)
        return bytes(port.read(answer))


def complaint(hall: Hall) -> str:
    with hall.changed:
        assert hall.changed.wait_for(lambda: hall.complaints, 5)
        return str(hall.complaints[0]["what"])


def test_a_frame_glows_and_is_answered_in_wire_time(hall: Hall, wire: VirtualWire) -> None:
    before = time.monotonic()
    assert say(wire, A001) == bytes.fromhex("a0 90 03 a5 aa")
    board = hall.state()["boards"]["3"]
    assert (board["text"], board["color"], board["frames"], board["last_frame_hex"]) == ("A001", "red", 1, A001.hex(" "))
    assert board["monotonic"] - before >= len(A001) * 10 / 9600
    assert abs(board["at"] - time.time()) < 5
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
    wire = VirtualWire("west", tmp_path / "slow", hall, baud=100)  # an answer that takes half a second to be spoken over
    try:
        with serial.Serial(str(wire.device), 9600) as port:
            port.write(A001)
            with hall.changed:
                assert hall.changed.wait_for(lambda: hall.boards["3"].frames, 5)
            port.write(b"\xa0")
            assert complaint(hall) == "sent while a board was answering"
    finally:
        wire.unplug()


def test_orders(hall: Hall, wire: VirtualWire) -> None:
    say(wire, A001)
    hall.order("3", "dead")
    assert "r" not in "".join(hall.state()["boards"]["3"]["lit"]) and say(wire, A001) == b""
    hall.order("3", "noise")
    assert say(wire, A001) == bytes.fromhex("ff a0 03 90 a5")
    hall.order("3", "ok")
    assert say(wire, A001) == bytes.fromhex("a0 90 03 a5 aa")


@pytest.mark.parametrize(("text", "columns", "dots"), [("A001", 16, 128), ("暂停服务 请到其他窗口", 16, 168), ("", 8, 64)])
def test_a_text_wider_than_its_board_is_given_whole(text: str, columns: int, dots: int) -> None:
    rows = glass.lit([Sign(c, "green") for c in text], columns)
    assert (len(rows), {len(row) for row in rows}) == (16, {dots})


def test_each_sign_keeps_its_cell_and_its_color() -> None:
    rows = glass.lit([Sign("A", "red"), Sign("窗", "green"), Sign("W", "yellow")], 8)
    assert [set("".join(row[a:b] for row in rows)) for a, b in ((0, 8), (8, 24), (24, 32), (32, 64))] == [
        {"r", "."}, {"g", "."}, {"y", "."}, {"."},
    ]  # fmt: skip


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


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def show(hall: Hall) -> Iterator[str]:
    show = Show(hall)
    show.start()
    yield f"http://127.0.0.1:{show.port}"
    show.shutdown()
    show.server_close()


def fetch(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=10) as answer:
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
    wrongs: list[Any] = [{"board": "9", "order": "ok"}, {"board": "3", "order": "burn"}, [], {}, {"board": {}, "order": []}]
    for wrong in wrongs:
        with pytest.raises(urllib.error.HTTPError, match="400"):
            fetch(f"{show}/order", wrong)


def test_the_page_and_its_drawing(show: str) -> None:
    assert "虚拟窗口屏" in fetch(show + "/") and "window.glow" in fetch(show + "/glow.js")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(show + "/glow.html")
