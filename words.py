"""The words of all programs: Chinese and English stand beside each other in the code, every further language is one
.po file; and how wide they are on a board. Knows no screen and no paper.

``translations/<language>/LC_MESSAGES/jiaohao.po`` is read as it is (no compiled .mo in the repository); a hall's own
may lie in another folder, which JIAOHAO_TRANSLATIONS names and no update touches. `./run strings LANGUAGE` makes and
checks one (docs/languages.md).

What a program passes on is a pair, Chinese and English, with its facts filled in. Whoever shows it to a person calls
`translated`: the one place where a third language takes the English one's place. It finds the msgid whose text that is
(``"{n}号窗口"`` for ``"3号窗口"``) and fills the same facts, themselves translated, into the msgstr.
``server/static/words.js`` is the same for what a browser puts together.

A sentence that nobody has translated yet stays English in a third language, and Chinese in English: a person can
still be helped, and a test or `./run strings` names the missing one.
"""

from __future__ import annotations

import gettext
import io
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent / "translations"
OWN = "JIAOHAO_TRANSLATIONS"
"""Environment: a folder like `translations` with a hall's own languages."""
SOURCE = "zh"
SECOND = "en"
NAMES = {SOURCE: "中文", SECOND: "English"}
TAG = r"[a-z]{2,3}(_[A-Za-z]{2,4})?"
"""What a language is called: a folder of `translations`."""

Say = Callable[[str], str]


@lru_cache(4096)
def width(text: str) -> int:
    """Half columns of a text on an LED board (docs/wording.md 4.1): a GBK byte each; one outside GBK is shown as □
    and takes two.
    """
    return sum(len(c.encode("gbk", "ignore")) or 2 for c in text)


def fit(candidates: Sequence[str], columns: int) -> str:
    """The first that fits, from long to short; the last one, whatever its width, when none does; "" for none at all."""
    return next((text for text in candidates if width(text) <= columns), candidates[-1] if candidates else "")


# --- which languages there are ---


def languages() -> list[str]:
    """Every language there is, Chinese and English first: ["zh", "en"]."""
    return [SOURCE, SECOND, *further()]


def further() -> tuple[str, ...]:
    """The languages besides Chinese and English."""
    return _further(_folders())


@cache
def _further(folders: tuple[Path, ...]) -> tuple[str, ...]:
    found = {path.parts[-3] for folder in folders for path in folder.glob("*/LC_MESSAGES/jiaohao.po")}
    return tuple(sorted(name for name in found - {SOURCE, SECOND} if re.fullmatch(TAG, name)))


def after(language: str) -> str:
    """The language behind this one, for a key that goes through all of them."""
    every = languages()
    return every[(every.index(language) + 1) % len(every)] if language in every else SOURCE


def pattern() -> str:
    """What the API takes for a language."""
    return f"^({'|'.join(languages())})$"


def nearest(wished: Iterable[str]) -> str:
    """The first of the wished languages (`zh-CN`, `mn_MN`, `en`) that there is; "" for none."""
    every = languages()
    for one in wished:
        whole = one.replace("-", "_")
        short = whole.partition("_")[0].lower()
        if found := next((known for known in (whole, short) if known in every), ""):
            return found
    return ""


@cache
def name(language: str) -> str:
    """What those who read a language call it."""
    if language in NAMES:
        return NAMES[language]
    try:
        return Locale.parse(language).get_display_name(language) or language
    except (ValueError, UnknownLocaleError):
        return language


def tag(language: str) -> str:
    """As HTML names it (RFC 5646)."""
    return "zh-CN" if language == SOURCE else language.replace("_", "-")


def _folders() -> tuple[Path, ...]:
    """Where catalogs lie, a hall's own first."""
    own = os.environ.get(OWN)
    return (Path(own), FOLDER) if own else (FOLDER,)


def catalog_path(language: str) -> Path:
    """The .po file of a language; LookupError names the languages there are."""
    paths = [folder / language / "LC_MESSAGES" / "jiaohao.po" for folder in _folders()]
    if found := next((path for path in paths if path.is_file()), None):
        return found
    raise LookupError(f"words: no catalog for {language!r}; there are {', '.join(languages())}")


def place_for(language: str) -> Path:
    """Where a new one goes: into a hall's own folder, where there is one."""
    return _folders()[0] / language / "LC_MESSAGES" / "jiaohao.po"


# --- texts that a program looks up itself ---


def say(language: str) -> Say:
    """The gettext function of a language. Raises LookupError for one without a catalog."""
    return _chinese if language == SOURCE else _said(language, _folders())


def _chinese(text: str) -> str:
    return text


@cache
def _said(language: str, folders: tuple[Path, ...]) -> Say:
    if language == SECOND:
        return _english().gettext
    known = _catalog(language, folders)
    return lambda text: known.whole(text) or _english().gettext(text)


@cache
def _english() -> gettext.GNUTranslations:
    """The English of the kiosk and of every command line."""
    folder = FOLDER / SECOND / "LC_MESSAGES"
    found = read(folder / "jiaohao.po")
    found.add_fallback(read(folder / "command_line.po"))
    return found


def read(path: Path) -> gettext.GNUTranslations:
    """A .po file as a gettext catalog in memory."""
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


# --- pairs ---


def translated(zh: str, en: str, language: str) -> str:
    """A text whose Chinese and English are known, in one language; English where it has none, Chinese where nobody
    has English either.
    """
    if language == SOURCE:
        return zh
    if language == SECOND or language not in further():
        return en or zh
    return _catalog(language, _folders()).of(zh, en) or en or zh


class Entry(NamedTuple):
    """One message of a catalog. `context` is its English where one Chinese has several; `en` is that or the comment
    above it (`#.`), by which a text with its facts filled in is known for this one.
    """

    context: str
    zh: str
    text: str
    en: str


def entries(path: Path) -> tuple[Entry, ...]:
    """What somebody has translated; the browser has the same (server/static/words.js)."""
    with path.open("rb") as file:
        found = read_po(file, abort_invalid=True)
    return tuple(
        Entry(one.context or "", str(one.id), str(one.string), one.context or " ".join(one.auto_comments))
        for one in found
        if one.id and one.string
    )


@cache
def _catalog(language: str, folders: tuple[Path, ...]) -> _Catalog:
    """Read once; `folders` are those of the environment."""
    return _Catalog(entries(catalog_path(language)))


PLACE = re.compile(r"\{(\w+)\}")
MARKS = {"\n": "\n", "。": ". ", "；": "; ", "·": " · ", "：": ": ", "，": ", ", "、": ", ", "/": " / "}
"""What parts a text that was joined of several, the strongest first; and what stands there in other languages."""
CHINESE = re.compile("[㐀-鿿]")
DEEPEST = 6


def _regex(text: str) -> re.Pattern[str]:
    """What finds a text whose facts are filled in."""
    regex, seen = "", set[str]()
    for at, part in enumerate(PLACE.split(text)):
        regex += re.escape(part) if at % 2 == 0 else f"(?P={part})" if part in seen else f"(?P<{part}>.*?)"
        seen |= {part} if at % 2 else set()
    return re.compile(regex, re.DOTALL)


class _Pattern:
    """A msgid with places. One that has signs alone beside them would be the pattern of everything: `letters` is 0."""

    def __init__(self, entry: Entry) -> None:
        fixed = PLACE.split(entry.zh)[::2]
        self.text, self.longest = entry.text, max(fixed, key=len)
        self.letters = sum(char.isalnum() for part in fixed for char in part)
        self._zh, self._en, self._found = entry.zh, entry.en, cache(_regex)

    def facts(self, zh: str) -> dict[str, str] | None:
        found = self._found(self._zh).fullmatch(zh) if self.longest in zh else None
        return found and found.groupdict()

    def english(self, en: str) -> dict[str, str] | None:
        """The facts as the English text has them; None where it is another text."""
        found = self._found(self._en).fullmatch(en) if self._en and en else None
        return found and found.groupdict()


class _Catalog:
    """A language's messages by their Chinese."""

    def __init__(self, found: Sequence[Entry]) -> None:
        self._exact: dict[tuple[str, str], str] = {}
        for one in found:
            self._exact.setdefault((one.context, one.zh), one.text)
            self._exact.setdefault(("", one.zh), one.text)
        patterns = (_Pattern(one) for one in found if PLACE.search(one.zh))
        self._patterns = sorted((one for one in patterns if one.letters), key=lambda one: -one.letters)
        self.of = lru_cache(8192)(self._of)

    def whole(self, zh: str) -> str:
        """A msgid itself, with its places; "" for one that nobody has translated."""
        return self._exact.get(("", zh), "")

    def _of(self, zh: str, en: str = "", deep: int = 0) -> str:
        """ "" for what nobody has translated."""
        if exact := self._exact.get((en, zh)) or self._exact.get(("", zh)):
            return exact
        if deep >= DEEPEST or not CHINESE.search(zh):
            return ""
        found = [(one, facts) for one in self._patterns if (facts := one.facts(zh)) is not None]
        if found:
            one, facts = next((both for both in found if both[0].english(en) is not None), found[0])
            english = one.english(en) or {}
            return PLACE.sub(lambda place: self._fact(facts, english, place[1], deep), one.text)
        return self._joined(zh, deep)

    def _joined(self, zh: str, deep: int) -> str:
        """A text that was put together of known ones; "" where something of it is not known."""
        if mark := next((one for one in MARKS if one in zh), ""):
            said = [self._all(part, deep) for part in zh.split(mark)]
            return "" if None in said else MARKS[mark].join(map(str, said)).strip()
        for length in range(len(zh) - 1, 1, -1):
            for start in range(len(zh) - length + 1):
                if known := self._exact.get(("", zh[start : start + length])):
                    before, behind = self._all(zh[:start], deep), self._all(zh[start + length :], deep)
                    return "" if before is None or behind is None else " ".join(filter(None, (before, known, behind)))
        return ""

    def _all(self, part: str, deep: int) -> str | None:
        """A part in the language; None where it is Chinese that nobody has translated."""
        part = part.strip()
        return (self.of(part, "", deep + 1) or None) if CHINESE.search(part) else part

    def _fact(self, facts: Mapping[str, str], english: Mapping[str, str], place: str, deep: int) -> str:
        place = place if place in facts else place.removesuffix("_en")
        zh, en = facts.get(place, ""), english.get(place, "")
        return self.of(zh, en, deep + 1) or en or zh
