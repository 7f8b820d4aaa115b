"""The kiosk's voice: the newest word silences the one before, and no page is read as English."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

import config
import speech
from kiosk.rim.voice import Voice
from kiosk.screens import samples, spoken
from tests.waiting import until


def test_without_the_programs_there_is_no_voice() -> None:
    silent = Voice(which={"aplay": "/usr/bin/aplay"}.get)
    silent.start()
    silent.say("您好", "zh")
    silent.stop()
    assert silent.name == "" and Voice(which={"espeak-ng": "x"}.get).name == ""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs in place of espeak-ng and aplay: one writes down what it is told, the other plays until it is
    stopped.
    """
    bodies = {
        "espeak-ng": f'cat >> "{tmp_path}/told"; echo >> "{tmp_path}/told"; echo sound',
        "aplay": f'echo $$ >> "{tmp_path}/plays"; exec sleep 60',
    }
    for name, body in bodies.items():
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{body}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def lines(file: Path) -> list[str]:
    return file.read_text().split("\n")[:-1] if file.exists() else []


def plays(pid: str) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_new_word_stops_the_old_and_nothing_stops_all(tools: Path) -> None:
    speaker = Voice()
    speaker.start()
    assert speaker.name == "espeak-ng, aplay"
    speaker.say("您的号码是A001", "zh")
    until(lambda: len(lines(tools / "plays")) == 1)
    speaker.say("Please take your ticket", "en")
    until(lambda: len(lines(tools / "plays")) == 2)
    first, second = lines(tools / "plays")
    assert not plays(first) and plays(second)
    until(
        lambda: "Please take your ticket\n" in (tools / "told").read_text()
    )  # whatever the first one got to write before it
    speaker.say("", "zh")
    until(lambda: not plays(second))
    speaker.say("再见", "zh")
    until(lambda: len(lines(tools / "plays")) == 3)
    speaker.stop()
    until(lambda: not plays(lines(tools / "plays")[2]))


def test_a_program_that_vanished_is_a_line_in_the_log(
    tools: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = Voice()
    speaker.start()
    (tools / "espeak-ng").unlink()
    monkeypatch.setenv("PATH", str(tools))
    speaker.say("您好", "zh")
    until(lambda: "is espeak-ng there" in caplog.text)
    speaker.stop()


def test_sound_into_nothing_is_trouble_and_sound_that_is_heard_ends_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, script in (("espeak-ng", "cat"), ("aplay", "cat >/dev/null; echo 'no soundcards found' >&2; exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    speaker = Voice()
    speaker.start()
    try:
        speaker.say("您好", "zh")
        until(lambda: speaker.trouble == "no soundcards found")
        assert "nothing was heard: no soundcards found" in caplog.text
        (tmp_path / "aplay").write_text("#!/bin/sh\ncat >/dev/null\n")
        speaker.say("您好", "zh")
        until(lambda: speaker.trouble == "")
    finally:
        speaker.stop()


def test_no_chinese_page_is_read_as_english(hall: config.Hall) -> None:
    texts = {
        name: spoken.spoken(state, 0.0)
        for name, state in samples.states(hall, "K1", language="zh", large=False).items()
    }
    said = speech.readable("。".join(text for text in texts.values() if text), "zh")
    said = re.sub(r"https?://\S+|[A-Za-z]{2,}", "", said)  # a Latin word is read as English, rightly
    done = subprocess.run(
        ["espeak-ng", "-v", speech.VOICES["zh"], "-x", "-q", "--stdin"],
        input=said,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said and "(en)" not in done.stdout


def test_the_engine_makes_sound() -> None:
    wav = subprocess.run(speech.engine("zh"), input="您好".encode(), capture_output=True, check=True).stdout
    assert wav[:4] == b"RIFF" and len(wav) > 10_000
