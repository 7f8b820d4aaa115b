"""Joined clips: trimmed, of one loudness, without a gap that hurts; and what the check says of bad recordings."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from server.domain.announcer import Saying
from server.voice import clips, language
from server.voice.clips import RATE, ClipError, Sound
from server.voice.engines import Clips, Espeak
from tests.both_languages import english


def tone(seconds: float, loud: int = 8000, *, before: float = 0.0, after: float = 0.0, rate: int = RATE) -> Sound:
    wave = (loud * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)).astype(np.int16)
    return Sound(rate, np.concatenate([clips.silence(before, rate), wave, clips.silence(after, rate)]))


def longest_silence(sound: Sound) -> float:
    """Seconds; counted in blocks of 5 ms so that a zero crossing is no silence."""
    block = int(0.005 * sound.rate)
    loud = [
        max(map(abs, sound.samples[n : n + block])) > clips.QUIET for n in range(0, len(sound.samples) - block, block)
    ]
    runs = "".join("x" if here else "." for here in loud).strip(".").split("x")
    return max(map(len, runs)) * 0.005


def test_a_wav_there_and_back() -> None:
    sound = tone(0.1)
    again = clips.read(sound.wav(), "x")
    assert again.rate == sound.rate and np.array_equal(again.samples, sound.samples)


def test_silence_at_the_ends_goes_and_the_edges_are_faded() -> None:
    core = clips.trimmed(tone(0.5, before=0.4, after=0.7))
    assert core.seconds == pytest.approx(0.5, abs=0.02)
    assert abs(core.samples[0]) < 50 and abs(core.samples[-1]) < 50
    assert not clips.trimmed(Sound(RATE, clips.silence(1.0))).samples.size


@pytest.mark.parametrize("loud", [400, 3000, 20_000])
def test_every_clip_comes_to_one_loudness(loud: int) -> None:
    sound = clips.levelled(tone(0.3, loud))
    mean = math.sqrt(sum(int(s) ** 2 for s in sound.samples) / len(sound.samples))
    assert mean == pytest.approx(clips.LOUD, rel=0.02)


def test_a_peak_is_never_clipped() -> None:
    spike = tone(0.3, 500)
    spike.samples[100] = 20_000
    assert max(clips.levelled(spike).samples) <= clips.PEAK


def test_joined_clips_have_short_gaps_and_the_pauses_asked_for() -> None:
    sound = clips.joined([(clips.trimmed(tone(0.3, before=0.3, after=0.3)), 0.0), (tone(0.2), 0.25), (tone(0.2), 0.0)])
    assert sound.seconds == pytest.approx(0.3 + 0.06 + 0.2 + 0.25 + 0.2 + 0.06, abs=0.03)
    assert longest_silence(sound) == pytest.approx(0.25, abs=0.03)


def test_another_rate_is_brought_to_the_first(tmp_path: Path) -> None:
    assert clips.joined([(tone(0.2), 0.0), (tone(0.2, rate=44_100), 0.0)]).seconds == pytest.approx(0.52, abs=0.02)


def test_stereo_and_wrong_files() -> None:
    assert clips.chime().seconds == pytest.approx(0.75, abs=0.01)
    with pytest.raises(ClipError, match=r"请: 不是WAV：请另存为16位PCM的WAV。") as caught:
        clips.read(b"ID3 this is an mp3", "请")
    assert caught.value.en.endswith("; save it as WAV, 16 bit PCM")


def test_a_call_of_default_clips_hurts_nobody(tmp_path: Path) -> None:
    """Against the same sentence read whole by espeak-ng: not much longer, and no hole but the pauses that are meant."""
    spoken = language.load("cmn", tmp_path)
    said = language.pieces(spoken, Saying("call", "A012", "3"))
    whole, joined = Espeak().speak(spoken, said), Clips(tmp_path / "none", tmp_path / "made").speak(spoken, said)
    assert joined.seconds < 1.5 * whole.seconds
    assert longest_silence(joined) < language.AFTER_NUMBER_S + 0.12
    assert len(list((tmp_path / "made" / "cmn").glob("*.wav"))) == 10


def test_a_recording_goes_before_the_default(tmp_path: Path) -> None:
    spoken = language.load("cmn", tmp_path)
    said = language.pieces(spoken, Saying("recall", "A000", "3"))
    before = Clips(tmp_path / "own", tmp_path / "made").speak(spoken, said)
    (tmp_path / "own" / "cmn").mkdir(parents=True)
    (tmp_path / "own" / "cmn" / "零.wav").write_bytes(tone(1.0).wav())
    after = Clips(tmp_path / "own", tmp_path / "made").speak(spoken, said)
    assert after.seconds > before.seconds + 1.5


@pytest.mark.parametrize("broken", [b"", b"ID3", b"RIFF\x24\0\0\0WAVEfmt "])
def test_a_broken_recording_silences_no_call(tmp_path: Path, broken: bytes, caplog: pytest.LogCaptureFixture) -> None:
    spoken = language.load("cmn", tmp_path)
    said = language.pieces(spoken, Saying("recall", "A000", "3"))
    engine = Clips(tmp_path / "own", tmp_path / "made")
    whole = engine.speak(spoken, said)
    (tmp_path / "own" / "cmn").mkdir(parents=True)
    (tmp_path / "own" / "cmn" / "零.wav").write_bytes(broken)
    caplog.set_level("INFO")
    assert engine.speak(spoken, said).seconds == whole.seconds
    for made in (tmp_path / "made" / "cmn").glob("三-*.wav"):
        made.write_bytes(broken)  # a power cut while it was made
    assert engine.speak(spoken, said).seconds == whole.seconds


def test_a_changed_text_is_said_anew(tmp_path: Path) -> None:
    """Whole texts are named by their kind, a counter's clip by its name: what they say may change."""
    spoken = language.load("cmn", tmp_path)
    engine = Clips(tmp_path / "own", tmp_path / "made")
    short = engine.speak(spoken, [language.Piece("您好。", "opening")])
    assert (
        engine.speak(spoken, [language.Piece("各位群众，您好，本中心现在开始服务。", "opening")]).seconds
        > 2 * short.seconds
    )


def test_recordings_only_say_what_is_missing(tmp_path: Path) -> None:
    spoken = language.load("nan", tmp_path)
    said = language.pieces(spoken, Saying("call", "A012", "3"))
    with pytest.raises(ClipError, match=r"闽南语没有“请”的录音：请录“请\.wav”。"):
        Clips(tmp_path / "own", tmp_path / "made").speak(spoken, said)
    with pytest.raises(ClipError, match="闽南语只有录音"):
        Espeak().speak(spoken, said)


def test_the_check_names_every_bad_recording(tmp_path: Path) -> None:
    needed = {name: name for name in ("good", "fine", "well", "far", "silent", "long", "torn", "slow", "mp3", "gone")}
    made = {
        "good": tone(0.4),
        "fine": tone(0.4),
        "well": tone(0.4),
        "far": tone(0.4, 900),
        "silent": Sound(RATE, clips.silence(0.4)),
        "long": tone(0.4, before=3.0),
        "torn": Sound(RATE, np.array([32767, -32768] * 4000, dtype=np.int16)),
        "slow": tone(0.4, rate=8000),
    }
    for name, sound in made.items():
        (tmp_path / f"{name}.wav").write_bytes(sound.wav())
    (tmp_path / "mp3.wav").write_bytes(b"ID3")
    told = english(clips.check(tmp_path, needed))
    names = {line.split(".wav")[0] for line in told}
    assert names == needed.keys() - {"good", "fine", "well"}
    assert any(line.startswith("gone.wav: missing; record “") for line in told)
    assert all("; " in line for line in told)
