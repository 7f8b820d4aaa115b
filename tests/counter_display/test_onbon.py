"""The Onbon codec against the known vector and the maker's examples, and read back by the virtual card, which shares
no code with it.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Text
from counter_display.protocols import onbon
from counter_display.protocols.language import Fitted, Reply
from counter_display.protocols.onbon import Replies
from counter_display.virtual.devices.onbon import CardEar, remainder
from tests.hearing import hear, pieces, text

HEAD = "a5 a5 a5 a5 a5 a5 a5 a5 "
# The known vector of docs/devices.md: an independent encoder makes the same bytes, the maker's own parser accepts them.
KNOWN = (
    "a5a5a5a5a5a5a5a501000080000000000000fe023300a30602000000012a0000000000001800200000000002000000000202010004050f000000"
    "41303031bac5b5bd33bac5b4b0bfdae98a5a"
)
# The maker's examples: a card's acknowledgement (CRC 14 ac), and a command of five bytes (CRC 2c f8).
DONE = HEAD + "00 80 fe ff 00 00 00 00 00 00 fe 02 05 00 a0 00 00 00 00 14 ac 5a"
FORMAT = HEAD + "01 00 00 80 00 00 00 00 00 00 fe 02 05 00 a1 00 01 00 00 2c f8 5a"


def reply(screen: int, *record: int) -> bytes:
    """A card's answer, made by hand: host 8000, the record, CRC."""
    body = bytes([0, 0x80, screen & 255, screen >> 8, 0, 0, 0, 0, 0, 0, 0xFE, 2, len(record), 0, *record])
    check = remainder(body)
    raw = body + bytes([check & 255, check >> 8])
    for plain, escaped in (
        (b"\xa6", b"\xa6\x01"),
        (b"\xa5", b"\xa6\x02"),
        (b"\x5b", b"\x5b\x01"),
        (b"\x5a", b"\x5b\x02"),
    ):
        raw = raw.replace(plain, escaped)
    return b"\xa5" * 8 + raw + b"\x5a"


def test_the_known_vector() -> None:
    assert onbon.area(1, "A001号到3号窗口", 24, 32, onbon.NEED_NOT).hex() == KNOWN.replace(" ", "")


def test_the_makers_command_example() -> None:
    assert onbon.frame(1, bytes.fromhex("a1 00 01 00 00")).hex(" ") == FORMAT


def test_the_virtual_card_reads_the_known_vector_and_answers_only_when_asked_to() -> None:
    [heard] = hear(CardEar(), b"\x00\xff" + bytes.fromhex(KNOWN) + b"\xa5\xa5")
    assert (heard.address, text(heard), heard.reply, heard.wrong) == (1, "A001号到3号窗口", b"", ())
    [heard] = hear(CardEar(), onbon.encode(1, "A001号到3号窗口", columns=24, rows=32))
    assert heard.reply == reply(1, 0xA0, 0, 0, 0, 0)


def test_all_four_escapes() -> None:
    """Z is 5A, [ is 5B, ア is A5 A2, Ω is A6 B8."""
    frame = onbon.encode(1, "Z[アΩ")
    inside = frame[8:-1]
    assert b"\x5b\x02\x5b\x01\xa6\x02\xa2\xa6\x01\xb8" in inside and b"\xa5" not in inside and b"\x5a" not in inside
    [heard] = hear(CardEar(), frame)
    assert text(heard) == "Z[アΩ"


@pytest.mark.parametrize(
    ("words", "fitted"),
    [
        ("请A001到3号窗口", Fitted("请A001到3号窗口", "", "")),
        ("𠀀A\\n1", Fitted("□A＼n1", "𠀀", "")),  # a backslash would begin an escape of the card
        ("窗" * 99 + "A001", Fitted("窗" * 99, "", "A001")),
        ("窗" * 101, Fitted("窗" * 100, "", "窗")),
    ],
)
def test_what_fits(words: str, fitted: Fitted) -> None:
    assert onbon.fit(words) == fitted


def test_a_text_wider_than_the_area_runs() -> None:
    """Single line and no wrap (01 01), to the left (03); otherwise 02 02 01 as in the known vector."""
    assert onbon.area(1, "暂停服务", 8, 16).hex(" ").count("02 02 01 00 04 05 08 00 00 00") == 1
    assert onbon.area(1, "暂停服务 ", 8, 16).hex(" ").count("01 01 03 00 04 05 09 00 00 00") == 1
    assert onbon.area(1, "暂停服务 ", 8, 32).hex(" ").count("02 02 01 00 04 05 09 00 00 00") == 1  # two rows


def test_what_cannot_be_said() -> None:
    with pytest.raises(ValueError, match="a board's address is 1 to 32767"):
        onbon.encode(0, "A")
    with pytest.raises(ValueError, match="text: 202 bytes, a frame carries 200 at most; fit the text first"):
        onbon.encode(1, "窗" * 101)


@given(st.integers(1, 0x7FFF), st.text(max_size=120), st.sampled_from([8, 16, 24]))
def test_any_text_is_one_right_frame(address: int, words: str, columns: int) -> None:
    ear, fitted = CardEar(), onbon.fit(words).text
    [heard] = hear(ear, onbon.encode(address, fitted, columns=columns))
    assert (ear.complaints, heard.wrong, heard.address, text(heard)) == ([], (), address, fitted or " ")
    [ping] = hear(ear, onbon.probe(address))
    assert (ping.address, ping.shows, ping.wrong) == (address, None, ()) and ping.reply


REPLIES = [
    (
        bytes.fromhex(DONE),
        [Reply(7, bytes.fromhex("a0 00 00 00 00"))],
    ),  # from the broadcast address: of the card that was asked
    (reply(1, 0xA0, 0, 0, 0, 0), [Reply(1, bytes([0xA0, 0, 0, 0, 0]))]),
    (reply(0x5A, 0xA0, 0, 0, 0, 0), [Reply(0x5A, bytes([0xA0, 0, 0, 0, 0]))]),  # escaped
    (
        reply(1, 0xA0, 1, 3, 0, 0),
        [
            Reply(
                1,
                bytes([0xA0, 1, 3, 0, 0]),
                Text("控制卡不接受：组 a0，命令 01，错误 03", "the card refused: group a0, command 01, error 03"),
            )
        ],
    ),
    (reply(1, 0xA2, 0, 0, 0, 0, 1, 2, 3), [Reply(1, bytes([0xA2, 0, 0, 0, 0, 1, 2, 3]))]),
    (b"\x00\xa5" + reply(1, 0xA0, 0, 0, 0, 0), [Reply(1, bytes([0xA0, 0, 0, 0, 0]))]),
    (
        reply(1, 0xA0, 0, 0, 0, 0)[:-4] + reply(2, 0xA0, 0, 0, 0, 0),
        [Reply(2, bytes([0xA0, 0, 0, 0, 0]))],
    ),  # the first was broken off
    (bytes.fromhex(DONE.replace("14 ac", "14 ad")), []),
    (bytes.fromhex(HEAD + "5a"), []),
    (bytes.fromhex(HEAD + "a6 03 5b 5a"), []),
    (bytes.fromhex(HEAD + "00 5a 5a 5a"), []),
    (b"\x5a" * 50, []),
    (bytes(2000), []),
]


@pytest.mark.parametrize(("wire", "replies"), REPLIES)
def test_replies_whole_byte_by_byte_and_with_more_behind(wire: bytes, replies: list[Reply]) -> None:
    for size in (1, 7, len(wire)):
        parser = Replies()
        parser.sent(onbon.probe(7))
        assert [found for piece in pieces(wire, size) for found in parser.feed(piece)] == replies
        assert parser.feed(b"\x5a" + reply(9, 0xA0, 0, 0, 0, 0) + b"\xa5") == [Reply(9, bytes([0xA0, 0, 0, 0, 0]))]


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_never_raise(stream: list[bytes]) -> None:
    parser, ear = Replies(), CardEar()
    parser.sent(onbon.encode(1, "A"))
    for piece in stream:
        parser.feed(piece)
        hear(ear, piece)


@pytest.mark.parametrize("size", [1, 3, 500])
def test_an_echo_behind_noise_is_no_reply_either(size: int) -> None:
    frame = onbon.encode(1, "A001")
    parser = Replies()
    parser.sent(frame)
    assert [reply for piece in pieces(b"\xff" + frame, size) for reply in parser.feed(piece)] == []


@pytest.mark.parametrize("size", [1, 3, 500])
def test_an_echo_is_no_reply_and_does_not_hide_one(size: int) -> None:
    frame, answer = onbon.encode(1, "A001"), reply(1, 0xA0, 0, 0, 0, 0)
    parser = Replies()
    parser.sent(frame)
    assert [r.address for piece in pieces(frame + answer, size) for r in parser.feed(piece)] == [1]
