"""What a byte means as a character: code pages (ESC t), international sets (ESC R), Chinese, UTF-8 sent by mistake.

Pure.
"""

from __future__ import annotations

import codecs

# ESC t n -> the page's name as python-escpos' capability database has it. Epson's numbers; many Chinese heads number
# pages above 19 in their own way: a profile of that database has its model's own
PAGES: dict[int, str] = {
    0: "CP437",
    1: "KATAKANA",
    2: "CP850",
    3: "CP860",
    4: "CP863",
    5: "CP865",
    13: "CP857",
    14: "CP737",
    15: "ISO_8859-7",
    16: "CP1252",
    17: "CP866",
    18: "CP852",
    19: "CP858",
    21: "CP874",
    30: "TCVN-3-1",
    31: "TCVN-3-2",
    32: "CP720",
    33: "CP775",
    34: "CP855",
    35: "CP861",
    36: "CP862",
    37: "CP864",
    38: "CP869",
    39: "ISO_8859-2",
    40: "ISO_8859-15",
    44: "CP1125",
    45: "CP1250",
    46: "CP1251",
    47: "CP1253",
    48: "CP1254",
    49: "CP1255",
    50: "CP1256",
    51: "CP1257",
    52: "CP1258",
    53: "RK1048",
}
TABLES: dict[str, str] = {  # pages that Python has no codec of: bytes 80 to FF; python-escpos 3.1, capabilities.json
    "CP3011": (
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
        "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤Ā╢ņ╕╣║╗╝╜╛┐"
        "└┴┬├─┼ā╟╚╔╩╦╠═╬╧Š╤čČ╘╒ģĪī┘┌█▄ūŪ▀"
        "αßΓπΣσµτΦΘΩδ∞φε∩ĒēĢķĶļĻžŽ∙·√Ņš■ "
    ),
    "CP3012": (
        "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
        "абвгдежзийклмноп░▒▓│┤Ā╢ņ╕╣║╗╝Ō╛┐"
        "└┴┬├─┼ā╟╚╔╩╦╠═╬╧Š╤čČ╘╒ģĪī┘┌█▄ūŪ▀"
        "рстуфхцчшщъыьэюяĒēĢķĶļĻžŽ∙·√Ņš■ "
    ),
    "KATAKANA": (
        "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├¯─│▕┌┐└┘╭╮╰╯"
        " ｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿ"
        "ﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ"
        "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▓\xa0"
    ),
    "OXHOO-EUROPEAN": (
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜñÑªº¿"
        "áíóú¢£¥₧ƒ¡ÃãÕõØø·¨°`´½¼×÷≤≥«»≠√¯"
        "⌠⌡∞◤↵↑↓→←┌┐└┘•®©™†§¶Γ◢Θ         "
        "ß   ε           τ               "
    ),
    "TCVN-3-1": (
        "                                "
        "        ăâêôơưđ      àảãáạ ằẳẵắ "
        "      ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò"
        " ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ "
    ),
    "TCVN-3-2": (
        "                                "
        " ĂÂ    Ð  ÊÔƠƯ       ÀẢÃÁẠ ẰẲẴẮ "
        "      ẶẦẨẪẤẬÈ ẺẼÉẸỀỂỄẾỆÌỈ   ĨÍỊÒ"
        " ỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙ ỦŨÚỤỪỬỮỨỰỲỶỸÝỴ "
    ),
}
CODECS = {"RK1048": "kz1048", "ISO_8859-1": "latin-1"}  # the others are Python's by the page's own name
SAME = {"CP932": "KATAKANA"}  # what the database calls so is a page of single bytes on a head: Katakana and its signs

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


def known_page(page: str) -> bool:
    """Is there a table of this page here?"""
    try:
        return page in TABLES or page in SAME or bool(codecs.lookup(_codec(page)))
    except LookupError:
        return False


def upper(byte: int, page: str) -> str | None:
    """A byte from 80 on in a code page; None if the page has nothing there, or there is no table of it."""
    page = SAME.get(page, page)
    if page in TABLES:
        return TABLES[page][byte - 0x80]
    try:
        return bytes((byte,)).decode(_codec(page))
    except (UnicodeDecodeError, LookupError):
        return None


def _codec(page: str) -> str:
    return CODECS.get(page, page.replace("ISO_8859-", "iso8859-").lower())


def chinese(two: bytes) -> str | None:
    """A two-byte code of GB18030; None where no font has a character: no code, or a zone that users define."""
    try:
        char = two.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return None if len(char) != 1 or "\ue000" <= char <= "\uf8ff" else char


def gb2312(two: bytes) -> bool:
    """Is this two-byte code one that GB2312 has: rows 1 to 9 and 16 to 87, and a character there?"""
    row, cell = two[0] - 0xA0, two[1] - 0xA0
    try:
        return (1 <= row <= 9 or 16 <= row <= 87) and 1 <= cell <= 94 and bool(two.decode("gb2312"))
    except UnicodeDecodeError:
        return False


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
