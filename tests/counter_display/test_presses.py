"""Presses on their way to the hub: one press, one key, in order, for a few seconds; and USB pads through the kernel's
events.
"""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter_display.line import presses
from counter_display.line.presses import Presses
from counter_display.line.usb_pad import EVENT, Typed, UsbPad, keys_in
from hub_client import HubClient
from tests.fake_hub import DEADLINE_S, FakeHub
from tests.waiting import until


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    hub = FakeHub()
    yield hub
    hub.kill()


class Told:
    """Presses to a small hub, and what the pads were answered."""

    def __init__(self, hub: FakeHub) -> None:
        self.client: HubClient | None = HubClient(hub.url, "t", timeout=DEADLINE_S)
        self.answers: queue.SimpleQueue[tuple[str, bool, str]] = queue.SimpleQueue()
        self.presses = Presses(lambda: self.client, lambda pad, done, digits: self.answers.put((pad, done, digits)))

    def answer(self, seconds: float = DEADLINE_S) -> tuple[str, bool, str]:
        return self.answers.get(timeout=seconds)


@pytest.fixture
def told(hub: FakeHub, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Told]:
    if "away" not in request.node.name and "no_hub" not in request.node.name:
        monkeypatch.setattr(presses, "STALE_S", DEADLINE_S)
    told = Told(hub)
    yield told
    told.presses.stop()


def test_a_press_is_told_and_answered(hub: FakeHub, told: Told) -> None:
    hub.answers["POST", "/boards/pads/1/press"] = (200, {"done": True, "zh": "顺呼 A001", "digits": ""})
    told.presses.pressed("pad", "1", "0C")
    assert told.answer() == ("1", True, "")
    _, headers, body = hub.asked("POST", "/boards/pads/1/press")[0]
    assert body == {"keys": "0C"} and len(headers["Idempotency-Key"]) == 32


def test_presses_of_one_pad_keep_their_order_and_each_has_its_own_key(hub: FakeHub, told: Told) -> None:
    hub.answers["POST", "/boards/pads/1/press"] = (200, {"done": True, "digits": "21"})
    for key in range(5):
        told.presses.pressed("pad", "1", f"0{key} 0C")
    assert [told.answer() for _ in range(5)] == [("1", True, "21")] * 5
    asked = hub.asked("POST", "/boards/pads/1/press")
    assert [body["keys"] for _, _, body in asked] == [f"0{key} 0C" for key in range(5)]
    assert len({headers["Idempotency-Key"] for _, headers, _ in asked}) == 5


def test_a_refusal_is_a_fail_sign(hub: FakeHub, told: Told) -> None:
    hub.answers["POST", "/boards/pads/9/press"] = (404, {"title": "Not Found", "status": 404})
    told.presses.pressed("pad", "9", "0C")
    assert told.answer() == ("9", False, "")


def test_a_hub_that_comes_back_in_time_gets_the_same_press_with_the_same_key(hub: FakeHub, told: Told) -> None:
    hub.answers["POST", "/boards/pads/1/press"] = (503, {"title": "Busy", "status": 503})
    told.presses.pressed("pad", "1", "0C")
    hub.wait(lambda: hub.asked("POST", "/boards/pads/1/press"), "the first try")
    with hub.changed:
        hub.answers["POST", "/boards/pads/1/press"] = (200, {"done": True})
    assert told.answer() == ("1", True, "")
    assert len({headers["Idempotency-Key"] for _, headers, _ in hub.asked("POST", "/boards/pads/1/press")}) == 1


def test_a_hub_that_stays_away_is_a_fail_sign_and_nothing_is_caught_up(hub: FakeHub, told: Told) -> None:
    hub.kill()
    told.presses.pressed("pad", "1", "0C")
    assert told.answer() == ("1", False, "")
    hub.start()
    told.presses.pressed("pad", "1", "0D")
    told.answer()
    assert [body["keys"] for _, _, body in hub.asked("POST", "/boards/pads/1/press")] == ["0D"]


def test_no_hub_yet(told: Told) -> None:
    told.client = None
    told.presses.pressed("pad", "1", "0C")
    assert told.answer() == ("1", False, "")


def test_a_score_is_told_and_needs_no_answer(hub: FakeHub, told: Told) -> None:
    told.presses.pressed("rater", "1", "03")
    hub.wait(lambda: hub.asked("POST", "/boards/raters/1/rate"), "the score")
    assert hub.asked("POST", "/boards/raters/1/rate")[0][2] == {"score": "03"}
    assert told.answers.empty()


# --- a USB number pad -----------------------------------------------------------------------------


def event(code: int, value: int = 1, kind: int = 1) -> bytes:
    """An event as the kernel writes it; packed by hand from linux/input.h."""
    return EVENT.pack(0, 0, kind, code, value)


def test_an_event_has_24_bytes_on_a_64_bit_machine() -> None:
    assert EVENT.size == 24 if os.sysconf("SC_LONG_BIT") == 64 else 16
    assert event(96) == (0).to_bytes(16, "little") + b"\x01\x00\x60\x00\x01\x00\x00\x00" or EVENT.size == 16


TYPED = [
    (["ENTER"], ["ENTER"]),
    (["0"], ["0"]),
    (["1", "0", "2", "ENTER"], ["1 0 2 ENTER"]),
    (["PLUS", "MINUS"], ["PLUS", "MINUS"]),
    (["STAR", "5"], ["STAR 5"]),
    (["STAR", "0"], ["STAR 0"]),
    (["STAR", "ENTER"], ["ENTER"]),
    (["1", "STAR", "5"], ["STAR 5"]),
    (["1", "2", "BACKSPACE", "3", "ENTER"], ["3 ENTER"]),
    (["1", "2", "3", "4", "5", "6", "7", "ENTER"], ["3 4 5 6 7 ENTER"]),
    (["0", "0"], ["0", "0"]),
    (["5", "DOT"], ["5 DOT"]),
    (["SLASH"], ["SLASH"]),
]


@pytest.mark.parametrize(("keys", "presses"), TYPED, ids=[" ".join(t[0]) for t in TYPED])
def test_what_is_typed(keys: list[str], presses: list[str]) -> None:
    typed = Typed()
    assert [press for now, key in enumerate(keys) if (press := typed.key(key, now * 0.1))] == presses


def test_half_a_number_is_forgotten() -> None:
    typed = Typed()
    typed.key("1", 0)
    assert typed.key("ENTER", 8.1) == "ENTER"


def test_keys_in_events() -> None:
    stream = event(79) + event(0, 0, 0) + event(79, 0) + event(79, 2) + event(30) + event(96) + b"half"
    assert list(keys_in(stream)) == ["1", "ENTER"]


def test_a_usb_pad_that_is_plugged_in_pressed_and_pulled(tmp_path: Path) -> None:
    """A named pipe in the place of /dev/input/event*: bytes in any pieces, an end, and a new beginning."""
    device, heard = tmp_path / "event9", queue.SimpleQueue[str]()
    pad = UsbPad("usb", device, heard.put)
    pad.start()
    until(lambda: "No such file" in pad.health().detail, "the missing device")
    assert "check its plug" in pad.health().detail
    os.mkfifo(device)
    with device.open("wb", buffering=0) as keys:
        for piece in (event(79), event(80)[:10], event(80)[10:] + event(96)):
            keys.write(piece)
            time.sleep(0.01)
        assert heard.get(timeout=DEADLINE_S) == "1 2 ENTER"
        assert pad.health().state == "ok"
    until(lambda: pad.health().state == "unreachable", "the end")
    with device.open("wb", buffering=0) as keys:
        keys.write(event(78))
        assert heard.get(timeout=DEADLINE_S) == "PLUS"
    pad.stop(2)
