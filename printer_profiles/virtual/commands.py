"""The ESC/POS commands the virtual printer understands, as a table, and what each is called.

It carries nothing out itself.

Two bytes -> its names, the function that carries it out on a Head, and how many parameter bytes that function is
given; one that wants more asks for them. text.unshown = known and complained of. Sources: docs/protocols/escpos.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from printer_profiles.virtual import answers, graphics, symbols, text


@dataclass(frozen=True)
class Row:
    """One command: what Epson calls it, what it does in two languages, who carries it out."""

    name: str
    zh: str
    en: str
    carry: Callable[..., Any]  # (head, *parameters) -> None, or a Command that asks for more bytes
    count: int  # parameter bytes


COMMANDS: dict[bytes, Row] = {
    b"\x10\x04": Row("DLE EOT", "实时状态", "real-time status", answers.real_time_status, 1),
    b"\x10\x05": Row("DLE ENQ", "实时恢复", "real-time recovery", answers.already_obeyed, 1),
    b"\x10\x14": Row("DLE DC4", "实时脉冲、清缓冲", "real-time pulse, clear buffer", answers.pulse, 1),
    b"\x1b\x0c": Row("ESC FF", "页模式打印", "print the page", text.print_page, 0),
    b"\x1b\x20": Row("ESC SP", "字符右间距", "space right of characters", text.space, 1),
    b"\x1b\x21": Row("ESC !", "打印模式", "print mode", text.mode, 1),
    b"\x1b\x24": Row("ESC $", "绝对位置", "absolute place", text.absolute, 2),
    b"\x1b\x25": Row("ESC %", "选用自定义字符", "use own characters", text.unshown, 1),
    b"\x1b\x26": Row("ESC &", "定义字符", "define characters", text.define, 3),
    b"\x1b\x28": Row("ESC (", "扩展（蜂鸣等）", "extended (buzzer …)", text.escape_bracket, 3),
    b"\x1b\x2a": Row("ESC *", "点阵图", "bit image", graphics.columns, 3),
    b"\x1b\x2d": Row("ESC -", "下划线", "underline", text.underline, 1),
    b"\x1b\x32": Row("ESC 2", "默认行距", "default line spacing", text.default_spacing, 0),
    b"\x1b\x33": Row("ESC 3", "行距", "line spacing", text.spacing, 1),
    b"\x1b\x3c": Row("ESC <", "回到起点", "home", text.silent, 0),
    b"\x1b\x3d": Row("ESC =", "选择打印机", "select the printer", text.select, 1),
    b"\x1b\x3f": Row("ESC ?", "取消自定义字符", "cancel own characters", text.silent, 1),
    b"\x1b\x40": Row("ESC @", "初始化", "initialise", text.initialise, 0),
    b"\x1b\x42": Row("ESC B", "蜂鸣", "buzzer", text.buzzer, 2),
    b"\x1b\x44": Row("ESC D", "制表位", "tab stops", text.tabs, 0),
    b"\x1b\x45": Row("ESC E", "加粗", "bold", text.bold, 1),
    b"\x1b\x47": Row("ESC G", "双重打印", "double strike", text.bold, 1),
    b"\x1b\x4a": Row("ESC J", "走纸（点）", "feed dots", text.feed_dots, 1),
    b"\x1b\x4b": Row("ESC K", "倒走纸（点）", "feed back dots", text.feed_back, 1),
    b"\x1b\x4c": Row("ESC L", "页模式", "page mode", text.page_mode, 0),
    b"\x1b\x4d": Row("ESC M", "字体", "font", text.font, 1),
    b"\x1b\x52": Row("ESC R", "国际字符集", "international set", text.region, 1),
    b"\x1b\x53": Row("ESC S", "标准模式", "standard mode", text.standard_mode, 0),
    b"\x1b\x54": Row("ESC T", "页模式方向", "page direction", text.unshown, 1),
    b"\x1b\x55": Row("ESC U", "单向打印", "unidirectional print", text.silent, 1),
    b"\x1b\x56": Row("ESC V", "旋转 90°", "turn by 90°", text.turn, 1),
    b"\x1b\x57": Row("ESC W", "页模式区域", "page area", text.unshown, 8),
    b"\x1b\x5a": Row("ESC Z", "打印二维码（国产机）", "print a 2D code (Chinese heads)", symbols.code_2d, 5),
    b"\x1b\x5c": Row("ESC \\", "相对位置", "relative place", text.relative, 2),
    b"\x1b\x61": Row("ESC a", "对齐", "alignment", text.align, 1),
    b"\x1b\x63": Row("ESC c", "传感器、按键", "sensors, buttons", text.silent, 2),
    b"\x1b\x64": Row("ESC d", "走纸（行）", "feed lines", text.feed_lines, 1),
    b"\x1b\x65": Row("ESC e", "倒走纸（行）", "feed back lines", text.feed_back, 1),
    b"\x1b\x69": Row("ESC i", "切纸", "cut", text.full_cut, 0),
    b"\x1b\x6d": Row("ESC m", "半切", "partial cut", text.partial_cut, 0),
    b"\x1b\x70": Row("ESC p", "钱箱", "drawer", text.drawer, 3),
    b"\x1b\x72": Row("ESC r", "颜色", "colour", text.unshown, 1),
    b"\x1b\x74": Row("ESC t", "字符页", "code page", text.code_page, 1),
    b"\x1b\x75": Row("ESC u", "查钱箱", "drawer sensor", answers.drawer_sensor, 1),
    b"\x1b\x76": Row("ESC v", "查纸", "paper sensor", answers.paper_sensor, 0),
    b"\x1b\x7b": Row("ESC {", "倒置", "upside down", text.upside, 1),
    b"\x1c\x21": Row("FS !", "汉字模式", "Chinese print mode", text.chinese_mode, 1),
    b"\x1c\x26": Row("FS &", "进入汉字", "Chinese on", text.chinese_on, 0),
    b"\x1c\x28": Row("FS (", "编码等", "encoding …", text.encoding, 3),
    b"\x1c\x2d": Row("FS -", "汉字下划线", "Chinese underline", text.chinese_underline, 1),
    b"\x1c\x2e": Row("FS .", "退出汉字", "Chinese off", text.chinese_off, 0),
    b"\x1c\x32": Row("FS 2", "定义汉字", "define a Hanzi", text.define_chinese, 2),
    b"\x1c\x3f": Row("FS ?", "取消自定义汉字", "cancel own Hanzi", text.silent, 2),
    b"\x1c\x43": Row("FS C", "日文编码", "Japanese code system", text.unshown, 1),
    b"\x1c\x53": Row("FS S", "汉字间距", "Chinese spacing", text.chinese_space, 2),
    b"\x1c\x57": Row("FS W", "汉字倍大", "Chinese double size", text.chinese_double, 1),
    b"\x1c\x70": Row("FS p", "打印存储图", "print a stored picture", graphics.print_nv, 2),
    b"\x1c\x71": Row("FS q", "存储图", "store pictures", graphics.define_nv, 1),
    b"\x1d\x21": Row("GS !", "字号", "size", text.size, 1),
    b"\x1d\x24": Row("GS $", "页内纵向位置", "vertical place", text.unshown, 2),
    b"\x1d\x28": Row("GS (", "扩展（二维码、图形）", "extended (codes, graphics)", symbols.extended, 3),
    b"\x1d\x2a": Row("GS *", "下载位图", "download a bit image", graphics.download, 2),
    b"\x1d\x2f": Row("GS /", "打印下载位图", "print the downloaded image", graphics.print_download, 1),
    b"\x1d\x38": Row("GS 8", "图形（长）", "graphics (long)", graphics.graphics_long, 5),
    b"\x1d\x3a": Row("GS :", "宏的起止", "macro begin, end", text.unshown, 0),
    b"\x1d\x42": Row("GS B", "反白", "white on black", text.invert, 1),
    b"\x1d\x45": Row("GS E", "打印速度", "print speed", text.silent, 1),
    b"\x1d\x48": Row("GS H", "条码文字位置", "where bar code text stands", symbols.bar_written, 1),
    b"\x1d\x49": Row("GS I", "型号", "identity", answers.identity, 1),
    b"\x1d\x4c": Row("GS L", "左边距", "left margin", text.margin, 2),
    b"\x1d\x50": Row("GS P", "移动单位", "motion units", text.units, 2),
    b"\x1d\x51": Row("GS Q", "光栅图（可变）", "variable raster", graphics.variable, 6),
    b"\x1d\x54": Row("GS T", "回到行首", "to the line's beginning", text.line_start, 1),
    b"\x1d\x56": Row("GS V", "切纸", "cut", text.cut, 1),
    b"\x1d\x57": Row("GS W", "打印区宽", "print area", text.area, 2),
    b"\x1d\x5a": Row("GS Z", "二维码码制（国产机）", "kind of 2D code (Chinese heads)", symbols.kind_2d, 1),
    b"\x1d\x5c": Row("GS \\", "页内纵向相对", "relative vertical place", text.unshown, 2),
    b"\x1d\x5e": Row("GS ^", "执行宏", "run the macro", text.unshown, 3),
    b"\x1d\x61": Row("GS a", "自动状态", "automatic status", answers.automatic, 1),
    b"\x1d\x62": Row("GS b", "平滑", "smoothing", text.silent, 1),
    b"\x1d\x63": Row("GS c", "打印计数", "print the counter", text.unshown, 0),
    b"\x1d\x66": Row("GS f", "条码字体", "bar code font", symbols.bar_font, 1),
    b"\x1d\x67": Row("GS g", "维护计数", "maintenance counter", text.unshown, 4),
    b"\x1d\x68": Row("GS h", "条码高", "bar code height", symbols.bar_high, 1),
    b"\x1d\x6b": Row("GS k", "条码", "bar code", symbols.bar_code, 1),
    b"\x1d\x72": Row("GS r", "查状态", "status in turn", answers.asked, 1),
    b"\x1d\x76": Row("GS v", "光栅图", "raster", graphics.raster, 6),
    b"\x1d\x77": Row("GS w", "条码宽", "bar code width", symbols.bar_wide, 1),
}

CONTROLS: dict[int, tuple[str, str, str]] = {
    0x00: ("NUL", "空", "nothing"),
    0x09: ("HT", "制表", "tab"),
    0x0A: ("LF", "换行", "line feed"),
    0x0C: ("FF", "换页", "form feed"),
    0x0D: ("CR", "回车", "carriage return"),
    0x18: ("CAN", "取消页", "cancel the page"),
}

# what the functions of GS ( k, GS ( L and DLE EOT are called: the first bytes without the length -> zh, en
FUNCTIONS: dict[tuple[str, int], tuple[str, str]] = {
    ("k", 65): ("二维码种类", "QR model"),
    ("k", 67): ("二维码大小", "QR size"),
    ("k", 69): ("二维码纠错", "QR error correction"),
    ("k", 80): ("二维码内容", "QR data"),
    ("k", 81): ("打印二维码", "print the QR code"),
    ("L", 48): ("问存储容量", "capacity?"),
    ("L", 50): ("打印图形", "print the graphics"),
    ("L", 51): ("问剩余容量", "room left?"),
    ("L", 64): ("问存储图名", "stored keys?"),
    ("L", 65): ("全部擦除", "erase all"),
    ("L", 66): ("擦除一幅", "erase one"),
    ("L", 67): ("存储图", "store a picture"),
    ("L", 69): ("打印存储图", "print a stored picture"),
    ("L", 83): ("下载图", "download a picture"),
    ("L", 85): ("打印下载图", "print a downloaded picture"),
    ("L", 112): ("图形数据", "graphics data"),
}


def described(raw: bytes) -> tuple[str, str, str]:
    """What a command or a run of text is called: name, zh, en."""
    row = COMMANDS.get(raw[:2])
    if row is None:
        if raw[0] in (0x10, 0x1B, 0x1C, 0x1D):
            return "?", "不认识", "unknown"
        return CONTROLS.get(raw[0], ("?", "控制符", "control")) if raw[0] < 0x20 else ("text", "文字", "text")
    at = 7 if raw[:2] == b"\x1d\x38" else 5  # GS 8 L has a length of four bytes
    if row.name in ("GS (", "GS 8") and len(raw) > at + 1:
        letter, function = chr(raw[2]), raw[at + 1] + 48 * (raw[at + 1] < 4)
        zh, en = FUNCTIONS.get((letter, function), (row.zh, row.en))
        return f"{row.name} {letter} {function}", zh, en
    return row.name, row.zh, row.en
