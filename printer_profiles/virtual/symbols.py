"""The commands of bar codes and two-dimensional codes: GS k with its settings, GS ( k.

On a Head; bars are barcodes.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from printer_profiles.virtual.barcodes import SYSTEMS, BadData, bars
from printer_profiles.virtual.graphics import graphics
from printer_profiles.virtual.head import Command, Head, visible
from printer_profiles.virtual.sheet import Bars, Code, Label
from printer_profiles.virtual.text import unshown

WRITTEN: tuple[Literal["", "above", "below", "both"], ...] = ("", "above", "below", "both")
KINDS = {48: "PDF417", 50: "MaxiCode", 51: "GS1 DataBar", 52: "Composite", 53: "Aztec", 54: "DataMatrix"}  # GS ( k cn
MICRO = 51  # GS ( k 65: the kind of QR code


# --- bar codes ---


def bar_high(head: Head, n: int) -> None:
    """GS h"""
    head.style.bar_high = n or 1


def bar_wide(head: Head, n: int) -> None:
    """GS w"""
    if 1 <= n <= 6:
        head.style.bar_wide = n
    else:
        head.complain(
            "条码模块宽 2 到 6 点（有的型号 1 到 6）", "a bar code's module has 2 to 6 dots (on some models 1 to 6)"
        )


def bar_written(head: Head, n: int) -> None:
    """GS H"""
    head.style.bar_written = n & 3 if n in (0, 1, 2, 3, 48, 49, 50, 51) else head.style.bar_written


def bar_font(head: Head, n: int) -> None:
    """GS f"""
    head.style.bar_small = bool(n & 1)


def bar_code(head: Head, m: int) -> Command:
    """GS k m d… NUL for m up to 10, GS k m n d… from 65 on."""
    if m >= 65:
        count = (yield 1)[0]
        data = yield from head.data(count)
    elif m <= 10:
        data = b""
        while (byte := (yield 1)) != b"\x00":
            data += byte
            if len(data) > 255:
                head.complain("条码没有以 00 结束", "no 00 ends this bar code")
                return
    else:
        head.complain("不认识的条码种类", "an unknown kind of bar code")
        return
    _print_bars(head, m - 65 if m >= 65 else m if m <= 6 else 99, data)


def _print_bars(head: Head, system: int, data: bytes) -> None:
    style = head.style
    if system >= len(SYSTEMS):
        head.complain("这种条码这里不画，只留一个框", "this kind of bar code is not drawn here, only framed")
        head.image(Label(_shown(data), style.align))
        return
    try:
        name, runs, written = bars(system, data, style.bar_wide)
    except BadData as error:
        head.complain(f"{error.zh}；真机什么也不打印", f"{error.en}; a printer prints nothing")
        return
    if sum(runs) > head.area:
        head.complain(
            f"条码宽 {sum(runs)} 点，放不下，真机什么也不打印",
            f"{sum(runs)} dots wide on {head.area}: printers print nothing then",
        )
        return
    head.image(Bars(name, written, runs, style.bar_high, style.align, WRITTEN[style.bar_written], style.bar_small))


def _shown(data: bytes) -> str:
    return "".join(visible(char) for char in data.decode("utf-8", "replace"))


# --- GS Z, ESC Z: the two-dimensional codes of Chinese heads (HCC POS80B manual, page 56; Zijiang SDK) ---


def kind_2d(head: Head, n: int) -> None:
    """GS Z: 0 PDF417, 1 DataMatrix, 2 QR."""
    if n <= 2:
        head.style.kind_2d = n
    else:
        head.complain("码制是 0（PDF417）、1（DataMatrix）或 2（QR）", "the kinds are 0 PDF417, 1 DataMatrix, 2 QR")


def code_2d(head: Head, m: int, n: int, k: int, low: int, high: int) -> Command:
    """ESC Z m n k dL dH d…

    What m and n mean depends on the kind: of a QR code m is the version (0: as it needs), n the error correction, k
    dots per module.
    """
    data = yield from head.data(low + 256 * high)
    if head.profile.qr != "esc_z":
        head.complain(
            "型号资料没说它懂 ESC Z，真机可能把内容当文字打印",
            "this model is not known to understand ESC Z; it may print the content as text",
        )
    if head.style.kind_2d is None:
        head.complain(
            "前面没有 GS Z 2（1D 5A 02）：有的机器默认是 PDF417",
            "no GS Z 2 (1D 5A 02) before it: some heads begin with PDF417",
        )
    if not data:
        head.complain("二维码没有内容，真机什么也不打印", "a code without content; printers print nothing")
    elif head.style.kind_2d in (0, 1):
        name = ("PDF417", "DataMatrix")[head.style.kind_2d]
        head.complain(f"{name} 这里不画，只留一个框", f"{name} is not drawn here, only framed")
        head.image(Label(f"{name} {_shown(data)}", head.style.align))
    else:
        _print_esc_z(head, m, n, k, data)


def _print_esc_z(head: Head, m: int, n: int, k: int, data: bytes) -> None:
    level = {ord("L"): "l", ord("M"): "m", ord("Q"): "q", ord("H"): "h"}.get(n) or (n <= 3 and "lmqh"[n])
    if not level or m > 40 or not 1 <= k <= 8:
        head.complain(
            "ESC Z 要版本 0 到 40、纠错 L M Q H、模块宽 1 到 8 点；真机什么也不打印",
            "ESC Z takes version 0 to 40, error correction L M Q H, 1 to 8 dots a module; printers print nothing",
        )
        return
    if n <= 3:
        head.complain(
            "纠错写成 0 到 3：有的机器只认 L M Q H（4C 4D 51 48）",
            "error correction as 0 to 3: some heads know only L M Q H (4C 4D 51 48)",
        )
    import segno

    try:
        matrix = segno.make_qr(data, version=m or None, error=level, boost_error=False).matrix
    except (segno.DataOverflowError, ValueError):
        matrix = ()
    code = Code(data, k, level, head.style.align, tuple(bytes(row) for row in matrix))
    if not matrix or code.dots > head.area:
        head.complain(
            "二维码放不下，真机什么也不打印", "the QR code does not fit the paper; printers print nothing then"
        )
    else:
        head.image(code)


# --- GS ( x ---


def extended(head: Head, letter: int, low: int, high: int) -> Command:
    """GS ( x pL pH …"""
    body = yield from head.data(low + 256 * high)
    if letter == 0x4C:
        graphics(head, body)
    elif letter == 0x6B and len(body) >= 2 and body[0] == 0x31 and body[1] in QR:
        QR[body[1]](head, body[2:])
    elif letter == 0x6B and len(body) >= 2 and body[0] in KINDS:
        _other(head, body[0], body[1], body[3:])
    elif (
        letter == 0x48 and body[:2] == b"00" and len(body) == 6
    ):  # GS ( H 48: the host's own number comes back, in its turn
        head.host.reply(b"\x37\x22" + body[2:] + b"\x00")
    else:
        head.complain("认得 GS (，已跳过", "understood as GS ( and skipped")


def _other(head: Head, kind: int, function: int, data: bytes) -> None:
    """PDF417 and its like: the data is kept, and a frame with its name stands for it."""
    if function == 80:
        head.style.stored[kind] = data
    elif function == 81 and kind in head.style.stored:
        text = f"{KINDS[kind]} {_shown(head.style.stored[kind])}"
        head.complain(f"{KINDS[kind]} 这里不画，只留一个框", f"{KINDS[kind]} is not drawn here, only framed")
        head.image(Label(text, head.style.align))


def _model(head: Head, values: bytes) -> None:
    """fn 65"""
    if values[:1] in (b"1", b"2", b"3"):
        head.style.qr_model = values[0]
    else:
        head.complain("二维码种类是 49、50（模型 1、2）或 51（微型）", "a QR code is model 49, 50 (1, 2) or 51 (micro)")
    if values[:1] == b"1":
        head.complain("模型 1 已过时，这里按模型 2 画", "model 1 is obsolete; shown as model 2")


def _size(head: Head, values: bytes) -> None:
    """fn 67"""
    if len(values) == 1 and 1 <= values[0] <= 16:
        head.style.qr_size = values[0]
    else:
        head.complain("二维码模块宽 1 到 16 点", "a QR module has 1 to 16 dots")


def _error(head: Head, values: bytes) -> None:
    """fn 69"""
    if len(values) == 1 and 48 <= values[0] <= 51:
        head.style.qr_error = "lmqh"[values[0] - 48]
    else:
        head.complain("二维码纠错是 48 到 51", "QR error correction is 48 to 51")


def _keep(head: Head, values: bytes) -> None:
    """fn 80"""
    if values[:1] == b"0" and len(values) > 1:
        head.style.stored[0x31] = values[1:]
    else:
        head.complain("存二维码是 80 48 加至少一个字节", "a QR code is stored by 80 48 and at least one byte")


def _print_qr(head: Head, values: bytes) -> None:
    """fn 81"""
    data = head.style.stored.get(0x31)
    if values != b"0" or not data:
        head.complain("没有存过二维码内容", "nothing stored to print as a QR code")
        return
    if head.profile.qr != "native":
        head.complain("这个型号不懂 GS ( k 二维码，请发光栅图", "this model knows no QR codes by GS ( k; send a raster")
        return
    code = _code(head, data)
    if code is None or code.dots > head.area:
        head.complain(
            "二维码放不下，真机什么也不打印", "the QR code does not fit the paper; printers print nothing then"
        )
    else:
        head.image(code)


def _code(head: Head, data: bytes) -> Code | None:
    import segno

    style = head.style
    try:
        if style.qr_model == MICRO:
            symbol = segno.make_micro(data, error=style.qr_error if style.qr_error != "h" else "q", boost_error=False)
        else:
            symbol = segno.make_qr(data, error=style.qr_error, boost_error=False)
    except (segno.DataOverflowError, ValueError):
        return None
    return Code(data, style.qr_size, style.qr_error, style.align, tuple(bytes(row) for row in symbol.matrix))


QR: dict[int, Callable[[Head, bytes], None]] = {
    65: _model,
    67: _size,
    69: _error,
    80: _keep,
    81: _print_qr,
    82: lambda head, _: unshown(head),
}
