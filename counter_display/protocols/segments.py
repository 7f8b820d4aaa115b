"""What a row of seven-segment digits can show of a text: a number, and the letters that seven segments can form.

Makes no frame.
"""

from __future__ import annotations

import re

from counter_display.protocols.language import Fitted, latin

SHOWN = frozenset("0123456789ABCDEFGHIJLNOPQRSTUY -_")
"""K, M, V, W, X and Z have no shape of their own on seven segments: a dash stands for them, and the log says so."""
SUBSTITUTE = "-"


def fit(text: str, digits: int) -> Fitted:
    """The ticket in `text` (3号窗口请A001: A001), else its first number, else its first word in letters; what is too
    long is not shown.
    """
    plain, missing = latin(text, lambda c: " " <= c <= "~")
    words = plain.split()
    word = next((w for shape in (r"[A-Za-z]\d", r"\d", "") for w in words if re.search(shape, w)), "")
    unknown = "".join(c for c in word if c.upper() not in SHOWN)
    shown = "".join(c.upper() if c.upper() in SHOWN else SUBSTITUTE for c in word)
    return Fitted("", missing + unknown, word) if len(shown) > digits else Fitted(shown, missing + unknown, "")


def refuse(text: str, digits: int) -> None:
    """Raise ValueError for a text that was not fitted."""
    wrong = "".join(c for c in text if c.upper() not in SHOWN)
    if wrong or len(text) > digits:
        raise ValueError(
            f"text {text!r}: this board shows {digits} digits or letters that seven segments can form; fit the text"
            " first"
        )
