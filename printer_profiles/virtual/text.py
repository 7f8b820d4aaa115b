"""The commands of text and of paper: styles, places on the line, Chinese, feeding, cutting. Each works on a Head.

Named in commands.py; what each byte means: docs/protocols/escpos.md. It draws nothing and answers nothing.
"""

from __future__ import annotations

from printer_profiles.virtual.codepages import REGIONS, known_page
from printer_profiles.virtual.head import Command, Head
from printer_profiles.virtual.sheet import BLADE, CELL, Align

ALIGNS: dict[int, Align] = {0: "left", 1: "centre", 2: "right", 0x30: "left", 0x31: "centre", 0x32: "right"}


def unshown(head: Head, *_: int) -> None:
    """Known, its parameters read, and without effect on this paper."""
    head.complain("看懂了，但这张纸上不显示", "understood, but not shown on this paper")


def silent(head: Head, *_: int) -> None:
    """Known, and without a visible effect on real paper either."""


def bounded(head: Head, low: int, high: int) -> Command:
    """ESC ( x, FS ( x: parameters with their length, not shown."""
    yield from head.data(low + 256 * high)
    unshown(head)


# --- initialise, styles ---


def initialise(head: Head) -> None:
    """ESC @: everything as after power on; what stands in the line is thrown away."""
    if head.cells:
        head.complain("丢掉了一行还没打印的内容", "throws away a line that was not printed")
    if head.at_bar:
        head.part("torn")
    head.forget_line()
    head.style = head.new_style()


def mode(head: Head, n: int) -> None:
    """ESC !"""
    head.style.size = (2 if n & 0x20 else 1, 2 if n & 0x10 else 1)
    head.style.bold, head.style.underline, head.style.small = bool(n & 0x08), bool(n & 0x80), bool(n & 0x01)


def chinese_mode(head: Head, n: int) -> None:
    """FS !"""
    head.style.chinese_size = (2 if n & 0x04 else 1, 2 if n & 0x08 else 1)
    head.style.chinese_underline = bool(n & 0x80)


def chinese_double(head: Head, n: int) -> None:
    """FS W"""
    head.style.chinese_size = (2, 2) if n & 1 else (1, 1)


def size(head: Head, n: int) -> None:
    """GS !"""
    head.style.size = ((n >> 4 & 7) + 1, (n & 7) + 1)
    if head.profile.chinese_size == "gs":  # on some heads only FS ! and FS W enlarge Chinese
        head.style.chinese_size = head.style.size
    if n & 0x88:
        head.complain("字号只有 1 到 8 倍", "sizes go from 1 to 8")


def underline(head: Head, n: int) -> None:
    """ESC -"""
    head.style.underline = n in (1, 2, 0x31, 0x32)


def chinese_underline(head: Head, n: int) -> None:
    """FS -"""
    head.style.chinese_underline = n in (1, 2, 0x31, 0x32)


def bold(head: Head, n: int) -> None:
    """ESC E, ESC G"""
    head.style.bold = bool(n & 1)


def invert(head: Head, n: int) -> None:
    """GS B"""
    head.style.invert = bool(n & 1)


def font(head: Head, n: int) -> None:
    """ESC M"""
    if n in (0, 1, 0x30, 0x31):
        head.style.small = bool(n & 1)
    else:
        head.complain("字体只有 A（0）和 B（1）", "the fonts are A (0) and B (1)")


def turn(head: Head, n: int) -> None:
    """ESC V"""
    head.style.turned = n in (1, 2, 0x31, 0x32)


def upside(head: Head, n: int) -> None:
    """ESC {"""
    if head.cells:
        head.complain("已忽略：倒置打印只在行首有效", "ignored: upside-down counts only at the beginning of a line")
    else:
        head.style.upside = bool(n & 1)


def space(head: Head, n: int) -> None:
    """ESC SP"""
    head.style.space = head.across(n)


def chinese_space(head: Head, left: int, right: int) -> None:
    """FS S"""
    head.style.chinese_space = head.across(left + right)


def code_page(head: Head, n: int) -> None:
    """ESC t"""
    head.style.page = n
    page = head.pages.get(n, "")
    if not known_page(page):
        named = f"（{page}）" if page else ""
        head.complain(
            f"不认识的字符页 {n}{named}",
            f"code page {n}{f' ({page})' if page else ''} is not known here; its characters are shown as {chr(0x25A1)}",
        )


def region(head: Head, n: int) -> None:
    """ESC R"""
    if n < len(REGIONS):
        head.style.region = n
    else:
        head.complain("国际字符集是 0 到 15", "international sets are 0 to 15")


def align(head: Head, n: int) -> None:
    """ESC a"""
    if n not in ALIGNS:
        head.complain("对齐是 0、1 或 2", "alignment is 0, 1 or 2")
    elif head.cells:
        head.complain("已忽略：对齐只在行首有效", "ignored: alignment counts only at the beginning of a line")
    else:
        head.style.align = ALIGNS[n]


def chinese_on(head: Head) -> None:
    """FS &"""
    if head.profile.chinese == "raster":
        head.complain("这个型号没有汉字库", "this model has no Chinese font")
    else:
        head.style.chinese = True


def chinese_off(head: Head) -> None:
    """FS ."""
    head.style.chinese = False


def select(head: Head, n: int) -> None:
    """ESC =: a printer that is not selected ignores everything but this command."""
    head.selected = bool(n & 1)
    if not head.selected:
        head.complain(
            "打印机被取消选择，之后的数据都不打印，直到 1B 3D 01",
            "the printer is deselected: nothing is printed until 1B 3D 01",
        )


def encoding(head: Head, function: int, low: int, high: int) -> Command:
    """FS ( C fn 48: UTF-8 on Epson's newest (TM-m30II, TM-T88VI and later); everything else of FS ( is not shown."""
    values = yield from head.data(low + 256 * high)
    if function == 0x43 and len(values) == 2 and values[0] in (0, 48) and values[1] in (1, 2, 49, 50):
        head.style.utf8 = values[1] in (2, 50)
        head.complain(
            "只有较新的爱普生机型（TM-T88VI、TM-m30II 起）懂 UTF-8",
            "only newer Epson models (TM-T88VI, TM-m30II …) know UTF-8",
        )
    else:
        unshown(head)


# --- places on the line ---


def units(head: Head, x: int, y: int) -> None:
    """GS P: motion units per inch; 0 = as after power on."""
    across, down = head.default_units
    head.style.units = (x or across, y or down)


def absolute(head: Head, low: int, high: int) -> None:
    """ESC $"""
    x = head.across(low + 256 * high)
    (
        head.move(x)
        if x <= head.area
        else head.complain("已忽略：位置超出打印区", "ignored: a place outside the print area")
    )


def relative(head: Head, low: int, high: int) -> None:
    """ESC \\"""
    n = low + 256 * high
    x = head.x + head.across(n - 65536 if n >= 32768 else n)
    (
        head.move(x)
        if 0 <= x <= head.area
        else head.complain("已忽略：位置超出打印区", "ignored: a place outside the print area")
    )


def tab(head: Head) -> None:
    """HT: to the next tab stop; without one it is ignored."""
    stop = next((stop for stop in head.style.tabs if stop > head.x), None)
    if stop is None or stop > head.area:
        head.complain("已忽略：后面没有制表位", "ignored: no tab stop further on")
    else:
        head.move(stop)


def tabs(head: Head) -> Command:
    """ESC D n1 … nk NUL: tab stops in characters, rising; one that does not rise ends the list and is printed as
    text.
    """
    stops: list[int] = []
    while (n := (yield 1)[0]) and len(stops) < 32:
        if stops and n * head.column <= stops[-1]:
            head.complain("制表位要递增，并以 00 结束", "tab stops rise, and a 00 ends them")
            break
        stops.append(n * head.column)
    head.style.tabs = tuple(stops)


def margin(head: Head, low: int, high: int) -> None:
    """GS L"""
    if head.cells:
        head.complain("已忽略：左边距只在行首有效", "ignored: the margin counts only at the beginning of a line")
    else:
        head.style.margin_left = head.across(low + 256 * high)


def area(head: Head, low: int, high: int) -> None:
    """GS W"""
    if head.cells:
        head.complain(
            "已忽略：打印区宽度只在行首有效", "ignored: the print area counts only at the beginning of a line"
        )
    else:
        head.style.area = max(CELL, head.across(low + 256 * high))


def line_start(head: Head, n: int) -> None:
    """GS T: back to the beginning of the line, and print what stands in it (1) or throw it away (0)."""
    head.print_line() if n & 1 else head.forget_line()


# --- feeding and cutting ---


def default_spacing(head: Head) -> None:
    """ESC 2"""
    head.style.line_dots = head.profile.line_dots


def spacing(head: Head, n: int) -> None:
    """ESC 3"""
    head.style.line_dots = head.down(n)


def line_feed(head: Head) -> None:
    """LF"""
    head.print_line() if head.cells else head.blank(head.style.line_dots)


def feed_lines(head: Head, n: int) -> None:
    """ESC d"""
    if head.cells:
        head.print_line()
        n -= 1
    head.blank(max(n, 0) * head.style.line_dots)


def feed_dots(head: Head, n: int) -> None:
    """ESC J"""
    head.print_line(head.down(n)) if head.cells else head.blank(head.down(n))


def feed_back(head: Head, n: int) -> None:
    """ESC K, ESC e"""
    head.print_line()
    if n:
        head.complain("这里不倒走纸；多数热敏机也不会", "paper is not fed backwards here, nor by most thermal heads")


def form_feed(head: Head) -> None:
    """FF: in page mode, print and return to standard mode."""
    if not head.style.page_mode:
        head.complain("FF 只在页模式或标签纸上有意义", "FF means something only in page mode or on labels")
    head.print_line()
    head.style.page_mode = False


def page_mode(head: Head) -> None:
    """ESC L"""
    head.style.page_mode = True
    head.complain("页模式：这里按先后次序排，不按位置", "page mode: shown in the order of arrival, not in its place")


def standard_mode(head: Head) -> None:
    """ESC S: leave page mode; what was not printed is thrown away."""
    if head.style.page_mode:
        head.forget_line()
    head.style.page_mode = False


def print_page(head: Head) -> None:
    """ESC FF"""
    head.print_line()


def full_cut(head: Head) -> None:
    """ESC i: on Epson's own list for older models a cut that leaves one point; most heads of today cut whole."""
    head.cut("full")


def partial_cut(head: Head) -> None:
    """ESC m"""
    head.cut("partial")


def cut(head: Head, m: int) -> Command | None:
    """GS V: 0 and 1 cut here; 65 and 66 n feed to the blade and n further; 97, 98, 103 and 104 n likewise, on newer
    models.
    """
    if m in (65, 66, 97, 98, 103, 104):
        return _feed_and_cut(head, m)
    if m not in (0, 1, 48, 49):
        head.complain("切纸是 0、1、65 或 66", "a cut is 0, 1, 65 or 66")
        return None
    head.cut("full" if m in (0, 48) else "partial")
    return None


def _feed_and_cut(head: Head, m: int) -> Command:
    n = (yield 1)[0]
    head.print_line()
    head.blank(max(0, BLADE - head.fed) + head.down(n))
    head.cut("full" if m in (65, 97, 103) else "partial")


def drawer(head: Head, m: int, on: int, off: int) -> None:
    """ESC p"""
    head.events.append(f"drawer {m & 1}")


def buzzer(head: Head, times: int, length: int) -> None:
    """ESC B, on Chinese heads"""
    head.events.append(f"buzzer {times} x {length}")


def beeps(head: Head, low: int, high: int) -> Command:
    """ESC ( A: the buzzer, on Epson's"""
    values = yield from head.data(low + 256 * high)
    head.events.append(f"buzzer {values[2] if len(values) > 2 else 1}")


def escape_bracket(head: Head, letter: int, low: int, high: int) -> Command:
    """ESC ( x"""
    yield from beeps(head, low, high) if letter == 0x41 else bounded(head, low, high)


# --- characters that a program defines: read in their right length, not shown ---


def define(head: Head, high: int, first: int, last: int) -> Command:
    """ESC & y c1 c2 [x d…]…"""
    for _ in range(first, last + 1):
        across = (yield 1)[0]
        yield from head.data(high * across)
    head.complain("自定义字符不显示", "characters that a program defines are not shown")


def define_chinese(head: Head, c1: int, c2: int) -> Command:
    """FS 2 c1 c2 d1 … d72"""
    yield from head.data(72)
    head.complain("自定义汉字不显示", "characters that a program defines are not shown")
