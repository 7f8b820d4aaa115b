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


# What others write to such a board: frames (CRCs by hand from the specification's table), what is shown, the answer.
OTHERS = [
    ("01 06 00 00 30 39 5d d8", " 12345", "01 06 00 00 30 39 5d d8"),  # register 0: 16 bits
    ("01 06 00 00 ff fe 49 ba", "    -2", "01 06 00 00 ff fe 49 ba"),  # with sign
]


@pytest.mark.parametrize(("wire", "shows", "answer"), OTHERS)
def test_register_0_is_a_number(wire: str, shows: str, answer: str) -> None:
    ear = DigitsEar("modbus_led485")
    [heard] = hear(ear, bytes.fromhex(wire))
    assert (text(heard), heard.reply.hex(" "), heard.wrong, ear.complaints) == (shows, answer, (), [])


def test_a_point_belongs_to_the_number() -> None:
    ear = DigitsEar("modbus_led485")
    hear(ear, modbus.write_one(1, 0, 12345))
    assert text(hear(ear, bytes.fromhex("01 06 00 04 00 02 49 ca"))[0]) == " 123.45"
    assert text(hear(ear, modbus.write_one(1, 0, 7))[0]) == "   0.07"


def test_segments_and_the_factorys_number() -> None:
    ear = DigitsEar("modbus_led485")
    [heard] = hear(ear, modbus.write(1, 0x80, [0x7679, 0x3838, 0x5C00]))  # HELLO, as the set-up tool draws it
    assert text(heard) == "HELLO "
    assert text(hear(ear, modbus.write_one(1, 0x88, 88))[0]) == "    88"


# frame, the exception, what the one complaint says
EXCEPTIONS = [
    ("01 04 00 00 00 01 31 ca", "01 84 01 82 c0", "function 04 is unknown to this board"),
    ("01 06 00 05 00 01 58 0b", "01 86 02 c3 a1", "register 0005 is none that can be written"),
    ("01 06 00 04 00 09 08 0d", "01 86 03 02 61", "register 0004 takes no 0009"),
]


@pytest.mark.parametrize(("wire", "answer", "what"), EXCEPTIONS)
def test_what_a_board_does_not_know_is_one_exception_and_one_complaint(wire: str, answer: str, what: str) -> None:
    ear = DigitsEar("modbus_led485")
    [heard] = hear(ear, bytes.fromhex(wire))
    assert (heard.reply.hex(" "), heard.wrong, heard.shows, ear.complaints) == (answer, (what,), None, [])


@pytest.mark.parametrize("function", [1, 2, 4, 5, 7, 8, 11, 15, 17, 20, 22, 23, 24, 43])
@pytest.mark.parametrize("size", [0, 1, 4, 9])
def test_any_other_function_of_any_length_is_exception_01(function: int, size: int) -> None:
    ear = DigitsEar("modbus_led485")
    [heard] = hear(ear, modbus.frame(1, function, bytes(range(size))))
    assert heard.reply[:3] == bytes([1, function | 0x80, 1]) and ear.complaints == []


@pytest.mark.parametrize(("register", "count"), [(0x01, 1), (0x72, 2), (0x100, 1), (0xFFFF, 1)])
def test_reading_what_is_not_there_is_exception_02(register: int, count: int) -> None:
    [heard] = hear(DigitsEar("modbus_led485"), modbus.read(1, register, count))
    assert heard.reply[:3] == b"\x01\x83\x02"


@pytest.mark.parametrize("count", [0, 126, 200])
def test_reading_too_many_is_exception_03(count: int) -> None:
    [heard] = hear(DigitsEar("modbus_led485"), modbus.read(1, 0, count))
    assert heard.reply[:3] == b"\x01\x83\x03"


def test_a_refused_write_changes_nothing() -> None:
    ear = DigitsEar("modbus_led485")
    hear(ear, modbus_led485.encode(1, "A001"))
    [heard] = hear(ear, modbus.write(1, 0x72, [0x4141, 0x4242]))
    assert heard.reply[:3] == b"\x01\x90\x02"
    assert hear(ear, modbus.read(1, 0x70, 3))[0].reply[3:9] == b"A001  "


def test_all_boards_obey_a_broadcast_and_none_answers() -> None:
    [heard] = hear(DigitsEar("modbus_led485"), bytes.fromhex("00 06 00 00 00 07 c9 d9"))
    assert heard.reply == b"" and all(heard.reaches(a) for a in (1, 247))
    assert "".join(sign.text for sign in heard.picture(5) or []) == "     7"


def test_a_board_is_given_another_address() -> None:
    ear = DigitsEar("modbus_led485")
    hear(ear, modbus_led485.encode(1, "A001"))
    [heard] = hear(ear, bytes.fromhex("01 06 00 02 00 09 e8 0c"))
    assert (heard.order, heard.data, heard.reply) == ("readdress", b"\x09", heard.raw)
    assert hear(ear, modbus.read(9, 0x70, 3))[0].reply[3:9] == b"A001  "


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
