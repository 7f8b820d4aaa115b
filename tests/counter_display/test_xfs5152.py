"""The speech module XFS5152CE: known vectors, and read back by the virtual module."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_display.devices.speech import SpeechEar
from counter_display.protocols import xfs5152
from tests.hearing import hear

# The first is the known vector of devices.md 7; the others are constants of working programs; the last by hand.
FRAMES = [
    (xfs5152.speak("请A001号到3号窗口"), "fd 00 13 01 01 c7 eb 41 30 30 31 ba c5 b5 bd 33 ba c5 b4 b0 bf da", "speak"),
    (xfs5152.stop(), "fd 00 01 02", "stop"),
    (xfs5152.pause(), "fd 00 01 03", "pause"),
    (xfs5152.go_on(), "fd 00 01 04", "go on"),
    (xfs5152.ask(), "fd 00 01 21", "ask"),
    (xfs5152.speak("号", volume=10, speed=0), "fd 00 0d 01 01 5b 76 31 30 5d 5b 73 30 5d ba c5", "speak"),
]


@pytest.mark.parametrize(("frame", "wire", "order"), FRAMES)
def test_frames_forward_and_backward(frame: bytes, wire: str, order: str) -> None:
    assert frame.hex(" ") == wire
    [heard] = hear(SpeechEar(checksum=False), b"\x00" + frame + b"\xfd\x00")
    assert (heard.order, heard.wrong) == (order, ())


def test_answers_are_heard() -> None:
    parser = xfs5152.Answers()
    parser.sent(xfs5152.ask())
    assert parser.feed(xfs5152.ask() + b"\x4e") == ["busy"]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="fit the text first"):
        xfs5152.speak("[v1]")
    with pytest.raises(ValueError, match=r"\[s11\]: this module knows 0 to 10"):
        xfs5152.speak("号", speed=11)


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_one_right_frame(words: str) -> None:
    text = xfs5152.fit(words).text or "号"
    [heard] = hear(SpeechEar(checksum=False), xfs5152.speak(text))
    assert (heard.wrong, heard.data.decode()) == ((), text)
