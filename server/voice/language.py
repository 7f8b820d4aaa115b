"""A language of the voice: its texts as pieces, read from a TOML file.

A piece is both what is said and the name of a clip.

It makes no sound. A hall adds a language, or changes the texts of one, by a folder `<code>/voice.toml` beside its
clips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from config import ConfigError, Text
from config.phrasing import near, placed, quoted
from intake.encoding import Unreadable
from intake.toml_file import toml
from server.domain import wording
from server.domain.announcer import Saying

SHIPPED = Path(__file__).resolve().parent / "languages"
KINDS = ("call", "recall", "transfer", "pickup", "passed", "opening", "noon", "closing")
AFTER_NUMBER_S = 0.25
AT_COMMA_S = 0.15
PAUSES = frozenset("，。,.、；; ！!？?")


class LanguageError(ConfigError):
    """What is wrong with a language, or that there is none of that name."""


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
        there = codes(folder)
        what = Text(
            f"没有语言“{code}”，可用的有：{'、'.join(there)}；要新加，请写“{own}”。",
            f"no language '{code}'; known: {', '.join(there)}; a new one needs {own}",
        )
        raise LanguageError([placed("voice", what)])
    try:
        raw = toml(path.read_bytes())
    except Unreadable as error:
        where = f"{code}/{path.name}:{error.line}:{error.column}"
        raise LanguageError([placed(where, Text(error.zh, error.en))]) from None
    if problems := [placed(f"{code}/{path.name}: {key}", what) for key, what in _problems(raw)]:
        raise LanguageError(problems)
    texts = {kind: tuple(pieces) for kind, pieces in raw.pop("texts").items()}
    facts: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Language(code=code, texts=texts, **facts)


MISSING = Text("缺少：请从“languages/cmn.toml”抄来。", "missing; copy it from languages/cmn.toml")


def _problems(raw: dict[str, Any]) -> Iterator[tuple[str, Text]]:
    wanted = {field.name for field in fields(Language)} - {"code"}
    for key in sorted(raw.keys() - wanted):
        hint = near(key, sorted(wanted))
        yield key, Text(f"没有这一项，{hint.zh}", f"unknown key; {hint.en}")
    yield from ((key, MISSING) for key in sorted(wanted - raw.keys()))
    texts = raw.get("texts")
    if not isinstance(texts, dict):
        return
    yield from ((f"texts.{kind}", MISSING) for kind in KINDS if kind not in texts)
    for kind, said in texts.items():
        if kind not in KINDS:
            hint = near(kind, KINDS)
            yield f"texts.{kind}", Text(f"没有这一句，{hint.zh}", f"unknown; {hint.en}")
        if not isinstance(said, list) or not all(isinstance(piece, str) for piece in said):
            yield (
                f"texts.{kind}",
                Text(
                    '不是一段段的文字：请写成“["{place}", "{number}"]”。',
                    'no list of pieces; write it like ["{place}", "{number}"]',
                ),
            )
    if "digits" in raw and not (isinstance(raw["digits"], list) and len(raw["digits"]) == 10):
        yield "digits", Text("不是十个：请写0到9的读法。", "not ten; write those of 0 to 9")
    if (numbers := raw.get("numbers", "chinese")) not in ("chinese", "english", "digits"):
        zh, en = quoted(numbers)
        yield (
            "numbers",
            Text(f"{zh}：请写“chinese”、“english”或“digits”。", f"{en}: write chinese, english or digits"),
        )


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
