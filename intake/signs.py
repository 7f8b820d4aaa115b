"""Text as it was meant: what nobody sees is taken out, and of what looks alike one spelling is kept. Pure.

`line` is for every text, `identifier` for what is looked up (numbers, codes), `listed` for several things in one text.
"""

from __future__ import annotations

import re
import unicodedata

BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""A line's end by any program: Alt+Enter in Excel is a line feed, Shift+Enter in Word a vertical tab."""
_BLANK = re.compile(r"[\t\u115f\u1160\u2800\u3164\uffa0]")
"""A tab, and letters that have no ink."""
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d", "-"))
_NO_SIGNS = {"\u034f", "\ufffe", "\uffff"}
_PLAIN = re.compile(r"[ -~\u3000-\u3002\u3008-\u3011\u4e00-\u9fff\uff01-\uff5e]*")
"""Of these every sign stays what it is: nearly all text of a hall, and told at once."""
_PARTS = ";；、"
_OPEN, _SHUT = "（(【[「《", "）)】]」》"
_NUMBERED = re.compile(r"[（(]?\d{1,2}")
"""What may stand before the 、 of "1、身份证": a number of the list, nothing of its own."""


def line(text: str) -> str:
    """One line: breaks and tabs are spaces, every space but the ideographic one is U+0020, what has no ink is gone.

    Letters keep their width: in a name ＡＢＣ may be meant.
    """
    if _PLAIN.fullmatch(text):
        return text.strip()
    spaced = _BLANK.sub(" ", BREAK.sub(" ", unicodedata.normalize("NFC", text)))
    return "".join(map(_sign, spaced)).strip()


def lines(text: str) -> str:
    """As `line`, but its breaks stay, each one line feed."""
    return "\n".join(map(line, BREAK.split(text))).strip()


def _sign(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else ""
    kind = unicodedata.category(char)
    if kind in ("Cc", "Cf", "Cs") or char in _NO_SIGNS:
        return ""
    return " " if kind == "Zs" and char != "\u3000" else char


def identifier(text: str) -> str:
    """A number, a code, an address: as `line`, and ０ is 0, Ａ is A, － is -."""
    return line(unicodedata.normalize("NFKC", line(text).translate(_DASHES)))


def listed(text: str) -> tuple[str, ...]:
    """Several things in one text, parted by ; ； 、 or a new line; what stands in brackets is not parted.

    >>> listed("身份证；照片;户口簿、（结婚证、离婚证）\\n1、申请表")
    ('身份证', '照片', '户口簿', '（结婚证、离婚证）', '1、申请表')
    """
    found = []
    for row in BREAK.split(text):
        item, depth = "", 0
        for char in row:
            depth = max(0, depth + (char in _OPEN) - (char in _SHUT))
            if char in _PARTS and not depth and not (char == "、" and _NUMBERED.fullmatch(item.strip())):
                found.append(item)
                item = ""
            else:
                item += char
        found.append(item)
    return tuple(one for item in found if (one := line(item)))
