"""Speech modules: frames by the manuals, and a module on a pty that answers, is busy, refuses, is silent or
unplugged.
"""

from __future__ import annotations

import os
import pty
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain.announcer import Saying
from server.voice import language, modules
from server.voice.modules import Module

# docs/devices.md: the text of 21 bytes after FD, length, command 01, encoding 01 (GBK); SYN6288 ends in an XOR
TEXT = "请A001号到3号窗口"
SYN = bytes.fromhex("fd 00 14 01 01 c7 eb 41 30 30 31 ba c5 b5 bd 33 ba c5 b4 b0 bf da ef")
XFS = bytes.fromhex("fd 00 13 01 01 c7 eb 41 30 30 31 ba c5 b5 bd 33 ba c5 b4 b0 bf da")


def test_known_good_frames() -> None:
    body = b"\x01\x01" + TEXT.encode("gbk")
    assert modules.frame("syn6288", body) == SYN
    assert modules.frame("xfs5152", body) == XFS
    assert modules.stop("syn6288") == bytes.fromhex("fd 00 02 02 fd") and modules.ask("syn6288") == bytes.fromhex(
        "fd 00 02 21 de"
    )
    assert modules.stop("xfs5152") == bytes.fromhex("fd 00 01 02") and modules.ask("xfs5152") == bytes.fromhex(
        "fd 00 01 21"
    )


def said(kind: str, frame: bytes) -> str:
    """What a module says of a frame, its loudness cut off."""
    return (frame[5:-1] if kind == "syn6288" else frame[5:]).decode("gbk").partition("]")[2]


def test_loudness_is_a_tag_and_what_gbk_lacks_is_not_said() -> None:
    assert modules.speak("syn6288", "𠮷好\n", 50)[0][5:-1] == b"[v8]\xba\xc3"
    assert modules.speak("xfs5152", "好", 100)[0][5:] == b"[v10]\xba\xc3"


def test_no_text_of_the_hall_is_taken_for_a_tag() -> None:
    assert modules.speak("xfs5152", "到[v1]号")[0][5:] == b"[v10]" + "到［v1］号".encode("gbk")


@pytest.mark.parametrize("kind", ["syn6288", "xfs5152"])
@pytest.mark.parametrize(
    "text",
    [
        "好" * 300,
        "请，" + "A零一二号到" * 60,
        "好" * 94 + "A零一二号",
        "A" * 500,
        "各位群众，本中心将于十二点停止取号。" * 12,
    ],
)
def test_a_long_text_is_said_whole_and_parted_in_no_number(kind: str, text: str) -> None:
    frames = modules.speak(kind, text)
    parts = [said(kind, frame) for frame in frames]
    assert "".join(parts) == text and all(0 < len(frame) <= modules.LONGEST + 6 for frame in frames)
    if "零一二" in text:
        assert all("A零一二" in part or "A" not in part for part in parts)


def test_a_long_text_is_parted_where_one_breathes() -> None:
    frames = modules.speak("syn6288", "各位群众，本中心将于十二点停止取号。" * 12)
    assert len(frames) > 1 and all(said("syn6288", frame)[-1] in "，。" for frame in frames)


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
    assert (text[:-1] if kind == "syn6288" else text).decode(
        "gbk"
    ) == f"[v{modules.LOUDEST[kind]}]请A零一二号，到三号窗口办理业务。"


@pytest.mark.parametrize(("answers", "sentence"), [({1: b"\x45"}, "refuses the text"), ({}, "does not answer")])
def test_a_module_that_refuses_or_is_silent_says_so(
    twins: list[Twin], answers: dict[int, bytes], sentence: str
) -> None:
    twins.append(Twin(answers))
    with pytest.raises(OSError, match=sentence):
        say(twins[0])


def test_a_long_text_waits_for_each_part(twins: list[Twin], tmp_path: Path) -> None:
    twins.append(Twin({1: b"\x41", 0x21: b"\x4f"}))
    spoken = language.load("cmn", tmp_path)
    Module("xfs5152", f"serial:{twins[0].device}", Path("/")).say(
        spoken, [language.Piece("好，" * 100, "好")], volume=100, chime=False
    )
    assert "".join(body[2:].decode("gbk").removeprefix("[v10]") for body in twins[0].said) == "好，" * 100


def test_an_unplugged_module_is_one_sentence(tmp_path: Path) -> None:
    spoken = language.load("cmn", tmp_path)
    with pytest.raises(OSError, match="is the speech module plugged in"):
        Module("syn6288", "serial:no-such-device", tmp_path).say(spoken, (), volume=100, chime=False)
