"""The number boards DM36 and DM56: bytes by hand, what seven segments can show, and read back by the virtual board."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.protocols import modbus, modbus_dm36
from counter_display.protocols.language import Fitted
from counter_display.virtual.devices.modbus import DigitsEar
from tests.hearing import hear, text

# text, bytes without the CRC, by hand: one ASCII code a register, registers 0 to 5.
FRAMES = [
    (1, "A001", "01 10 00 00 00 06 0c 00 41 00 30 00 30 00 31 00 20 00 20"),
    (1, "", "01 10 00 00 00 06 0c 00 20 00 20 00 20 00 20 00 20 00 20"),
    (7, "b12-34", "07 10 00 00 00 06 0c 00 42 00 31 00 32 00 2d 00 33 00 34"),
]


@pytest.mark.parametrize(("address", "words", "wire"), FRAMES)
def test_frames_forward_and_backward(address: int, words: str, wire: str) -> None:
    frame = modbus_dm36.encode(address, words)
    assert frame.hex(" ").startswith(wire)
    [heard] = hear(DigitsEar("modbus_dm36"), frame + b"\x01")
    assert (heard.address, text(heard), heard.wrong) == (address, words.upper().ljust(6), ())


def test_what_was_written_is_read_back() -> None:
    ear = DigitsEar("modbus_dm36")
    hear(ear, modbus_dm36.encode(1, "A001"))
    [heard] = hear(ear, modbus.read(1, 0, 2))
    assert heard.reply[:7].hex(" ") == "01 03 04 00 41 00 30"
    [heard] = hear(ear, modbus_dm36.probe(9))
    assert heard.reply[:3].hex(" ") == "09 03 02"


@pytest.mark.parametrize(
    ("words", "shows"),
    [([0x0001, 0x86A0], "100000"), ([0x1200, 0x3039], "-123.45"), ([0x0000, 0x0007], "     7")],
)
def test_registers_6_and_7_are_a_number_with_sign_and_point(words: list[int], shows: str) -> None:
    assert text(hear(DigitsEar("modbus_dm36"), modbus.write(1, 6, words))[0]) == shows


def test_register_7_alone_is_a_number_and_6_alone_is_refused() -> None:
    assert text(hear(DigitsEar("modbus_dm36"), modbus.write_one(1, 7, 65535))[0]) == " 65535"
    assert hear(DigitsEar("modbus_dm36"), modbus.write_one(1, 6, 0))[0].reply[:3] == b"\x01\x86\x03"
    assert hear(DigitsEar("modbus_dm36"), modbus.write_one(1, 8, 0))[0].reply[:3] == b"\x01\x86\x02"
    assert hear(DigitsEar("modbus_dm36"), modbus.write_one(1, 0, 300))[0].reply[:3] == b"\x01\x86\x03"


def test_the_number_is_what_fits() -> None:
    assert modbus_dm36.fit("请A001到3号窗口") == Fitted("A001", "", "")


@pytest.mark.parametrize("words", ["A001234", "W012", "请"])
def test_what_was_not_fitted_is_refused(words: str) -> None:
    with pytest.raises(
        ValueError, match="this board shows 6 digits or letters that seven segments can form; fit the text first"
    ):
        modbus_dm36.encode(1, words)


@given(st.integers(1, 247), st.text(max_size=20))
def test_any_text_is_one_right_frame(address: int, words: str) -> None:
    ear, fitted = DigitsEar("modbus_dm36"), modbus_dm36.fit(words).text
    [heard] = hear(ear, modbus_dm36.encode(address, fitted))
    assert (ear.complaints, heard.wrong, heard.address, text(heard)) == ([], (), address, fitted.ljust(6))
    [own] = hear(ear, modbus_dm36.show_address(address))
    assert text(own).strip() == str(address)
