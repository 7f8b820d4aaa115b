"""The voice: what the engine gets, which commands run, and that the newest word silences the one before."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

import config
from kiosk import samples, spoken, voice
from kiosk.voice import Voice, engine, player, readable
from tests.kiosk.small_hub import until


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("您的号码是A001。", "zh", "您的号码是A 零 零 一。"),
        ("请A1018号到3号窗口", "zh", "请A 一 零 一 八号到3号窗口"),
        ("请拨 0595-00000001", "zh", "请拨 零 五 九 五 零 零 零 零 零 零 零 一"),
        ("大约等10–20分钟", "zh", "大约等10到20分钟"),
        ("前面还有12人", "zh", "前面还有12人"),
        ("9:30开始，14:00结束", "zh", "9点30分开始，14点结束"),
        ("Your number is A001.", "en", "Your number is A 0 0 1."),
        ("About 10–20 min", "en", "About 10–20 min"),
    ],
)
def test_numbers_are_said_as_a_person_would(text: str, language: str, said: str) -> None:
    assert readable(text, language) == said


def test_a_one_may_be_said_yao() -> None:
    assert readable("A001", "zh", "幺") == "A 零 零 幺"


def test_the_engine_is_told_pinyin_because_its_hanzi_are_read_as_english() -> None:
    assert engine("zh")[:3] == ["espeak-ng", "-v", "cmn-latn-pinyin"] and engine("en")[:3] == ["espeak-ng", "-v", "en"]
    assert {"--stdin", "--stdout"} <= set(engine("zh"))


def test_the_first_player_there_is() -> None:
    assert player({"paplay": "/usr/bin/paplay", "aplay": "/usr/bin/aplay"}.get) == ["aplay", "-q", "-"]
    assert player({"paplay": "/usr/bin/paplay"}.get) == ["paplay"] and player({}.get) is None


def test_without_the_programs_there_is_no_voice() -> None:
    silent = Voice(which={"aplay": "/usr/bin/aplay"}.get)
    silent.start()
    silent.say("您好", "zh")
    silent.stop()
    assert silent.name == "" and Voice(which={"espeak-ng": "x"}.get).name == ""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Programs in place of espeak-ng and aplay: one writes down what it is told, the other plays until it is stopped."""
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
    until(lambda: "Please take your ticket\n" in (tools / "told").read_text())  # whatever the first one got to write before it
    speaker.say("", "zh")
    until(lambda: not plays(second))
    speaker.say("再见", "zh")
    until(lambda: len(lines(tools / "plays")) == 3)
    speaker.stop()
    until(lambda: not plays(lines(tools / "plays")[2]))


def test_a_program_that_vanished_is_a_line_in_the_log(tools: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = Voice()
    speaker.start()
    (tools / "espeak-ng").unlink()
    monkeypatch.setenv("PATH", str(tools))
    speaker.say("您好", "zh")
    until(lambda: "is espeak-ng there" in caplog.text)
    speaker.stop()


def test_no_chinese_page_is_read_as_english(hall: config.Hall) -> None:
    texts = {name: spoken.spoken(state, 0.0) for name, state in samples.states(hall, "K1", language="zh", large=False).items()}
    said = readable("。".join(text for text in texts.values() if text), "zh")
    said = re.sub(r"https?://\S+|[A-Za-z]{2,}", "", said)  # a Latin word is read as English, rightly
    done = subprocess.run(["espeak-ng", "-v", voice.VOICES["zh"], "-x", "-q", "--stdin"], input=said, capture_output=True, text=True, check=True)
    assert said and "(en)" not in done.stdout


def test_the_engine_makes_sound() -> None:
    wav = subprocess.run(engine("zh"), input="您好".encode(), capture_output=True, check=True).stdout
    assert wav[:4] == b"RIFF" and len(wav) > 10_000
