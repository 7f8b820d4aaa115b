"""Clips -> one WAV: silence trimmed, one loudness, short gaps, a chime. And the check of what a hall has recorded.

Pure over samples; the only files it opens are the clips. Everything is 16 bit, mono; the rate is the first clip's.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config import Text, Told
from config.phrasing import placed
from config.reasons import in_full

Samples = NDArray[np.int16]

RATE = 22_050
"""Samples a second of what we make ourselves (espeak-ng's own)."""
GAP_S = 0.06
EDGE_S = 0.005
QUIET = 330
"""-40 dB: samples below this at either end of a clip are silence."""
LOUD = 4_600
"""Root mean square that every clip is brought to, -17 dB."""
PEAK = 30_000


class ClipError(Told):
    """A clip that can't be used: which one, what is wrong, what to do."""


@dataclass(frozen=True, eq=False)
class Sound:
    """Mono samples of 16 bit at a rate."""

    rate: int
    samples: Samples

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    def wav(self) -> bytes:
        """As a WAV file."""
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(self.samples.astype("<i2").tobytes())
        return out.getvalue()


def read(data: bytes, name: str) -> Sound:
    """A WAV's samples, stereo mixed to mono. Raises ClipError."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ClipError(
            f"{name}: 不是WAV：请另存为16位PCM的WAV。", f"{name}: no WAV ({error}); save it as WAV, 16 bit PCM"
        ) from None
    if width != 2 or channels not in (1, 2):
        raise ClipError(
            f"{name}: 是{8 * width}位、{channels}声道：请另存为16位单声道。",
            f"{name}: {8 * width} bit, {channels} channels; save it as 16 bit, mono",
        )
    whole = np.frombuffer(frames, dtype="<i2", count=len(frames) // (2 * channels) * channels)
    return Sound(rate, (whole.reshape(-1, channels).astype(np.int32).sum(axis=1) // channels).astype(np.int16))


def trimmed(sound: Sound) -> Sound:
    """Without the silence at both ends, the edges faded so that nothing clicks."""
    loud = np.flatnonzero(np.abs(sound.samples.astype(np.int32)) > QUIET)
    if not loud.size:
        return Sound(sound.rate, silence(0, sound.rate))
    edge = int(EDGE_S * sound.rate)
    samples = sound.samples[max(0, loud[0] - edge) : loud[-1] + edge + 1].astype(np.float64)
    fade = np.arange(min(edge, len(samples) // 2)) / edge
    samples[: len(fade)] *= fade
    samples[len(samples) - len(fade) :] *= fade[::-1]
    return Sound(sound.rate, samples.astype(np.int16))


def levelled(sound: Sound) -> Sound:
    """At the one loudness, never beyond the peak."""
    if not sound.samples.size:
        return sound
    top = int(np.abs(sound.samples.astype(np.int32)).max())
    return scaled(sound, min(LOUD / max(loudness(sound), 1.0), PEAK / max(top, 1)))


def loudness(sound: Sound) -> float:
    """Root mean square of the samples; 0 for none."""
    return float(np.sqrt(np.mean(np.square(sound.samples, dtype=np.float64)))) if sound.samples.size else 0.0


def scaled(sound: Sound, factor: float) -> Sound:
    """Louder or softer; what is beyond 16 bit stays at their edge."""
    return Sound(sound.rate, np.clip(sound.samples * factor, -32768, 32767).astype(np.int16))


def at_rate(sound: Sound, rate: int) -> Sound:
    """Resampled by straight lines between samples: good enough for speech."""
    if sound.rate == rate or not sound.samples.size:
        return Sound(rate, sound.samples)
    step = sound.rate / rate
    at = np.arange(int(len(sound.samples) / step)) * step
    return Sound(rate, np.interp(at, np.arange(len(sound.samples)), sound.samples).astype(np.int16))


def joined(parts: Sequence[tuple[Sound, float]], gap_s: float = GAP_S) -> Sound:
    """Clips one behind the other; each with at least `gap_s`, or its own pause if that is longer, behind it."""
    rate = parts[0][0].rate if parts else RATE
    pieces = [
        piece
        for sound, pause_s in parts
        for piece in (at_rate(sound, rate).samples, silence(max(gap_s, pause_s), rate))
    ]
    return Sound(rate, np.concatenate(pieces) if pieces else silence(0, rate))


def silence(seconds: float, rate: int = RATE) -> Samples:
    return np.zeros(int(seconds * rate), dtype=np.int16)


@lru_cache(maxsize=4)
def chime(rate: int = RATE) -> Sound:
    """Two falling tones of a bell, 0.6 s, and a short silence (docs/wording.md 3.2)."""
    tones = []
    for pitch, length in ((1318.5, 0.25), (1046.5, 0.35)):
        at = np.arange(int(length * rate)) / rate
        swell = np.minimum(1.0, at / 0.008) * np.exp(-5 * at / length)
        tones.append(swell * (np.sin(2 * np.pi * pitch * at) + 0.35 * np.sin(4 * np.pi * pitch * at)))
    return Sound(rate, np.concatenate([*(11_000 * tone for tone in tones), silence(0.15, rate)]).astype(np.int16))


@lru_cache(maxsize=512)
def clip(path: Path, changed: float) -> Sound:
    """A clip ready to be joined; `changed` is its file's time, so that a new recording is heard. Raises ClipError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        why = in_full(error)
        raise ClipError(
            f"{path.name}: 读不了，{why.zh}：请重新录。", f"{path.name}: cannot be read: {why.en}; record it again"
        ) from None
    return levelled(trimmed(read(data, path.name)))


def find(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """The clips of a language that are there, by name: `<folder>/<name>.wav`."""
    return {name: path for name in names if (path := folder / f"{name}.wav").exists()}


def check(folder: Path, needed: Mapping[str, str]) -> list[Text]:
    """What is wrong with a hall's recordings: one sentence each, with the clip's name; empty when all are good."""
    found: list[Text] = []
    levels: dict[str, float] = {}
    for name, text in needed.items():
        path = folder / f"{name}.wav"
        if not path.exists():
            found.append(placed(f"{name}.wav", Text(f"缺少：请录“{text}”。", f"missing; record “{text}”")))
            continue
        try:
            sound = read(path.read_bytes(), path.name)
        except ClipError as error:
            found.append(error.text)
            continue
        found += _faults(name, sound)
        if sound.samples.size:
            levels[name] = loudness(sound)
    middle = sorted(levels.values())[len(levels) // 2] if levels else 0.0
    found += [
        placed(
            f"{name}.wav",
            Text(
                f"比其他录音{'响' if level > middle else '轻'}得多：请隔同样的距离重录。",
                f"much {'louder' if level > middle else 'softer'} than the others; record it at the same distance",
            ),
        )
        for name, level in levels.items()
        if not middle / 4 < level < middle * 4
    ]
    return found


def _faults(name: str, sound: Sound) -> list[Text]:
    core = trimmed(sound)
    faults = []
    if sound.rate < 16_000:
        faults.append(
            Text(
                f"采样率只有{sound.rate}：请用16000以上重录。",
                f"{sound.rate} samples a second; record with 16000 or more",
            )
        )
    if core.seconds < 0.08:
        faults.append(Text("没有声音：请重录。", "nothing is heard; record it again"))
    if sound.seconds - core.seconds > 2.0:
        silence = f"{sound.seconds - core.seconds:.1f}"
        faults.append(Text(f"静音有{silence}秒：请把两头剪掉。", f"{silence} s of silence; cut it at both ends"))
    if np.count_nonzero(np.abs(sound.samples.astype(np.int32)) >= 32_700) > 20:
        faults.append(Text("声音太大，失真了：请小声重录。", "too loud, it is distorted; record it softer"))
    return [placed(f"{name}.wav", one) for one in faults]
