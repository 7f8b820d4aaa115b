"""The A0 90 codec against bytes worked out by hand, and read back by the virtual board, which shares no code with
it.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.protocols import PROTOCOLS, a090
from counter_display.protocols.a090 import Replies
from counter_display.protocols.language import Fitted, Reply, painted
from counter_display.virtual.devices.a090 import StripEar
from tests.hearing import hear
from tests.hearing import text as shown

# address, text, color, bytes. The first two are the known-good vectors of docs/devices.md; the others by hand from its
# byte table: 到 GBK b5bd, 3 33, 号 bac5; 请 c7eb; オ a5aa; ー a960; □ a1f5. The last byte is XOR over ADDR .. DATA.
FRAMES = [
    (3, "A001", "red", "a0 90 03 a5 00 08 41 00 30 00 30 00 31 00 de"),
    (255, "暂停服务", "red", "a0 90 ff a5 00 0c d4 dd 00 cd a3 00 b7 fe 00 ce f1 00 47"),
    (1, "到3号", "green", "a0 90 01 a5 00 08 b5 bd 01 33 01 ba c5 01 e9"),
    (0, "", "red", "a0 90 00 a5 00 00 a5"),
    (7, " ", "yellow", "a0 90 07 a5 00 02 20 02 82"),
    (1, "オ", "red", "a0 90 01 a5 00 03 a5 aa 00 a8"),
    (1, "ー", "red", "a0 90 01 a5 00 03 a9 60 00 6e"),
    (160, "€", "red", "a0 90 a0 a5 00 03 a1 f5 00 52"),
]


@pytest.mark.parametrize(("address", "text", "color", "wire"), FRAMES)
def test_frames_forward(address: int, text: str, color: str, wire: str) -> None:
    assert a090.encode(address, text, color).hex(" ") == wire


@pytest.mark.parametrize(("address", "text", "color", "wire"), FRAMES)
def test_frames_backward_whole_behind_noise_and_with_more_behind(
    address: int, text: str, color: str, wire: str
) -> None:
    raw = bytes.fromhex(wire)
    for stream in (raw, b"\x00\xa0\xff" + raw, raw + b"\xa0\x90\x01"):
        [heard] = hear(StripEar(), stream)
        assert (heard.address, heard.wrong, shown(heard)) == (address, (), text.replace("€", "□"))
        assert {sign.color for sign in heard.shows or []} <= {color}


def test_numbers_in_another_color() -> None:
    # By hand: 请 c7eb 到 b5bd 号 bac5 with 00, A 0 3 with 01. The board decodes what other writers send so, too.
    wire = "a0 90 03 a5 00 11 c7 eb 00 41 01 30 01 33 01 b5 bd 00 33 01 ba c5 00"
    frame = a090.encode(3, "请A03到3号", "red", number_color="green")
    assert frame.hex(" ") == f"{wire} 9d"
    [heard] = hear(StripEar(), frame)
    assert [sign.color for sign in heard.shows or []] == ["red", "green", "green", "green", "red", "green", "red"]


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("正在办理A001", [("正在办理", "red"), ("A001", "green")]),
        ("A001", [("A001", "green")]),
        ("Ａ００１→３", [("Ａ００１", "green"), ("→", "red"), ("３", "green")]),
        ("please wait", [("please wait", "red")]),
        ("", []),
    ],
)
def test_what_a_number_is(text: str, stretches: list[tuple[str, str]]) -> None:
    assert painted(text, "red", "green") == stretches
    assert painted(text, "red") == ([(text, "red")] if text else [])


def test_show_address_is_the_known_vector() -> None:
    assert a090.show_address(3).hex(" ") == "a0 90 03 a1 00 00 a2"


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("请A001到3号窗口", Fitted("请A001到3号窗口", "", "")),
        ("€5 😀", Fitted("□5 □", "€😀", "")),
        ("a\nb\x7f", Fitted("a□b□", "\n\x7f", "")),
        ("𠀀龘", Fitted("□龘", "𠀀", "")),
        ("窗" * 85, Fitted("窗" * 84, "", "窗")),
        ("A" * 128, Fitted("", "", "A" * 128)),  # a number is never cut
        ("窗" * 83 + "Ａ００１", Fitted("窗" * 83, "", "Ａ００１")),
        ("窗" * 83 + "A001", Fitted("窗" * 83, "", "A001")),
        ("A" + "窗" * 84 + "B", Fitted("A" + "窗" * 84, "", "B")),
    ],
)
def test_what_the_board_has_no_sign_or_no_room_for(text: str, fitted: Fitted) -> None:
    assert a090.fit(text) == fitted


@pytest.mark.parametrize("address", [-1, 256])
def test_an_address_is_one_byte(address: int) -> None:
    with pytest.raises(ValueError, match="a board's address is 0 to 255"):
        a090.encode(address, "A")


def test_a_frame_carries_254_bytes_at_most() -> None:
    assert a090.frame(1, 0xA5, bytes(254))[4:6] == b"\x00\xfe"
    with pytest.raises(ValueError, match="text: 255 bytes, a frame carries 254 at most; fit the text first"):
        a090.encode(1, "窗" * 85)


@given(st.integers(0, 255), st.text(max_size=140), st.sampled_from(["red", "green", "yellow"]))
def test_any_text_is_one_right_frame(address: int, text: str, color: str) -> None:
    ear = StripEar()
    [heard] = hear(ear, a090.encode(address, a090.fit(text).text, color))
    assert (ear.complaints, heard.wrong, shown(heard)) == ([], (), a090.fit(text).text)


REPLIES = [
    ("a0 90 03 a5 aa", [Reply(3, b"")]),
    ("a0 90 03 00 4f a5 aa", [Reply(3, b"\x00\x4f")]),
    ("a0 90 03 a5 aa a0 90 04 01 a5 aa", [Reply(3, b""), Reply(4, b"\x01")]),
    ("a0 90 a5 a5 aa", [Reply(0xA5, b"")]),
    ("a0 90 a5 aa 01 a5 aa", [Reply(0xA5, b"\xaa\x01")]),
    ("a0 90 aa a5 aa", [Reply(0xAA, b"")]),
    ("a0 90 a0 a5 aa", [Reply(0xA0, b"")]),
    ("ff 00 a0 a0 90 07 a5 aa", [Reply(7, b"")]),  # noise before the head
    ("a0 90 03 00 a0 90 07 a5 aa", [Reply(7, b"")]),  # the first answer was broken off
    ("a5 aa a0 90 07 a5 aa", [Reply(7, b"")]),  # an end without a head
    ("a0 90 03 " + "00 " * 80 + "a5 aa", []),  # too long to be an answer
    ("a0 90 03 a5 ab", []),
    ("a0 90", []),
    ("a5 aa a5 aa", []),
    ("00 " * 300, []),
]


@pytest.mark.parametrize(("wire", "replies"), REPLIES)
def test_replies_whole_byte_by_byte_and_with_more_behind(wire: str, replies: list[Reply]) -> None:
    raw = bytes.fromhex(wire)
    if len(raw) <= a090.LONGEST_REPLY:
        assert Replies().feed(raw) == replies
    parser = Replies()
    assert [reply for byte in raw for reply in parser.feed(bytes([byte]))] == replies
    assert parser.feed(bytes(80)) == [] and parser.feed(bytes.fromhex("a0 90 09 a5 aa")) == [Reply(9, b"")]


@pytest.mark.parametrize("text", ["A001", "オオ", ""])
@pytest.mark.parametrize("size", [1, 3, 500])
def test_an_echo_is_no_reply_and_does_not_hide_one(text: str, size: int) -> None:
    frame = a090.encode(1, text)
    for wire, replies in (
        (frame, []),
        (frame + b"\xa0\x90\x01\xa5\xaa", [Reply(1, b"")]),
        (b"\xa0\x90\x01\xa5\xaa", [Reply(1, b"")]),
    ):
        parser = Replies()
        parser.sent(frame)
        pieces = [wire[at : at + size] for at in range(0, len(wire), size)]
        assert [reply for piece in pieces for reply in parser.feed(piece)] == replies


def test_what_came_before_a_frame_is_no_answer_to_it() -> None:
    parser = Replies()
    parser.feed(b"\xa0\x90\x01")
    parser.sent(a090.encode(2, "A"))
    assert parser.feed(b"\xa5\xaa") == []


def test_the_registry_names_the_protocol_of_the_config() -> None:
    assert PROTOCOLS["a090"] is a090
