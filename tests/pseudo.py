"""A language that nobody speaks: every text of the sources is its number in brackets, with its facts.

What a page, a screen or a slip shows outside of brackets has not gone through the catalog.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from babel import Locale
from babel.messages.pofile import write_po

import strings
import words

LANGUAGE = "mn"
CODES = re.compile(r"\b[A-Z]{1,3}[\d-]+\b|\b(PDF|CSV|Excel|HTML|KB|MB|GB|API|JSON)\b|中文|English|монгол")
"""Numbers, forms of files, units, and languages by their own name."""


def write(folder: Path, halls: Iterable[Path] = ()) -> Path:
    """The folder for JIAOHAO_TRANSLATIONS with its catalog; `halls` are files whose texts it has too."""
    catalog = strings.template(strings.everything(halls))
    catalog.locale = Locale.parse(LANGUAGE)
    for number, one in enumerate(message for message in catalog if message.id):
        facts = (f"{{{place}}}" for place in dict.fromkeys(words.PLACE.findall(str(one.id))))
        one.string = f"⟦{' '.join([f'{number:x}', *facts])}⟧"
    path = folder / LANGUAGE / "LC_MESSAGES" / "jiaohao.po"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_po(file, catalog)
    return folder


def left(text: str) -> str:
    """What of a text stands outside of brackets."""
    before = None
    while before != text:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    return text


def spoken(text: str) -> bool:
    """Whether something in a text is Chinese or English: no figure, no sign, no code, no name."""
    rest = CODES.sub("", left(text))
    return bool(re.search(r"[㐀-鿿]|[A-Za-z]{2,}", rest))
