"""What a text must lose before a form may hold it: characters that XML, a font or a header refuses, and in CSV the
beginnings that a spreadsheet takes for a formula. Pure.

Names come from files that people edit; one invisible character of theirs must not cost the hall its report.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

FORMULA = frozenset("=+-@\u2212")
"""What a formula begins with, full-width and small forms folded (OWASP, "CSV Injection")."""
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
"""Every break that Word, Excel or Python's splitlines knows: \\x0b is Word's soft line break."""
_UNSEEN = ("Cc", "Cf", "Cs")
"""Control, format (zero-width, direction, soft hyphen), half a character. Private ones stay: rare names of GBK."""


def readable(said: str) -> str:
    """A text in one line, of characters that can be seen: a break of any kind is a space, what is unseen is gone."""
    if said.isascii() and said.isprintable():
        return said
    return "".join(c for c in _BREAKS.sub(" ", said) if _seen(c))


def _seen(char: str) -> bool:
    none = ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF  # Unicode's noncharacters
    return not none and unicodedata.category(char) not in _UNSEEN


def readable_all(value: Any) -> Any:
    """The same for every text in a plain structure; keys stay."""
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, dict):
        return {key: readable_all(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [readable_all(part) for part in value]
    return value


def harmless(cell: Any) -> Any:
    """A cell of a CSV that no spreadsheet takes for a formula: an apostrophe stands before one. A number, a negative
    one too, stays as it is, also where it is a text.
    """
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    first = next((char for char in cell if not char.isspace() and _seen(char)), "")
    formula = unicodedata.normalize("NFKC", first)[:1] in FORMULA
    return f"'{cell}" if formula or cell[:1] in ("\t", "\r", "\n") else cell
