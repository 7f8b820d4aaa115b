"""Speech modules: frames by the manuals, and a module on a pty that answers, is busy, refuses, is silent or unplugged."""

from __future__ import annotations

import os
import pty
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.voice import language, modules
from server.voice.language import Saying
from server.voice.modules import Module

# devices.md section 7: the text of 21 bytes after FD, length, command 01, encoding 01 (GBK); SYN6288 ends in an XOR
TEXT = "请A001号到3号窗口"
SYN = bytes.fromhex("fd 00 14 01 01 c7 eb 41 30 30 31 ba c5 b5 bd 33 ba c5 b4 b0 bf da ef")
XFS = bytes.fromhex("fd 00 13 01 01 c7 eb 41 30 30 31 ba c5 b5 bd 33 ba c5 b4 b0 bf da")


def test_known_good_frames() -> None:
    body = b"\x01\x01" + TEXT.encode("gbk")
    assert modules.frame("syn6288", body) == SYN
    assert modules.frame("xfs5152", body) == XFS
    assert modules.stop("syn6288") == bytes.fromhex("fd 00 02 02 fd") and modules.ask("syn6288") == bytes.fromhex("fd 00 02 21 de")
    assert modules.stop("xfs5152") == bytes.fromhex("fd 00 01 02") and modules.ask("xfs5152") == bytes.fromhex("fd 00 01 21")


def test_loudness_is_a_tag_and_what_gbk_lacks_a_box() -> None:
    assert modules.speak("syn6288", "𠮷", 50)[5:-1] == b"[v8]\xa1\xf5"
    assert modules.speak("xfs5152", "好", 100)[5:] == b"[v10]\xba\xc3"


@pytest.mark.parametrize("kind", ["syn6288", "xfs5152"])
def test_a_long_text_ends_with_a_whole_character(kind: str) -> None:
    frame = modules.speak(kind, "好" * 300)
    text = frame[5:-1] if kind == "syn6288" else frame[5:]
    assert len(text) <= modules.LONGEST and set(text.decode("gbk").partition("]")[2]) == {"好"}


class Twin:
    """A module on a pty: decodes by counting, not by our encoder, and answers as it is told to."""

    def __init__(self, answers: dict[int, bytes]) -> None:
        self._answers = answers
        self._ours, other = pty.openpty()
        tty.setraw(other)
        self.device, self._other = os.ttyname(other), other
        self.said: list[bytes] = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            while True:
                head = self._take(3)
                body = self._take(int.from_bytes(head[1:], "big"))
                if body[0] == 1:
                    self.said.append(body)
                os.write(self._ours, self._answers.get(body[0], b""))
        except OSError:
            return

    def _take(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            got += os.read(self._ours, count - len(got))
        return got

    def close(self) -> None:
        os.close(self._other)
        os.close(self._ours)


@pytest.fixture
def twins() -> Iterator[list[Twin]]:
    made: list[Twin] = []
    yield made
    for twin in made:
        twin.close()


def say(twin: Twin, kind: str = "syn6288") -> None:
    spoken = language.load("cmn", Path("none"))
    said = language.pieces(spoken, Saying("call", "A012", "3"))
    Module(kind, f"serial:{twin.device}?baud=9600", Path("/")).say(spoken, said, volume=100, chime=True)


@pytest.mark.parametrize("kind", ["syn6288", "xfs5152"])
def test_it_waits_until_the_module_is_idle(twins: list[Twin], kind: str) -> None:
    twins.append(Twin({1: b"\x41", 0x21: b"\x4e\x4f"}))
    say(twins[0], kind)
    text = twins[0].said[0][2:]
    assert (text[:-1] if kind == "syn6288" else text).decode("gbk") == f"[v{modules.LOUDEST[kind]}]请A零一二号，到三号窗口办理业务。"


@pytest.mark.parametrize(("answers", "sentence"), [({1: b"\x45"}, "refuses the text"), ({}, "does not answer")])
def test_a_module_that_refuses_or_is_silent_says_so(twins: list[Twin], answers: dict[int, bytes], sentence: str) -> None:
    twins.append(Twin(answers))
    with pytest.raises(OSError, match=sentence):
        say(twins[0])


def test_an_unplugged_module_is_one_sentence(tmp_path: Path) -> None:
    spoken = language.load("cmn", tmp_path)
    with pytest.raises(OSError, match="is the speech module plugged in"):
        Module("syn6288", "serial:no-such-device", tmp_path).say(spoken, (), volume=100, chime=False)
