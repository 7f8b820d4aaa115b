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
    assert ear.complaints[0][0] == "only 0C is understood after a line was written"


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
