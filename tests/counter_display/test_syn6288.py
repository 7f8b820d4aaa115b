"""The speech module SYN6288: known vectors, and read back by the virtual module."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter_display.devices.speech import SpeechEar
from counter_display.protocols import syn6288
from tests.hearing import hear, pieces

# The first three are the known vectors of devices.md 7; the last by hand: [v5][t1] before 号 (ba c5), L = 8 + 2 + 3 = 0d.
FRAMES = [
    (syn6288.speak("请A001号到3号窗口"), "fd 00 14 01 01 c7 eb 41 30 30 31 ba c5 b5 bd 33 ba c5 b4 b0 bf da ef"),
    (syn6288.stop(), "fd 00 02 02 fd"),
    (syn6288.ask(), "fd 00 02 21 de"),
    (syn6288.speak("号", volume=5, speed=1), "fd 00 0d 01 01 5b 76 35 5d 5b 74 31 5d ba c5 89"),
]
ANSWERS = [("4a", ["ready"]), ("41 4f", ["accepted", "idle"]), ("45", ["bad"]), ("00 4e ff", ["busy"]), ("", []), ("00 " * 300, [])]


@pytest.mark.parametrize(("frame", "wire"), FRAMES)
def test_frames_forward_and_backward(frame: bytes, wire: str) -> None:
    assert frame.hex(" ") == wire
    [heard] = hear(SpeechEar(checksum=True), b"\x00" + frame + b"\xfd\x00")
    assert heard.wrong == ()


def test_what_it_says() -> None:
    [heard] = hear(SpeechEar(checksum=True), syn6288.speak("请A001号到3号窗口", volume=16, speed=5))
    assert (heard.order, heard.data.decode(), heard.reply) == ("speak", "请A001号到3号窗口", b"\x41")
    assert [h.reply for h in hear(SpeechEar(checksum=True), syn6288.ask())] == [b"\x4f"]
    assert [h.reply for h in hear(SpeechEar(checksum=True), syn6288.stop()[:-1] + b"\x00")] == [b"\x45"]


@pytest.mark.parametrize(("wire", "answers"), ANSWERS)
def test_answers_whole_byte_by_byte_and_behind_an_echo(wire: str, answers: list[str]) -> None:
    for stream in (bytes.fromhex(wire), syn6288.stop() + bytes.fromhex(wire)):
        for size in (1, 500):
            parser = syn6288.Answers()
            parser.sent(syn6288.stop())
            assert [found for piece in pieces(stream, size) for found in parser.feed(piece)] == answers


def test_what_fits_and_what_is_refused() -> None:
    assert syn6288.fit("𠀀请[v9]A001") == ("请（v9）A001", "𠀀", "")
    assert syn6288.fit("号" * 97) == ("号" * 95, "", "号号")
    with pytest.raises(ValueError, match="fit the text first"):
        syn6288.speak("号" * 97)
    with pytest.raises(ValueError, match=r"\[v17\]: this module knows 0 to 16"):
        syn6288.speak("号", volume=17)


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_one_right_frame(words: str) -> None:
    text = syn6288.fit(words).text
    [heard] = hear(SpeechEar(checksum=True), syn6288.speak(text or "号", volume=3))
    assert (heard.wrong, heard.data.decode()) == ((), text or "号")
    assert len(heard.raw) <= 206


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_never_raise(stream: bytes) -> None:
    syn6288.Answers().feed(stream)
    hear(SpeechEar(checksum=True), stream)
