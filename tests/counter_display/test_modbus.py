"""Modbus RTU as a master: the known vectors, the specification's own examples, and every kind of broken reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Text
from counter_display.protocols import modbus
from counter_display.protocols.language import Reply
from counter_display.protocols.modbus import Replies
from counter_display.virtual.devices.modbus import DigitsEar, remainder
from tests.hearing import hear, pieces

# request, bytes. The second is the known vector of docs/devices.md; the others by hand with the CRC of the
# specification's worked example (02 07 has the CRC 41 12).
REQUESTS = [
    (modbus.read(1, 0x0002), "01 03 00 02 00 01 25 ca"),
    (modbus.write(1, 0x0070, [0x4130, 0x3031, 0x2020]), "01 10 00 70 00 03 06 41 30 30 31 20 20 ed 69"),
    (modbus.write_one(1, 0x0002, 5), "01 06 00 02 00 05 e8 09"),
]


@pytest.mark.parametrize(("frame", "wire"), REQUESTS)
def test_requests(frame: bytes, wire: str) -> None:
    assert frame.hex(" ") == wire
    ear = DigitsEar("modbus_led485")
    assert [heard.raw for heard in hear(ear, frame + frame[:3])] == [frame] and not ear.complaints


def test_the_specifications_worked_crc() -> None:
    assert modbus.crc(b"\x02\x07").to_bytes(2, "little").hex() == remainder(b"\x02\x07").hex() == "4112"


@given(st.binary(max_size=60))
def test_both_crcs_agree(data: bytes) -> None:
    assert modbus.crc(data).to_bytes(2, "little") == remainder(data)


# what was asked, what comes, what is heard
REPLIES = [
    (REQUESTS[1][0], "01 10 00 70 00 03 81 d3", [Reply(1, bytes.fromhex("00 70 00 03"))]),  # the known reply
    (modbus.read(1, 0x70, 3), "01 03 06 41 30 30 31 20 20 28 b7", [Reply(1, b"\x06A001  ")]),
    (modbus.write_one(1, 2, 5), "01 06 00 02 00 05 e8 09", [Reply(1, bytes.fromhex("00 02 00 05"))]),
    (modbus.write(2, 0, [1]), "02 90 03 fc 01", [Reply(2, b"\x03", modbus.EXCEPTIONS[3])]),
    (modbus.read(2, 0), "02 83 02 30 f1", [Reply(2, b"\x02", modbus.EXCEPTIONS[2])]),
    (modbus.read(2, 0), "02 83 0b f0 f7", [Reply(2, b"\x0b", modbus.EXCEPTIONS[11], absent=True)]),
    (modbus.read(2, 0), "02 83 05 71 33", [Reply(2, b"\x05")]),
    (modbus.read(2, 0), "02 83 0f f1 34", [Reply(2, b"\x0f", Text("异常码 0F", "exception 0F"))]),
    (
        REQUESTS[1][0],
        "00 ff 01 10 01 10 00 70 00 03 81 d3",
        [Reply(1, bytes.fromhex("00 70 00 03"))],
    ),  # noise and a broken beginning
    (REQUESTS[1][0], "01 10 00 70 00 03 81 d4", []),  # wrong CRC
    (REQUESTS[1][0], "02 10 00 70 00 03 81 e0", []),  # another address
    (REQUESTS[1][0], "01 03 06 41 30 30 31 20 20 28 b7", []),  # another function
    (REQUESTS[1][0], "01 10 00 70 00 03 81", []),
    (REQUESTS[1][0], "01 " * 300, []),
    (REQUESTS[1][0], "ff " * 300, []),
]


@pytest.mark.parametrize(("asked", "wire", "replies"), REPLIES)
def test_replies_whole_byte_by_byte_and_with_more_behind(asked: bytes, wire: str, replies: list[Reply]) -> None:
    for stream in (bytes.fromhex(wire), bytes.fromhex(wire) + b"\x01\x10\x00"):
        for size in (1, 4, 500):
            parser = Replies()
            parser.sent(asked)
            assert [found for piece in pieces(stream, size) for found in parser.feed(piece)] == replies


def test_an_echo_is_no_reply_and_does_not_hide_one() -> None:
    asked = REQUESTS[1][0]
    answer = bytes.fromhex("01 10 00 70 00 03 81 d3")
    for wire, count in ((asked, 0), (asked + answer, 1), (answer, 1)):
        parser = Replies()
        parser.sent(asked)
        assert len([found for piece in pieces(wire, 2) for found in parser.feed(piece)]) == count


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_never_raise(stream: list[bytes]) -> None:
    parser, ear = Replies(), DigitsEar("modbus_dm36")
    parser.sent(modbus.read(1, 0))
    for piece in stream:
        parser.feed(piece)
        hear(ear, piece)


@pytest.mark.parametrize("address", [0, 248])
def test_an_address_is_1_to_247(address: int) -> None:
    with pytest.raises(ValueError, match="a board's address is 1 to 247"):
        modbus.read(address, 0)
