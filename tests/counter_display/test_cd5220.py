"""The CD5220 line display: bytes from the manual's tables, and read back by the virtual display."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter_display.protocols import cd5220
from counter_display.protocols.cd5220 import Replies
from counter_display.protocols.language import Fitted
from counter_display.virtual.devices.cd5220 import LineEar
from tests.hearing import hear, text

# text, bytes: 1B 51 41 and twenty letters and 0D, then the same with 42
FRAMES = [
    ("A001", "1b 51 41 41 30 30 31" + " 20" * 16 + " 0d 1b 51 42" + " 20" * 20 + " 0d"),
    (
        "A001\nCOUNTER 3",
        "1b 51 41 41 30 30 31" + " 20" * 16 + " 0d 1b 51 42 43 4f 55 4e 54 45 52 20 33" + " 20" * 11 + " 0d",
    ),
    ("", "1b 51 41" + " 20" * 20 + " 0d 1b 51 42" + " 20" * 20 + " 0d"),
]


@pytest.mark.parametrize(("words", "wire"), FRAMES)
def test_frames_forward_and_backward(words: str, wire: str) -> None:
    assert cd5220.encode(0, words).hex(" ") == wire
    upper, _, lower = words.partition("\n")
    for stream in (bytes.fromhex(wire), b"\x00\xff" + bytes.fromhex(wire) + b"\x1b\x51"):
        heard = hear(LineEar(), stream)
        assert text(heard[-1]) == f"{upper:20}\n{lower:20}" and not heard[-1].wrong


@pytest.mark.parametrize(("percent", "level"), [(1, 1), (25, 1), (26, 2), (50, 2), (75, 3), (76, 4), (100, 4), (0, 1)])
def test_brightness_after_a_clear(percent: int, level: int) -> None:
    assert cd5220.brightness(0, percent) == bytes([0x0C, 0x1B, 0x2A, level])
    ear = LineEar()
    hear(ear, cd5220.encode(0, "A001"))
    assert hear(ear, cd5220.brightness(0, percent))[-1].bright == level * 25 and not ear.complaints


def test_the_display_understands_only_a_clear_after_a_line() -> None:
    ear = LineEar()
    hear(ear, cd5220.encode(0, "A001") + b"\x1b\x2a\x01")
    assert ear.complaints[0][0] == "only 0C and 18 are understood after a line was written"


def shown(stream: bytes) -> tuple[str, str]:
    """Both lines of a display that has heard this, which must not complain of it."""
    ear = LineEar()
    heard = hear(ear, stream)
    assert ear.complaints == []
    upper, _, lower = text(heard[-1]).partition("\n")
    return upper.rstrip(), lower.rstrip()


# What the manuals' command lists say of commands that our encoder never sends: bytes, both lines.
COMMANDS = [
    (b"\x1b\x11HELLO", "HELLO", ""),  # ESC DC1: overwrite mode
    (b"HELLO\x0bJ", "JELLO", ""),  # HOM
    (b"HELLO\x1b[HJ", "JELLO", ""),
    (b"A" * 20 + b"B", "A" * 20, "B"),
    (b"A" * 40 + b"B", "B" + "A" * 19, "A" * 20),
    (b"\x1b\x12" + b"A" * 20 + b"B" * 20, "B" * 20, ""),  # ESC DC2: the lower line moves up
    (b"\x1f\x02" + b"A" * 20 + b"B" * 20 + b"C", "B" * 20, "C"),
    (b"\x1b\x13" + b"0123456789" * 2 + b"XYZ", "34567890123456789XYZ", ""),  # ESC DC3: pushed to the left
    (b"\x1b\x13\x1b\x57\x01\x04\x0a\x01VIEWPORTTEXT", "   ORTTEXT", ""),  # ESC W: in a window only
    (b"\x1b\x57\x01\x05\x0a\x02\x1b\x13\x1b\x6c\x05\x02TEST", "", "    TEST"),
    (b"\x1b\x57\x01\x01\x03\x01\x1b\x57\x00\x01\x14\x01\x1b\x13ABCDE", "ABCDE", ""),  # and taken away
    (b"\x1b\x57\x00\x1b\x13ABCDE", "ABCDE", ""),
    (b"A\x0aB\x0aC", "A C", " B"),  # LF: the other line, the same column
    (b"A\x1b[BB\x1b[AC", "A C", " B"),
    (b"A\x1f\x0aB", "A", " B"),
    (b"\x1b\x12A\x0aB\x0aC", " B", "  C"),  # in vertical mode it scrolls
    (b"ABC\x08D", "ABD", ""),  # BS
    (b"ABC\x1b[D\x1b[DD", "ADC", ""),
    (b"\x08Z", "", " " * 19 + "Z"),
    (b"A\x09B\x1b[CC", "A B C", ""),  # HT
    (b"AB\x0dC", "CB", ""),  # CR
    (b"AB\x1b[LC", "CB", ""),
    (b"\x1b[RA", " " * 19 + "A", ""),
    (b"\x1f\x0dA", " " * 19 + "A", ""),
    (b"\x1b[KA", "", " " * 19 + "A"),  # ESC [ K: the lower line's end
    (b"\x1f\x42A", "", " " * 19 + "A"),
    (b"\x1b\x6c\x03\x02A", "", "  A"),  # ESC l x y
    (b"\x1f\x24\x14\x01A", " " * 19 + "A", ""),
    (b"A\x0aB\x18C", "A", "C"),  # CAN: only the cursor's line
    (b"AB\x0cC", "C", ""),  # CLR
    (b"AB\x1b\x40C", "C", ""),  # ESC @
    (b"\x1b\x5f\x00A\x1b\x5f\x01B", "AB", ""),  # ESC _: cursor off, on
    (b"\x1b\x66\x47#@[\\]~", "#§ÄÖÜß", ""),  # ESC f G: Germany
    (b"\x1b\x63\x41\x9cA", "£A", ""),  # ESC c A
    (b"\x1b\x63\x4a\xb1A", "ｱA", ""),  # ESC c J
    (b"\x1b\x3d\x01printer\x0c\x1b\x40\x1b\x3d\x02A", "A", ""),  # ESC =: not for the display
    (b"\x1b\x26\x01\x41\x42\x05\x01\x02\x03\x04\x05\x02\x0c\x1bAB\x1b\x25\x01ABC\x1b\x3f\x41AB", "AB▯▯CA▯", ""),
    (b"\x1b\x73\x01\x1b\x64\x01\x1b\x23\x31\x1b\x52\x01\x1b\x74\x00A", "A", ""),
    (b"\x1f\x40\x1f\x45\x00\x1f\x43\x00\x1f\x72\x01A", "A", ""),
    (b"\x1b\x62" + bytes(400) + b"A", "A", ""),
    (b"\x1bQDa long line that runs around\x0d", "a long line that run", ""),
    (b"\x1bQDrunning\x0dA", "A", ""),  # the next command ends it
    (b"\x1bQCrunning\x0d", "", "running"),
    (b"\x1bQAup\x0d\x1bQBdown\x0d\x18A", "up", "A"),
]


@pytest.mark.parametrize(("stream", "upper", "lower"), COMMANDS)
def test_every_command_of_the_published_lists(stream: bytes, upper: str, lower: str) -> None:
    assert shown(stream) == (upper, lower)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_brightness_in_both_dialects(level: int) -> None:
    for command in (b"\x1b\x2a", b"\x1f\x58"):
        assert hear(LineEar(), command + bytes([level]))[-1].bright == level * 25


@pytest.mark.parametrize(
    ("stream", "what"),
    [
        (b"\x1b\x7aA", "1b 7a is no command of this display"),
        (b"\x07A", "07 is no command of this display"),
        (b"\x1b\x2a\x05A", "brightness 5 is none of 1 to 4"),
        (b"\x1b\x6c\x15\x01A", "column 21, line 1: this display has 20 columns and 2 lines"),
        (b"\x1b\x57\x01\x0a\x04\x01A", "1b 57 01 0a 04 01 is no window"),
        (b"\x1bQEA", "1b 51 45 is no line of this display"),
        (b"\x1bQA" + b"A" * 21 + b"\x0d\x0cA", "a line of more than 20 letters"),
        (b"\x1b\x66\x5aA", "1b 66 5a is no nation's characters"),
    ],
)
def test_one_mistake_is_one_complaint_and_the_next_letter_is_shown(stream: bytes, what: str) -> None:
    ear = LineEar()
    assert text(hear(ear, stream)[-1]).startswith("A ") and [said for said, _ in ear.complaints] == [what]


def test_what_is_not_understood_in_string_mode_is_complained_of_once() -> None:
    ear = LineEar()
    heard = hear(ear, b"\x1bQAup\x0d\x1b\x11HELLO\x1b\x6c\x01\x02WORLD")
    assert text(heard[-1]).split() == ["up"] and len(ear.complaints) == 1


@pytest.mark.parametrize(
    ("words", "fitted"),
    [
        ("A001 to counter 3", Fitted("A001 to counter 3", "", "")),
        ("A001 please come to counter 12", Fitted("A001 please come to\ncounter 12", "", "")),
        ("A001\n3", Fitted("A001\n3", "", "")),
        ("请A001到3号窗口", Fitted("A001 3", "", "")),
        ("暂停服务", Fitted("", "暂停服务", "")),
        ("A" * 21, Fitted("", "", "A" * 21)),
        (
            "one two three four five six seven eight nine ten",
            Fitted("one two three four\nfive six seven eight", "", "nine ten"),
        ),
        ("A001→3", Fitted("A001 3", "→", "")),  # never A0013
        ("A001① Ａ００２", Fitted("A001 A002", "①", "")),
        ("caf€ 5", Fitted("caf 5", "€", "")),
    ],
)
def test_what_fits(words: str, fitted: Fitted) -> None:
    assert cd5220.fit(words) == fitted


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("A" * 21, "a frame carries 20 at most"),
        ("请", "ASCII letters only"),
        ("a\nb\nc", "ASCII letters only"),
        ("a\rb", "ASCII"),
    ],
)
def test_what_was_not_fitted_is_refused(words: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        cd5220.encode(0, words)


@given(st.text(max_size=80))
def test_any_text_is_two_right_lines(words: str) -> None:
    ear, fitted = LineEar(), cd5220.fit(words).text
    heard = hear(ear, cd5220.encode(0, fitted))
    upper, _, lower = fitted.partition("\n")
    assert ear.complaints == [] and text(heard[-1]) == f"{upper:20}\n{lower:20}"


@given(st.binary(max_size=80))
def test_any_bytes_are_no_reply_and_break_no_display(stream: bytes) -> None:
    assert Replies().feed(stream) == []
    hear(LineEar(), stream)


def test_it_has_no_address() -> None:
    with pytest.raises(ValueError, match="a board's address is 0 to 0"):
        cd5220.encode(1, "A")
