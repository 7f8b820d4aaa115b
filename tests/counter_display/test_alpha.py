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


def test_numbers_in_another_color() -> None:
    frame = alpha.encode(3, "A1 to 3", "red", number_color="green")
    assert b"\x1b0b\x1c2A1\x1c1 to \x1c23\x03" in frame
    [heard] = hear(SignEar(), frame)
    colors = [sign.color[0] for sign in heard.shows or []]
    assert (text(heard), "".join(colors)) == ("A1 to 3", "ggrrrrg")


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


WAKE = b"\0" * 5 + b"\x01"


def said(*packets: bytes) -> tuple[str, SignEar]:
    """What a sign shows at last that has heard these packets, which must not complain; and the sign."""
    ear = SignEar()
    heard = [one for packet in packets for one in hear(ear, packet)]
    assert ear.complaints == [] and len(heard) == len(packets)
    return text(heard[-1]), ear


@pytest.mark.parametrize("position", [b" ", b'"', b"&", b"0", b"1", b"2"])
@pytest.mark.parametrize("mode", [bytes([m]) for m in b"abcefghijklmopqrstuv"] + [b"n0", b"n9", b"nC", b"nS", b"nZ"])
def test_every_position_and_mode_with_no_checksum(position: bytes, mode: bytes) -> None:
    assert said(WAKE + b"Z01\x02AA\x1b" + position + mode + b"A001\x04")[0] == "A001"


# Bytes between the wake-up and 04, what is shown. Sums are left out where they may be (9708-8061 4.1.1).
PACKETS = [
    (b"Z01\x02AAA001", "A001"),  # no position, no mode
    (b"Z01\x02A \x1b0bA001", "A001"),  # the first label there is
    (b"?01\x02AAA001", "A001"),
    (b"^01\x02AAA001", "A001"),
    (b"!01\x02AAA001", "A001"),
    (b"Z01\x02AAold\x02AAA001", "A001"),  # two commands, no checksums
    (b"Z01\x02AA1\x0300B8\x02AA2\x0300B9", "2"),  # each with its own: 02 41 41 31 03 is B8
    (b"Z01\x02GBA001\x02AA\x1b0bTo \x10B!", "To A001!"),  # a string file, called by a text
    (b"Z01\x02A0URGENT\x02AAA001", "URGENT"),  # the priority file goes first
    (b"Z01\x02A0URGENT\x02AAA001\x02A0", "A001"),  # until it is empty
    (b"Z01\x02AAone\x02ABtwo\x02E.TUA", "one"),  # run sequence
    (b"Z01\x02AAone\x02E$", ""),  # memory cleared
    (b"Z01\x02E$AAU0064FFFFBBL00200000CDU07104000\x02AAA001", "A001"),  # memory laid out: text, string, dots
    (b"Z01\x02IC0203120\r012\r\x02AA\x14C1", "▦1"),  # small dots, called by a text
    (b"Z01\x02E 1345\x02E;112926\x02E&1\x02E'M\x02E!00\x02E,\x02E(A\x02AA\x13", "1345"),
    (b"Z01\x02AA\x1a3\x125\x11\x15\x19\x071A\x070\x1d01\x1e1\x05100\x0c1\r2", "5A00 1 2"),
    (b"Z01\x02AA\x1b0bone\x1b bn", "one n"),
]


@pytest.mark.parametrize(("packet", "shows"), PACKETS)
def test_every_kind_of_packet(packet: bytes, shows: str) -> None:
    assert said(WAKE + packet + b"\x04")[0] == shows


@pytest.mark.parametrize(
    ("digit", "color"),
    [*zip("1245", ["red", "green", "red", "green"], strict=True), *((d, "yellow") for d in "36789ABC")],
)
def test_every_color(digit: str, color: str) -> None:
    [heard] = hear(SignEar(), WAKE + b"Z01\x02AA\x1c" + digit.encode() + b"A\x04")
    assert {sign.color for sign in heard.shows or []} == {color}


@pytest.mark.parametrize(
    ("whom", "told"),
    [
        (b"Z00", set(range(256))),
        (b"Z??", set(range(256))),
        (b"Z1?", set(range(0x10, 0x20))),
        (b"Z?A", set(range(0x0A, 256, 16))),
        (b"Z01,Z03", {1, 3}),
    ],
)
def test_one_packet_for_several_signs(whom: bytes, told: set[int]) -> None:
    [heard] = hear(SignEar(), WAKE + whom + b"\x02AAA001\x04")
    assert {a for a in range(256) if heard.reaches(a)} == told
    assert {"".join(sign.text for sign in heard.picture(a) or []) for a in told} == {"A001"}


def test_signs_keep_their_own_files() -> None:
    ear = SignEar()
    hear(ear, WAKE + b"Z01\x02A0ONE\x04" + WAKE + b"Z02\x02AAtwo\x04")
    [heard] = hear(ear, WAKE + b"Z00\x02AAall\x04")
    assert ["".join(sign.text for sign in heard.picture(a) or []) for a in (1, 2)] == ["ONE", "all"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (b"\x02BA", b"\x02AAA001\x03"),
        (b"\x02F;", b"\x02E;112926\x03"),
        (b"\x02F$", b"\x02E$AAU0064FFFF\x03"),
        (b"\x02HB", b"\x02GBhi\x03"),
    ],
)
def test_what_is_read_is_sent(asked: bytes, answer: bytes) -> None:
    told = b"Z01\x02E$AAU0064FFFF\x02AAA001\x02GBhi\x02E;112926"
    _, ear = said(WAKE + told + b"\x04")
    [heard] = hear(ear, WAKE + b"Z01" + asked + b"\x04")
    assert heard.reply == WAKE + b"001" + answer + b"%04X" % sum(answer) + b"\x04" and heard.shows is None


def test_a_sign_is_given_another_address() -> None:
    _, ear = said(WAKE + b"Z01\x02AAA001\x04")
    [heard] = hear(ear, WAKE + b"Z01\x02E71F\x04")
    assert (heard.address, heard.order, heard.data) == (1, "readdress", b"\x1f")
    assert hear(ear, WAKE + b"Z1F\x02BA\x04")[0].reply[9:15] == b"\x02AAA00"


@pytest.mark.parametrize(
    ("packet", "what"),
    [
        (b"Z01\x02AA\x1b3bA", "position 33 is none of this sign"),
        (b"Z01\x02AA\x1b0dA", "mode 'd' is none of this sign"),
        (b"Z01\x02AA\x1b0nDA", "special mode 'D' is none of this sign"),
        (b"Z01\x02AA\x1cXA", "color 'X' is none of this sign"),
        (b"Z01\x02AA1\x0300B9", "checksum 00B9 should be 00B8"),
        (b"Z01\x02ZA", "command 'Z' is unknown to this sign"),
        (b"Z01\x02E~", "special function '~' is unknown to this sign"),
        (b"Z01\x02E 2561", "special function ' ': '2561' is not what it takes"),
        (b"Z0G\x02AA", "b'Z0G' is no kind of sign with an address of two digits"),
        (b"Z01", "no 02: the packet has no command"),
        (b"Z01\x02AA\x1fA", "control 1f is unknown to this sign"),
    ],
)
def test_one_mistake_is_one_complaint(packet: bytes, what: str) -> None:
    ear = SignEar()
    assert hear(ear, WAKE + packet + b"\x04") == []
    assert [said for said, _ in ear.complaints] == [what]


def test_however_much_noise_is_one_complaint() -> None:
    ear = SignEar()
    assert text(hear(ear, b"HELLO\xffWORLD" + WAKE + b"Z01\x02AA7\x04")[-1]) == "7"
    assert [what for what, _ in ear.complaints] == ["no head 01"]


REPLIES = [
    (b"\x06", [Reply(3, b"\x06")]),
    (b"\x15", [Reply(3, b"\x15", alpha.NAK)]),
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
