"""The words of all programs: Chinese is the msgid, every other language is one .po file; and how wide they are on a
board. Knows no screen and no paper.

``translations/<language>/LC_MESSAGES/jiaohao.po`` is read as it is (no compiled .mo in the repository). A sentence
that nobody has translated yet stays Chinese: a person can still be helped, and a test names the missing one.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent / "translations"
SOURCE = "zh"

Say = Callable[[str], str]


def width(text: str) -> int:
    """Half columns of a text on an LED board (docs/wording.md 4.1): a GBK byte each; one outside GBK is shown as □
    and takes two.
    """
    return sum(len(c.encode("gbk", "ignore")) or 2 for c in text)


def fit(candidates: Sequence[str], columns: int) -> str:
    """The first that fits, from long to short; the last one, whatever its width, when none does; "" for none at all."""
    return next((text for text in candidates if width(text) <= columns), candidates[-1] if candidates else "")


def languages() -> list[str]:
    """Every language there is, Chinese first: ["zh", "en"]."""
    return [SOURCE, *sorted(path.parts[-3] for path in FOLDER.glob("*/LC_MESSAGES/jiaohao.po"))]


@cache
def say(language: str) -> Say:
    """The gettext function of a language. Raises LookupError for one without a catalog."""
    return gettext.NullTranslations().gettext if language == SOURCE else read(catalog_path(language)).gettext


def catalog_path(language: str) -> Path:
    """The .po file of a language; LookupError names the languages there are."""
    if language not in languages():
        raise LookupError(f"words: no catalog for {language!r}; there are {', '.join(languages())}")
    return FOLDER / language / "LC_MESSAGES" / "jiaohao.po"


def read(path: Path) -> gettext.GNUTranslations:
    """A .po file as a gettext catalog in memory."""
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
