"""The Alpha codec against a known packet and bytes by hand, and read back by the virtual sign."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.protocols import alpha
from counter_display.protocols.alpha import Replies
from counter_display.protocols.language import Fitted, Reply
from counter_display.virtual.devices.alpha import SignEar
from tests.hearing import hear, pieces, text

# The known packet of docs/devices.md (another encoder's, without its mark for a pause): label A, bottom line, rotating.
KNOWN = "00 00 00 00 00 01 5a 30 31 02 41 41 1b 26 61 41 30 30 31 20 2d 3e 20 33 03 30 32 44 39 04"
# By hand: fill (30), hold (62) or flash (63), color 1C and its digit; the sum runs from 02 to 03.
FRAMES = [
    (3, "A1", "red", "still", "00 00 00 00 00 01 5a 30 33 02 41 41 1b 30 62 1c 31 41 31 03 30 31 46 33 04"),
    (255, "7", "green", "flash", "00 00 00 00 00 01 5a 46 46 02 41 41 1b 30 63 1c 32 37 03 30 31 42 41 04"),
    (10, "", "yellow", "still", "00 00 00 00 00 01 5a 30 41 02 41 41 1b 30 62 1c 38 03 30 31 38 38 04"),
]


def test_the_known_packet() -> None:
    assert alpha.write_text(1, b"A001 -> 3", alpha.BOTTOM, alpha.ROTATE).hex(" ") == KNOWN
    [heard] = hear(SignEar(), b"\x41" + bytes.fromhex(KNOWN) + b"\x00")
    assert (heard.address, text(heard)) == (1, "A001 -> 3")


@pytest.mark.parametrize(("address", "words", "color", "effect", "wire"), FRAMES)
def test_frames_forward_and_backward(address: int, words: str, color: str, effect: str, wire: str) -> None:
    frame = alpha.encode(address, words, color, effect=effect)
    assert frame.hex(" ") == wire and max(frame) < 0x80
    [heard] = hear(SignEar(), frame)
    assert (heard.address, text(heard), {sign.color for sign in heard.shows or []}) == (
        address,
        words,
        {color} if words else set(),
    )


@pytest.mark.parametrize(
    ("words", "fitted"),
    [
        ("请A001到3号窗口", Fitted("A001 3", "", "")),
        ("A001 -> 3", Fitted("A001 -> 3", "", "")),
        ("暂停服务", Fitted("", "暂停服务", "")),
        ("word " * 24 + "A00001", Fitted(("word " * 24).strip(), "", "A00001")),  # 126 letters
        ("A" * 126, Fitted("", "", "A" * 126)),
    ],
)
def test_what_fits(words: str, fitted: Fitted) -> None:
    assert alpha.fit(words) == fitted


@pytest.mark.parametrize(
    ("words", "why"),
    [("A" * 126, "a frame carries 125 at most"), ("请", "ASCII letters only"), ("a\x04", "ASCII letters only")],
)
def test_what_was_not_fitted_is_refused(words: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        alpha.encode(1, words)


@given(st.integers(1, 255), st.text(max_size=160), st.sampled_from(["red", "green", "yellow"]))
def test_any_text_is_one_right_packet(address: int, words: str, color: str) -> None:
    ear, fitted = SignEar(), alpha.fit(words).text
    [heard] = hear(ear, alpha.encode(address, fitted, color))
    assert (ear.complaints, heard.wrong, heard.address, text(heard)) == ([], (), address, fitted)


REPLIES = [
    (b"\x06", [Reply(3, b"\x06")]),
    (b"\x15", [Reply(3, b"\x15", "the sign refused the packet")]),
    (b"\x00\xff\x06", [Reply(3, b"\x06")]),
    (b"\x00" * 300, []),
    (b"", []),
]


@pytest.mark.parametrize(("wire", "replies"), REPLIES)
def test_acknowledgements_behind_an_echo_and_without(wire: bytes, replies: list[Reply]) -> None:
    frame = alpha.encode(3, "A001")
    for stream in (wire, frame + wire):
        for size in (1, 500):
            parser = Replies()
            parser.sent(frame)
            assert [found for piece in pieces(stream, size) for found in parser.feed(piece)] == replies


@given(st.binary(max_size=200))
def test_any_bytes_never_raise(stream: bytes) -> None:
    Replies().feed(stream)
    hear(SignEar(), stream)
