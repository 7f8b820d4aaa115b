"""Bar codes as bars: the data of GS k -> dots of bar, gap, bar … and what is written beside them.

Pure; it prints nothing.

Tables: the symbologies' own standards (ISO/IEC 15417 Code 128, 16388 Code 39, 16390 Interleaved 2 of 5, 15420 EAN/UPC,
EN 798 Codabar, AIM USS-93). Which data a head takes for which system: Epson's reference of GS k.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

WIDE = {
    1: 2,
    2: 5,
    3: 8,
    4: 10,
    5: 13,
    6: 15,
}  # GS w n -> dots of a wide bar of Code 39, ITF and Codabar; n = of a narrow one

# Code 128: symbol value -> widths of bar, gap, bar, gap, bar, gap in modules
CODE128_WIDTHS = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132
122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212
322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311
112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321
331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214
112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212
124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
411311 113141 114131 311141 411131 211412 211214 211232
"""
CODE128 = CODE128_WIDTHS.split()
STOP128 = "2331112"
START128 = {"A": 103, "B": 104, "C": 105}
SHIFTS128 = {"A": {"B": 100, "C": 99}, "B": {"A": 101, "C": 99}, "C": {"A": 101, "B": 100}}
FUNCTIONS128 = {
    "1": {"A": 102, "B": 102, "C": 102},
    "2": {"A": 97, "B": 97},
    "3": {"A": 96, "B": 96},
    "4": {"A": 101, "B": 100},
}
SHIFT128 = 98

# Code 39 and 93: character, then wide (1) or narrow bars and gaps; "_" is the space
CODE39_BARS = """
0000110100 1100100001 2001100001 3101100000 4000110001 5100110000 6001110000 7000100101 8100100100 9001100100 A100001001
B001001001 C101001000 D000011001 E100011000 F001011000 G000001101 H100001100 I001001100 J000011100 K100000011 L001000011
M101000010 N000010011 O100010010 P001010010 Q000000111 R100000110 S001000110 T000010110 U110000001 V011000001 W111000000
X010010001 Y110010000 Z011010000 -010000101 .110000100 _011000100 $010101000 /010100010 +010001010 %000101010
"""
CODE39 = {word[0].replace("_", " "): word[1:] for word in CODE39_BARS.split()}
EDGE39 = "010010100"  # *
CODE93_ORDER = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
CODE93_MODULES = """
100010100 101001000 101000100 101000010 100101000 100100100 100100010 101010000 100010010 100001010 110101000 110100100
110100010 110010100 110010010 110001010 101101000 101100100 101100010 100110100 100011010 101011000 101001100 101000110
100101100 100010110 110110100 110110010 110101100 110100110 110010110 110011010 101101100 101100110 100110110 100111010
100101110 111010100 111010010 111001010 101101110 101110110 110101110 100100110 111011010 111010110 100110010
"""  # of each value; 43 to 46 are the four shifts
CODE93 = CODE93_MODULES.split()
EDGE93 = "101011110"
ITF = ["00110", "10001", "01001", "11000", "00101", "10100", "01100", "00011", "10010", "01010"]
CODABAR = {
    "0": "0000011",
    "1": "0000110",
    "2": "0001001",
    "3": "1100000",
    "4": "0010010",
    "5": "1000010",
    "6": "0100001",
    "7": "0100100",
    "8": "0110000",
    "9": "1001000",
    "-": "0001100",
    "$": "0011000",
    ":": "1000101",
    "/": "1010001",
    ".": "1010100",
    "+": "0010101",
    "A": "0011010",
    "B": "0101001",
    "C": "0001011",
    "D": "0001110",
}
ODD = [
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
]  # EAN, left, odd parity
EVEN = [str(odd[::-1].translate(str.maketrans("01", "10"))) for odd in ODD]
RIGHT = [odd.translate(str.maketrans("01", "10")) for odd in ODD]
FIRST13 = [
    "OOOOOO",
    "OOEOEE",
    "OOEEOE",
    "OOEEEO",
    "OEOOEE",
    "OEEOOE",
    "OEEEOO",
    "OEOEOE",
    "OEOEEO",
    "OEEOEO",
]  # EAN-13: first digit -> parities
PARITY_E = [
    "EEEOOO",
    "EEOEOO",
    "EEOOEO",
    "EEOOOE",
    "EOEEOO",
    "EOOEEO",
    "EOOOEE",
    "EOEOEO",
    "EOEOOE",
    "EOOEOE",
]  # UPC-E: check digit -> parities

Runs = tuple[int, ...]


class BadData(Exception):
    """A head prints nothing for this; ``zh`` and ``en`` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def bars(system: int, data: bytes, narrow: int) -> tuple[str, Runs, str]:
    """GS k: system 0 to 8 (UPC-A … CODE128; the head's m, or m - 65) -> its name, dots of bar, gap, bar …, what is
    written.

    ``narrow``: dots of a module (GS w). BadData where a head prints nothing.
    """
    name, draw = SYSTEMS[system]
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        raise BadData("条码里有 ASCII 以外的字节", "a byte beyond ASCII in a bar code") from None
    runs, written = draw(text, narrow)
    return name, runs, written


def check_digit(digits: str) -> str:
    """The last digit of an EAN or UPC: weights 3, 1 from the right."""
    return str(-sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits))) % 10)


def _digits(text: str, *lengths: int) -> None:
    if not (text.isascii() and text.isdigit() and len(text) in lengths):
        wanted = " / ".join(str(length) for length in lengths)
        raise BadData(f"这种条码要 {wanted} 位数字", f"this bar code takes {wanted} digits")


def _checked(text: str, length: int) -> str:
    whole = text[:length] + check_digit(text[:length])
    if len(text) > length and text != whole:
        raise BadData(f"校验位应为 {whole[-1]}", f"its check digit should be {whole[-1]}")
    return whole


def _modules(modules: str, narrow: int) -> Runs:
    return tuple(narrow * len(list(group)) for _, group in groupby(modules))


def _widths(widths: str, narrow: int) -> Runs:
    return tuple(narrow * int(width) for width in widths)


def _two_widths(characters: list[str], narrow: int) -> Runs:
    """Characters of wide and narrow bars, a narrow gap between them."""
    return tuple(WIDE[narrow] if bit == "1" else narrow for bit in "0".join(characters))


def _halves(left: str, right: str, narrow: int) -> Runs:
    return _modules(f"101{left}01010{right}101", narrow)


def _ean13(text: str, narrow: int) -> tuple[Runs, str]:
    _digits(text, 12, 13)
    whole = _checked(text, 12)
    parities = FIRST13[int(whole[0])]
    left = "".join(
        (ODD if parity == "O" else EVEN)[int(digit)] for parity, digit in zip(parities, whole[1:7], strict=True)
    )
    return _halves(left, "".join(RIGHT[int(digit)] for digit in whole[7:]), narrow), whole


def _upc_a(text: str, narrow: int) -> tuple[Runs, str]:
    _digits(text, 11, 12)
    whole = _checked(text, 11)
    return _ean13("0" + whole, narrow)[0], whole


def _ean8(text: str, narrow: int) -> tuple[Runs, str]:
    _digits(text, 7, 8)
    whole = _checked(text, 7)
    return _halves("".join(ODD[int(d)] for d in whole[:4]), "".join(RIGHT[int(d)] for d in whole[4:]), narrow), whole


def _upc_e(text: str, narrow: int) -> tuple[Runs, str]:
    _digits(text, 6, 7, 8, 11, 12)
    if len(text) in (7, 8) and text[0] != "0":
        raise BadData("UPC-E 的第一位必须是 0", "a UPC-E begins with 0")
    six = _compressed(text) if len(text) > 8 else text if len(text) == 6 else text[1:7]
    check = _checked(_expanded(six) if len(text) < 11 else text[:11], 11)[-1]
    if len(text) in (8, 12) and text[-1] != check:
        raise BadData(f"校验位应为 {check}", f"its check digit should be {check}")
    bits = "".join((ODD if p == "O" else EVEN)[int(d)] for p, d in zip(PARITY_E[int(check)], six, strict=True))
    return _modules(f"101{bits}010101", narrow), f"0{six}{check}"


def _expanded(six: str) -> str:
    """The eleven digits of UPC-A that six of UPC-E stand for."""
    body, last = six[:5], six[5]
    if last in "012":
        return f"0{body[:2]}{last}0000{body[2:]}"
    if last == "3":
        return f"0{body[:3]}00000{body[3:]}"
    return f"0{body[:4]}00000{body[4]}" if last == "4" else f"0{body}0000{last}"


def _compressed(eleven: str) -> str:
    for six in (
        eleven[1:3] + eleven[8:11] + eleven[3],
        eleven[1:4] + eleven[9:11] + "3",
        eleven[1:5] + eleven[10] + "4",
        eleven[1:6] + eleven[10],
    ):
        if _expanded(six) == eleven[:11]:
            return six
    raise BadData("这个 UPC-A 不能缩成 UPC-E", "this UPC-A has no short form UPC-E")


def _code39(text: str, narrow: int) -> tuple[Runs, str]:
    inner = text.removeprefix("*").removesuffix("*")
    if not inner or any(char not in CODE39 for char in inner):
        raise BadData("CODE39 只能用 0–9 A–Z 空格 $ % + - . /", "CODE39 takes 0-9 A-Z space $ % + - . /")
    return _two_widths([EDGE39, *(CODE39[char] for char in inner), EDGE39], narrow), f"*{inner}*"


def _itf(text: str, narrow: int) -> tuple[Runs, str]:
    if not (text.isascii() and text.isdigit()) or len(text) % 2:
        raise BadData("ITF 要偶数位数字", "ITF takes an even number of digits")
    pairs = "".join(
        "".join(bar + gap for bar, gap in zip(ITF[int(a)], ITF[int(b)], strict=True))
        for a, b in zip(text[::2], text[1::2], strict=True)
    )
    return tuple(WIDE[narrow] if bit == "1" else narrow for bit in f"0000{pairs}100"), text


def _codabar(text: str, narrow: int) -> tuple[Runs, str]:
    upper = text.upper()
    if (
        len(upper) < 3
        or upper[0] not in "ABCD"
        or upper[-1] not in "ABCD"
        or any(c not in CODABAR or c in "ABCD" for c in upper[1:-1])
    ):
        raise BadData(
            "CODABAR 以 A–D 开头和结尾，中间是 0–9 $ + - . / :",
            "CODABAR begins and ends with A-D, between them 0-9 $ + - . / :",
        )
    return _two_widths([CODABAR[char] for char in upper], narrow), upper


def _code93(text: str, narrow: int) -> tuple[Runs, str]:
    if not text or any(char not in CODE93_ORDER for char in text):
        raise BadData(
            "CODE93 在这里只画 0–9 A–Z 空格 $ % + - . /", "CODE93 is drawn here for 0-9 A-Z space $ % + - . /"
        )
    values = [CODE93_ORDER.index(char) for char in text]
    for most in (20, 15):  # the two check characters C and K
        values.append(sum(value * (1 + at % most) for at, value in enumerate(reversed(values))) % 47)
    return _modules(EDGE93 + "".join(CODE93[value] for value in values) + EDGE93 + "1", narrow), text


def _code128(text: str, narrow: int) -> tuple[Runs, str]:
    values, written = _values128(text)
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    widths = "".join(CODE128[value] for value in [*values, check]) + STOP128
    return _widths(widths, narrow), written


def _values128(text: str) -> tuple[list[int], str]:
    """Code 128's symbol values, start first, and what is written.

    ``{A {B {C`` choose the set, ``{S`` shifts, ``{1``–``{4`` FNC.
    """
    if text[:2] not in ("{A", "{B", "{C") or len(text) < 3:
        raise BadData("CODE128 要以 {A、{B 或 {C 开头", "CODE128 begins with {A, {B or {C")
    now, values, written, at = text[1], [START128[text[1]]], "", 2
    shifted = False
    while at < len(text):
        two = text[at : at + 2]
        if two[0] == "{" and two != "{{":
            at += 2
            if two[1:] in SHIFTS128[now]:
                values.append(SHIFTS128[now][two[1]])
                now = two[1]
            elif two == "{S" and now in "AB":
                values.append(SHIFT128)
                shifted = True
            elif now in FUNCTIONS128.get(two[1:], {}):
                values.append(FUNCTIONS128[two[1]][now])
            else:
                raise BadData(f"CODE128 里 {two} 在此无效", f"{two} means nothing here in CODE128")
            continue
        if now == "C":
            code = two
            if not (len(two) == 2 and two.isdigit()):
                raise BadData("CODE128 的 {C 后面要成对的数字", "after {C CODE128 takes digits in pairs")
            values.append(int(two))
        else:
            code = two[0]
            values.append(_value128({"A": "B", "B": "A"}[now] if shifted else now, code))
        written += code if code.isprintable() else " "
        at += 2 if two == "{{" else len(code)
        shifted = False
    return values, written


def _value128(code_set: str, char: str) -> int:
    number = ord(char)
    if code_set == "A" and number < 0x60:
        return number - 0x20 if number >= 0x20 else number + 0x40
    if code_set == "B" and 0x20 <= number <= 0x7F:
        return number - 0x20
    raise BadData(
        f"字符 {number:02X} 不在 CODE128 的 {code_set} 集里",
        f"character {number:02X} is not in code set {code_set} of CODE128",
    )


SYSTEMS: tuple[tuple[str, Callable[[str, int], tuple[Runs, str]]], ...] = (
    ("UPC-A", _upc_a),
    ("UPC-E", _upc_e),
    ("EAN13", _ean13),
    ("EAN8", _ean8),
    ("CODE39", _code39),
    ("ITF", _itf),
    ("CODABAR", _codabar),
    ("CODE93", _code93),
    ("CODE128", _code128),
)
