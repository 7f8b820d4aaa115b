"""The bytes of a file as text: UTF-8, UTF-16 by its mark, GBK; whatever could be read in two ways is refused. Pure.

Notepad, Excel and WPS write a mark before UTF-8 and UTF-16; a Chinese Windows writes GBK without one. GBK gives letters
to nearly any bytes, so it counts only where its letters are those that people write.
"""

from __future__ import annotations

import codecs
import re

from intake.quantities import Unclear

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""The longer marks first: that of UTF-32 begins like that of UTF-16."""
SAVE_AS = ("请另存为 UTF-8（Excel 里选“CSV UTF-8”）。", "save it as UTF-8 (“CSV UTF-8” in Excel)")
_HANZI_OF_UTF8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
_FROM_HANZI_ON = re.compile("[\u0800-\U0010ffff]")
_BESIDE_LATIN = re.compile(r"(?<=[A-Za-z])[^\x00-\x7f]|[^\x00-\x7f](?=[A-Za-z])")
_RARE_MOST = 0.3
"""A larger share of signs outside GB 2312 than this is no Chinese text, but another encoding taken for GBK."""


class Unreadable(Unclear):
    """A file, or a place in it, that can't be read: `line` and `column` from 1, the column in characters."""

    def __init__(self, line: int, column: int, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.line, self.column = line, column


def decoded(data: bytes) -> str:
    """The text of a file without its mark. Raises Unreadable."""
    for mark, coding in MARKS:
        if data.startswith(mark):
            return _plain(_by_mark(data, coding))
    if coding := _two_bytes(data):
        return _plain(_by_mark(data, coding))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _plain(_gbk(data, error.start))
    if other := _hanzi_instead(text, data):
        if any(char >= "\u0250" for char in text):
            return _plain(other)
        raise Unreadable(
            *_place(data, next(n for n, byte in enumerate(data) if byte > 127)),
            f"看不出是 UTF-8 还是 GBK：{SAVE_AS[0]}",
            f"this may be UTF-8 or GBK; {SAVE_AS[1]}",
        )
    return _plain(text)


def word(data: bytes) -> str:
    """What a file of one word holds: a token, a password; saved by any editor. Raises Unreadable."""
    return decoded(data).strip()


def _two_bytes(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of its first letters is 0, as they are Latin."""
    head = data[:64]
    if len(head) < 8 or len(data) % 2:
        return ""
    if not any(head[::2]) and all(head[1::2]):
        return "utf-16-be"
    return "utf-16-le" if not any(head[1::2]) and all(head[::2]) else ""


def _by_mark(data: bytes, coding: str) -> str:
    try:
        return data.decode(coding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(coding, "ignore")
        raise Unreadable(
            before.count("\n") + 1,
            len(before) - before.rfind("\n"),
            f"这里的字节读不出来，文件可能不完整：{SAVE_AS[0]}",
            f"bytes that are no text here, the file may be cut off; {SAVE_AS[1]}",
        ) from None


def _gbk(data: bytes, first_odd: int) -> str:
    """What is no UTF-8, as GBK. Refused where parts are UTF-8, and where the letters are not those of a text."""
    place = _place(data, first_odd)
    if _HANZI_OF_UTF8.search(b"\n".join(line for line in data.split(b"\n") if _is_utf8(line))):
        raise Unreadable(
            *place,
            f"前后编码不同（UTF-8 与另一种混在一起），文件可能是拼接的：{SAVE_AS[0]}",
            f"UTF-8 and another encoding in one file, it may be two files in one; {SAVE_AS[1]}",
        )
    refusal = Unreadable(*place, f"既不是 UTF-8，也不是 GBK：{SAVE_AS[0]}", f"neither UTF-8 nor GBK; {SAVE_AS[1]}")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise refusal from None
    signs = [char for char in text if not char.isascii()]
    rare = [char for char in signs if not _common(char)]
    if any(not _common(match[0]) for match in _BESIDE_LATIN.finditer(text)):
        raise refusal
    if len(rare) > max(2, _RARE_MOST * len(signs)):
        raise refusal
    return text


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _common(char: str) -> bool:
    """Whether GB 2312 has it: what a text is made of, but for rare names."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _hanzi_instead(text: str, data: bytes) -> str:
    """The text as GBK, where UTF-8 gives a few letters and GBK hanzi of everyday use: 预约 in GBK is Ԥ and Լ in UTF-8.

    Cyrillic or Armenian without one hanzi stands in no file of a hall; é between Latin letters may.
    """
    if text.isascii() or _FROM_HANZI_ON.search(text):
        return ""
    signs = [char for char in text if not char.isascii()]
    if not any(char >= "\u0250" for char in signs) and not all(
        char.isalpha() and not re.search(f"[A-Za-z]{char}|{char}[A-Za-z]", text) for char in signs
    ):
        return ""
    try:
        other = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return other if all(_common(char) for char in other if not char.isascii()) else ""


def _place(data: bytes, at: int) -> tuple[int, int]:
    begin = data.rfind(b"\n", 0, at) + 1
    return data.count(b"\n", 0, at) + 1, len(data[begin:at].decode("gb18030", "replace")) + 1


def _plain(text: str) -> str:
    """Without marks inside a mark. Raises Unreadable where there is a zero byte: that is no text."""
    text = text.removeprefix("\ufeff")
    if (at := text.find("\0")) >= 0:
        raise Unreadable(
            text.count("\n", 0, at) + 1,
            at - text.rfind("\n", 0, at),
            f"有零字节，不是文本文件：{SAVE_AS[0]}",
            f"a zero byte, this is no text file; {SAVE_AS[1]}",
        )
    return text
