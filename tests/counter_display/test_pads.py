"""Call pads and raters: the known vectors, bytes made by hand from devices' tables, and every kind of broken stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.protocols import pads
from counter_display.protocols.pads import Frame, Frames, Press, Score

# what the host says, and the bytes. The first three are known vectors of a working system; the others by hand:
# SUM is ADDR + FUNC + DATA, L is 2 + length of DATA.
SAID = [
    (pads.beep(5), "ff 68 02 02 68 05 03 08 16"),
    (pads.sign(5, True), "ff 68 03 03 68 05 02 01 08 16"),
    (pads.digits(5, "123"), "ff 68 05 05 68 05 02 01 02 03 0d 16"),
    (pads.sign(5, False), "ff 68 03 03 68 05 02 00 07 16"),
    (pads.digits(9, "  4 17"), "ff 68 08 08 68 09 02 0a 0a 04 0a 01 07 35 16"),
    (pads.stars(7, 5), "ff 68 03 03 68 07 02 05 0e 16"),
    (pads.start_rating(7), "ff 68 03 03 68 07 01 0b 13 16"),
    (pads.thanks(5, 3), "ff 68 03 03 68 05 01 03 09 16"),
    (pads.beep(255), "ff 68 02 02 68 ff 03 02 16"),  # the sum runs over
]

# bytes from a pad or rater, and what they mean
HEARD = [
    ("ff 68 03 03 68 05 01 0c 12 16", Press(5, "", "call")),
    ("ff 68 03 03 68 05 01 0d 13 16", Press(5, "", "recall")),
    ("ff 68 04 04 68 05 01 05 0f 1a 16", Press(5, "5", "function")),
    ("ff 68 06 06 68 05 01 01 02 03 0c 18 16", Press(5, "123", "call")),
    ("ff 68 03 03 68 05 01 12 18 16", Press(5, "", "pause")),
    ("ff 68 03 03 68 05 01 11 17 16", Press(5, "", "one_metre")),
    ("ff 68 03 03 68 05 01 2a 30 16", Press(5, "", "2a")),  # a key of another vendor
    ("ff 68 03 03 68 05 11 03 19 16", Score(5, 3)),
    ("ff 68 03 03 68 68 11 00 79 16", Score(0x68, 0)),
    ("ff 68 02 02 68 05 11 16 16", None),  # a score of nothing
    ("ff 68 02 02 68 05 03 08 16", None),  # only a host beeps
    ("ff 68 05 05 68 05 02 01 02 03 0d 16", None),
    ("ff 68 04 04 68 05 01 0c 0c 1e 16", None),  # two keys at once
]

GARBAGE = [
    "",
    "ff",
    "ff 68",
    "00 " * 300,
    "ff " * 300,
    "ff 68 " * 100,
    "ff 68 03 03 68 05 01 0c 13 16",  # wrong sum
    "ff 68 03 03 68 05 01 0c 12 17",  # wrong end
    "ff 68 03 04 68 05 01 0c 12 16",  # lengths differ
    "ff 68 03 03 69 05 01 0c 12 16",  # wrong mark
    "ff 68 01 01 68 05 05 16",  # too short to have a function
    "ff 68 ff ff 68 05 01 0c 12 16",  # longer than any pad's
    "ff 68 03 03 68 05 01 0c 12",  # one of the known writers forgets the end
]


@pytest.mark.parametrize(("frame", "wire"), SAID)
def test_what_the_host_says(frame: bytes, wire: str) -> None:
    assert frame.hex(" ") == wire


@pytest.mark.parametrize("wire", [wire for _, wire in SAID] + [wire for wire, _ in HEARD])
def test_a_frame_whole_byte_by_byte_and_with_more_around(wire: str) -> None:
    raw = bytes.fromhex(wire)
    frame = Frame(raw[5], raw[6], raw[7:-2], raw)
    assert Frames().feed(raw) == [frame]
    parser = Frames()
    assert [found for byte in raw for found in parser.feed(bytes([byte]))] == [frame]
    for before in (b"\x00", b"\xff", b"\xff\xff\x68\x05", raw[:-1], raw[:5], b"\xa0\x90\x03\xa5\xaa"):
        parser = Frames()
        assert parser.feed(before + raw + raw[:4]) == [frame]
        assert parser.feed(raw[4:]) == [frame]


@pytest.mark.parametrize(("wire", "meaning"), HEARD)
def test_what_it_means(wire: str, meaning: Press | Score | None) -> None:
    [frame] = Frames().feed(bytes.fromhex(wire))
    assert pads.heard(frame) == meaning
    assert pads.encode(frame.address, frame.function, frame.data) == frame.raw


@pytest.mark.parametrize("wire", GARBAGE)
def test_garbage_is_nothing_and_hides_nothing(wire: str) -> None:
    parser = Frames()
    assert parser.feed(bytes.fromhex(wire)) == []
    assert [frame.raw for frame in parser.feed(pads.beep(5))] == [pads.beep(5)]


@given(st.lists(st.binary(max_size=30)))
def test_any_bytes_never_raise_nor_pile_up(pieces: list[bytes]) -> None:
    parser = Frames()
    for piece in pieces:
        for frame in parser.feed(piece):
            pads.heard(frame)
    parser.feed(bytes(60))
    assert [frame.raw for frame in parser.feed(pads.beep(1))] == [pads.beep(1)]


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=pads.LONGEST_DATA), st.integers(1, 50))
def test_any_frame_comes_back_from_any_pieces(address: int, function: int, data: bytes, size: int) -> None:
    wire = pads.encode(address, function, data) * 2
    parser = Frames()
    pieces = [wire[at : at + size] for at in range(0, len(wire), size)]
    found = [frame for piece in pieces for frame in parser.feed(piece)]
    assert [(f.address, f.function, f.data) for f in found] == [(address, function, data)] * 2


def test_the_adapters_echo_is_no_press_and_hides_none() -> None:
    call = pads.encode(5, 1, b"\x0c")
    parser = Frames()
    parser.sent(call)  # the host echoes the pad, the adapter echoes the host
    assert parser.feed(call[:4]) == [] and parser.feed(call[4:]) == []
    assert [frame.raw for frame in parser.feed(call)] == [call]  # pressed again


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: pads.beep(256), "a pad's address is 0 to 255"),
        (lambda: pads.digits(1, "A001"), "a pad shows 0 to 9 and spaces"),
        (lambda: pads.digits(1, ""), "one place at least"),
        (lambda: pads.digits(1, "1" * 33), "a pad takes 32 at most"),
        (lambda: pads.stars(1, 6), "a rater shows 0 to 5"),
    ],
)
def test_what_cannot_be_said(make: object, why: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=why):
        make()
