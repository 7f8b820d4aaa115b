"""How a saying becomes sound: a hall's clips joined, or espeak-ng.

A missing clip falls back to espeak-ng and says so once.

An engine gives a Sound, or raises OSError or ClipError with one sentence; it plays nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import speech
from server.voice import clips
from server.voice.clips import ClipError, Sound
from server.voice.language import Language, Piece, sentence

log = logging.getLogger(__name__)


class Engine(Protocol):
    """One way to make speech."""

    def speak(self, language: Language, said: Sequence[Piece]) -> Sound:
        """The pieces as sound. Raises OSError or ClipError: what is missing; what to do."""


class Espeak:
    """espeak-ng reads the whole sentence: the smallest voice, for every text."""

    def speak(self, language: Language, said: Sequence[Piece]) -> Sound:
        if not language.espeak:
            raise ClipError(
                f"{language.name}只有录音：请按“voice list {language.code}”命令列出的录齐。",
                f"{language.name_en} has recordings only; record its clips: python -m server voice list"
                f" {language.code}",
            )
        text = sentence(language, tuple(said))
        return clips.levelled(
            clips.trimmed(clips.read(speech.wav(text, language.espeak, language.speed), language.code))
        )


class Clips:
    """A hall's own recordings, `<folder>/<language>/<piece>.wav`, joined.

    What was never recorded is espeak-ng's, piece by piece, kept in `made`.
    """

    def __init__(self, folder: Path, made: Path) -> None:
        self._folder, self._made = folder, made
        self._told: set[Path] = set()

    def speak(self, language: Language, said: Sequence[Piece]) -> Sound:
        return clips.joined([(self._clip(language, piece), piece.pause_s) for piece in said if piece.clip])

    def _clip(self, language: Language, piece: Piece) -> Sound:
        own = self._folder / language.code / f"{piece.clip}.wav"
        try:
            return clips.clip(own, own.stat().st_mtime)
        except FileNotFoundError:
            self._tell(own, f"voice: no recording {language.code}/{own.name}; espeak-ng says it")
        except ClipError as error:
            self._tell(own, f"voice: {language.code}/{error.en}; espeak-ng says it until then")
        return self._default(language, piece)

    def _tell(self, own: Path, sentence: str) -> None:
        if own not in self._told:
            self._told.add(own)
            log.info(sentence)

    def _default(self, language: Language, piece: Piece) -> Sound:
        """A default clip that a power cut left half written is made again."""
        path = default_clip(language, piece, self._made)
        try:
            return clips.clip(path, path.stat().st_mtime)
        except ClipError:
            path.unlink()
            return clips.clip(default_clip(language, piece, self._made), path.stat().st_mtime)


def default_clip(language: Language, piece: Piece, made: Path) -> Path:
    """espeak-ng's clip of one piece, made once under `<made>/<language>/`; once more when what it says was changed.

    Raises ClipError, OSError.
    """
    if not language.espeak:
        raise ClipError(
            f"{language.name}没有“{piece.text}”的录音：请录“{piece.clip}.wav”。",
            f"{language.name_en}: no recording of “{piece.text}”; record {piece.clip}.wav",
        )
    told = sha256(f"{piece.text}|{language.espeak}|{language.speed}".encode()).hexdigest()[:8]
    path = made / language.code / f"{piece.clip}-{told}.wav"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        half.write_bytes(speech.wav(piece.text, language.espeak, language.speed))
        half.replace(path)
    return path
