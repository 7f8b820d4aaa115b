"""The number boards LED-485: the known vector, what seven segments can show, and read back by the virtual board."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.protocols import modbus, modbus_led485
from counter_display.protocols.language import Fitted
from counter_display.virtual.devices.modbus import DigitsEar
from tests.hearing import hear, text

# text, bytes. The first is the known vector of docs/devices.md; the others by hand: two letters a register, high byte
# first.
FRAMES = [
    (1, "A001", "01 10 00 70 00 03 06 41 30 30 31 20 20 ed 69"),
    (1, "", "01 10 00 70 00 03 06 20 20 20 20 20 20"),
    (7, "b12-34", "07 10 00 70 00 03 06 42 31 32 2d 33 34"),
]


@pytest.mark.parametrize(("address", "words", "wire"), FRAMES)
def test_frames_forward_and_backward(address: int, words: str, wire: str) -> None:
    frame = modbus_led485.encode(address, words)
    assert frame.hex(" ").startswith(wire)
    [heard] = hear(DigitsEar("modbus_led485"), frame + b"\x01")
    assert (heard.address, text(heard), heard.wrong) == (address, words.upper().ljust(6), ())


def test_what_was_written_is_read_back() -> None:
    ear = DigitsEar("modbus_led485")
    hear(ear, modbus_led485.encode(1, "A001"))
    [heard] = hear(ear, modbus.read(1, 0x70, 3))
    assert heard.reply.hex(" ") == "01 03 06 41 30 30 31 20 20 28 b7"
    [heard] = hear(ear, modbus_led485.probe(9))
    assert heard.reply[:5].hex(" ") == "09 03 02 00 09"


def test_a_board_does_not_answer_a_wrong_crc() -> None:
    ear = DigitsEar("modbus_led485")
    assert hear(ear, modbus_led485.encode(1, "A001")[:-1] + b"\x00") == []
    assert ear.complaints[0][0] == "CRC ed 00 should be ed 69"


@pytest.mark.parametrize(
    ("words", "fitted"),
    [
        ("请A001到3号窗口", Fitted("A001", "", "")),
        ("正在办理 A001", Fitted("A001", "", "")),
        ("A001到3号", Fitted("A001", "", "")),
        ("Ａ００１", Fitted("A001", "", "")),
        ("A001→3", Fitted("A001", "→", "")),  # never A0013
        ("3号窗口请A001", Fitted("A001", "", "")),
        ("3号窗口", Fitted("3", "", "")),
        ("W012", Fitted("-012", "W", "")),
        ("PAUSE now", Fitted("PAUSE", "", "")),
        ("暂停服务", Fitted("", "暂停服务", "")),
        ("", Fitted("", "", "")),
        ("A001234", Fitted("", "", "A001234")),  # half a number is another number
    ],
)
def test_what_fits(words: str, fitted: Fitted) -> None:
    assert modbus_led485.fit(words) == fitted


@pytest.mark.parametrize("words", ["A001234", "W012", "请"])
def test_what_was_not_fitted_is_refused(words: str) -> None:
    with pytest.raises(
        ValueError, match="this board shows 6 digits or letters that seven segments can form; fit the text first"
    ):
        modbus_led485.encode(1, words)


@given(st.integers(1, 247), st.text(max_size=20))
def test_any_text_is_one_right_frame(address: int, words: str) -> None:
    ear, fitted = DigitsEar("modbus_led485"), modbus_led485.fit(words).text
    [heard] = hear(ear, modbus_led485.encode(address, fitted))
    assert (ear.complaints, heard.wrong, heard.address, text(heard)) == ([], (), address, fitted.ljust(6))
    [own] = hear(ear, modbus_led485.show_address(address))
    assert text(own).strip() == str(address)
