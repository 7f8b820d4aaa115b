"""A language of the voice: its texts as pieces, read from a TOML file.

A piece is both what is said and the name of a clip.

It makes no sound. A hall adds a language, or changes the texts of one, by a folder `<code>/voice.toml` beside its
clips.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from config import Text, Told
from intake.encoding import Unreadable
from intake.toml_file import toml
from server.domain import wording
from server.domain.announcer import Saying

SHIPPED = Path(__file__).resolve().parent / "languages"
KINDS = ("call", "recall", "transfer", "pickup", "passed", "opening", "noon", "closing")
AFTER_NUMBER_S = 0.25
AT_COMMA_S = 0.15
PAUSES = frozenset("，。,.、；; ！!？?")


class LanguageError(Told):
    """The installer's error: one line per mistake, where: what; what to do."""

    status = 2


class Piece(NamedTuple):
    """What is said, the clip that says it ("" for punctuation), and the silence behind it in seconds."""

    text: str
    clip: str
    pause_s: float = 0.0


@dataclass(frozen=True)
class Language:
    """One language. The comments of languages/cmn.toml say what each field means."""

    code: str
    name: str
    name_en: str
    espeak: str
    speed: int
    numbers: Literal["chinese", "english", "digits"]
    digits: tuple[str, ...]
    place: tuple[str, ...]
    texts: Mapping[str, tuple[str, ...]]


def codes(folder: Path) -> tuple[str, ...]:
    """The languages there are: shipped ones, and the folders of a hall's own."""
    own = (path.parent.name for path in folder.glob("*/voice.toml"))
    return tuple(sorted({*(path.stem for path in SHIPPED.glob("*.toml")), *own}))


@cache
def load(code: str, folder: Path) -> Language:
    """The language `code`; `<folder>/<code>/voice.toml` goes before the shipped file. Raises LanguageError."""
    own = folder / code / "voice.toml"
    path = own if own.exists() else SHIPPED / f"{code}.toml"
    if not path.exists():
        raise LanguageError(f"voice: no language '{code}'; known: {', '.join(codes(folder))}; a new one needs {own}")
    try:
        raw = toml(path.read_bytes())
    except Unreadable as error:
        raise LanguageError(f"{path.name}:{error.line}:{error.column} of '{code}': {error}; correct the file") from None
    problems = list(_problems(raw))
    if problems:
        raise LanguageError("\n".join(f"{path.name} of '{code}': {problem}" for problem in problems))
    texts = {kind: tuple(pieces) for kind, pieces in raw.pop("texts").items()}
    facts: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Language(code=code, texts=texts, **facts)


def _problems(raw: dict[str, Any]) -> list[str]:
    wanted = {field.name for field in fields(Language)} - {"code"}
    found = [f"{key}: unknown key; known: {', '.join(sorted(wanted))}" for key in raw.keys() - wanted]
    found += [f"{key}: missing; copy it from languages/cmn.toml" for key in sorted(wanted - raw.keys())]
    texts = raw.get("texts")
    if not isinstance(texts, dict):
        return found
    found += [f"texts.{kind}: missing; copy it from languages/cmn.toml" for kind in KINDS if kind not in texts]
    found += [f"texts.{kind}: unknown; known: {', '.join(KINDS)}" for kind in texts if kind not in KINDS]
    found += [
        f'texts.{kind}: no list of pieces; write it like ["请", "{{number}}"]'
        for kind, pieces in texts.items()
        if not isinstance(pieces, list) or not all(isinstance(piece, str) for piece in pieces)
    ]
    if "digits" in raw and not (isinstance(raw["digits"], list) and len(raw["digits"]) == 10):
        found.append("digits: not ten; write those of 0 to 9")
    if raw.get("numbers", "chinese") not in ("chinese", "english", "digits"):
        found.append(f"numbers: {raw['numbers']!r}; write chinese, english or digits")
    return found


def pieces(language: Language, saying: Saying, one: str = "一") -> tuple[Piece, ...]:
    """The saying in a language, piece by piece. `one`: how a 1 is read in a ticket's number, 一 or 幺."""
    spoken: list[Piece] = []
    for part in language.texts[saying.kind]:
        if part == "{number}":
            spoken += _number(language, saying.number, one)
        elif part == "{place}":
            spoken += _place(language, saying)
        elif "{time}" in part:
            spoken.append(
                Piece(part.replace("{time}", _time(language, saying.minute)), f"{saying.kind}-{_hhmm(saying.minute)}")
            )
        elif set(part) <= PAUSES:
            spoken = (
                [*spoken[:-1], spoken[-1]._replace(pause_s=max(spoken[-1].pause_s, AT_COMMA_S))] if spoken else spoken
            )
            spoken.append(Piece(part, ""))
        else:
            spoken.append(_word(part) if len(language.texts[saying.kind]) > 1 else Piece(part, saying.kind))
    return tuple(spoken)


def warning(language: Language, number: int, zh: str, en: str) -> Piece:
    """An emergency's text as one piece, its clip `emergency-<number>`; in English where the language counts in
    English.
    """
    return Piece(en if language.numbers == "english" else zh, f"emergency-{number}")


def sentence(language: Language, said: tuple[Piece, ...]) -> str:
    """The pieces as one text: for a screen, an engine that reads texts, or whoever records."""
    if language.numbers == "chinese":
        return "".join(piece.text for piece in said)
    return " ".join(piece.text for piece in said).replace(" ,", ",").replace(" .", ".")


def clips(
    language: Language,
    letters: str,
    counters: Mapping[str, Text],
    minutes: Mapping[str, list[int]],
    one: str,
) -> dict[str, str]:
    """Every clip a hall needs in this language: its name -> what to say.

    `counters`: id -> names; `minutes`: kind -> times of day.
    """
    needed: dict[str, str] = {}

    def need(saying: Saying) -> None:
        needed.update({piece.clip: piece.text for piece in pieces(language, saying, one) if piece.clip})

    everything = letters + "0123456789"
    for kind in KINDS:
        if "{time}" in "".join(language.texts[kind]):
            for minute in minutes.get(kind, []):
                need(Saying(kind, minute=minute))
        else:
            for counter, (name, name_en) in counters.items():
                need(Saying(kind, everything, counter, name, name_en))
    return needed


def _word(text: str) -> Piece:
    """A piece whose clip is named as it is said; a name can't hold a slash."""
    return Piece(text, text.replace("/", "_"))


def _number(language: Language, label: str, one: str) -> list[Piece]:
    """The letter by its name, then digit by digit, leading zeros too (docs/wording.md 3.2); then a short silence."""
    said = [Piece(s, s) for s in (language.digits[int(c)].replace("一", one) if c.isdigit() else c for c in label)]
    return [*said[:-1], said[-1]._replace(pause_s=AFTER_NUMBER_S)] if said else []


def _place(language: Language, saying: Saying) -> list[Piece]:
    if not (saying.counter.isdigit() and 0 < int(saying.counter) < 1000):
        name = saying.counter_name_en if language.numbers == "english" else saying.counter_name
        return [_word(name)]
    number = [_word(word) for word in READINGS[language.numbers](int(saying.counter), language)]
    return [piece for part in language.place for piece in (number if part == "{counter}" else [_word(part)])]


def _chinese(number: int, language: Language) -> list[str]:
    return list(wording.cardinal(number))


ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def _english(number: int, language: Language) -> list[str]:
    if number < 20:
        return [ENGLISH[number]]
    if number < 100:
        return [TENS[number // 10], *([ENGLISH[number % 10]] if number % 10 else [])]
    return [ENGLISH[number // 100], "hundred", *(_english(number % 100, language) if number % 100 else [])]


def _digits(number: int, language: Language) -> list[str]:
    return [language.digits[int(c)] for c in str(number)]


READINGS: dict[str, Callable[[int, Language], list[str]]] = {
    "chinese": _chinese,
    "english": _english,
    "digits": _digits,
}


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02d}{minute % 60:02d}"


def _time(language: Language, minute: int) -> str:
    """750 -> 十二点半, or 12:30."""
    hour, rest = divmod(minute, 60)
    if language.numbers != "chinese":
        return f"{hour}:{rest:02d}"
    after = (
        ""
        if not rest
        else "半"
        if rest == 30
        else f"零{wording.cardinal(rest)}分"
        if rest < 10
        else f"{wording.cardinal(rest)}分"
    )
    return f"{wording.cardinal(hour) if hour else '零'}点{after}"
