"""What a byte means as a character: code pages (ESC t), international sets (ESC R), Chinese, UTF-8 sent by mistake.

Pure.
"""

from __future__ import annotations

# ESC t n, Epson's numbers; many Chinese heads number pages above 19 in their own way
PAGES: dict[int, str] = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    4: "cp863",
    5: "cp865",
    13: "cp857",
    14: "cp737",
    15: "iso8859_7",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    19: "cp858",
    32: "cp720",
    33: "cp775",
    34: "cp855",
    35: "cp861",
    36: "cp862",
    37: "cp864",
    38: "cp869",
    39: "iso8859_2",
    40: "iso8859_15",
    45: "cp1250",
    46: "cp1251",
    47: "cp1253",
    48: "cp1254",
    49: "cp1255",
    50: "cp1256",
    51: "cp1257",
    52: "cp1258",
    53: "kz1048",
}
KATAKANA = 1

PLACES = "#$@[\\]^`{|}~"  # the characters that ESC R changes
REGIONS: tuple[str, ...] = (
    "#$@[\\]^`{|}~",  # 0 USA
    "#$à°ç§^`éùè¨",  # 1 France
    "#$§ÄÖÜ^`äöüß",  # 2 Germany
    "£$@[\\]^`{|}~",  # 3 United Kingdom
    "#$@ÆØÅ^`æøå~",  # 4 Denmark I
    "#¤ÉÄÖÅÜéäöåü",  # 5 Sweden
    "#$@°\\é^ùàòèì",  # 6 Italy
    "₧$@¡Ñ¿^`¨ñ}~",  # 7 Spain I
    "#$@[¥]^`{|}~",  # 8 Japan
    "#¤ÉÆØÅÜéæøåü",  # 9 Norway
    "#$ÉÆØÅÜéæøåü",  # 10 Denmark II
    "#$á¡Ñ¿é`íñóú",  # 11 Spain II
    "#$á¡Ñ¿éüíñóú",  # 12 Latin America
    "#$@[₩]^`{|}~",  # 13 Korea
    "#$ŽŠĐĆČžšđćč",  # 14 Slovenia, Croatia
    "#¥@[\\]^`{|}~",  # 15 China
)


def plain(byte: int, region: int) -> str:
    """A byte below 80 in an international set."""
    char = chr(byte)
    return REGIONS[region][PLACES.index(char)] if char in PLACES else char


def upper(byte: int, page: int) -> str | None:
    """A byte from 80 on in a code page; None if the page has nothing there."""
    try:
        if page == KATAKANA:
            return bytes((byte,)).decode("cp932") if 0xA1 <= byte <= 0xDF else None
        return bytes((byte,)).decode(PAGES[page])
    except (UnicodeDecodeError, KeyError):
        return None


def chinese(two: bytes) -> str | None:
    """A two-byte code of GB18030; None where no font has a character: no code, or a zone that users define."""
    try:
        char = two.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return None if len(char) != 1 or "\ue000" <= char <= "\uf8ff" else char


def utf8(run: bytes) -> str | None:
    """The text, if this run of bytes from 80 on was meant as UTF-8 Chinese; None if it may well be something else.

    All of it is three-byte characters of Chinese, in short runs common ones. GB18030 that reads so by accident has to
    begin with a rare character and go on as one time in a hundred thousand.
    """
    try:
        text = run.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if (
        not text
        or len(text) * 3 != len(run)
        or not all("\u2e80" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" for char in text)
    ):
        return None
    return text if len(text) > 4 or _common(text) else None


def _common(text: str) -> bool:
    """Does it consist of characters of GB2312 only?"""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
