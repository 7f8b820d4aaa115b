"""An encoder nobody here wrote, python-escpos, prints through its own API; the virtual printer shows the right
paper.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import barcode
import pytest
import segno
from PIL import Image, ImageDraw, ImageOps

from printer_profiles.profile import load
from printer_profiles.virtual.barcodes import bars
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.picture import burnt
from printer_profiles.virtual.sheet import BLADE, Bars, Cell, Code, Line, Sheet

P80 = load("generic-80")


@pytest.fixture(scope="module")
def dummy() -> Callable[[], Any]:
    """A printer of python-escpos that keeps its bytes; imported late: it sets up logging."""
    printer = importlib.import_module("escpos.printer")
    return lambda: printer.Dummy(profile="TM-T88V")


def printed(device: Any, *, complaints: bool = False, chinese_on: bool = False) -> Sheet:
    """The one slip that came out."""
    paper = Paper(P80, chinese_on=chinese_on)
    paper.feed(device.output)
    if not complaints:
        assert paper.complaints == []
    assert len(paper.slips) == 1
    return paper.slips[0]


def picture(wide: int, high: int) -> Image.Image:
    """Black on white, no two rows or columns alike."""
    image = Image.new("1", (wide, high), 1)
    draw = ImageDraw.Draw(image)
    draw.line((0, 0, wide - 1, high - 1), fill=0)
    draw.rectangle((wide // 2, 3, wide // 2 + 9, high // 3), fill=0)
    draw.point((wide - 1, 0), fill=0)
    return image


def lines(sheet: Sheet) -> list[Line]:
    return [item for item in sheet.items if isinstance(item, Line)]


def test_text_and_cut(dummy: Callable[[], Any]) -> None:
    device = dummy()
    device.textln("A012  3 ahead")
    device.text("second\n")
    device.cut()
    sheet = printed(device)
    assert (sheet.text(), sheet.end) == ("A012  3 ahead\nsecond", "full")


@pytest.mark.parametrize(("mode", "end"), [("FULL", "full"), ("PART", "partial")])
@pytest.mark.parametrize("feed", [True, False])
def test_cuts(dummy: Callable[[], Any], mode: str, end: str, feed: bool) -> None:
    device = dummy()
    device.textln("A")
    device.cut(mode=mode, feed=feed)
    assert printed(device).end == (end if feed else "partial")  # without feed it sends GS V 66 whatever was asked


def test_set(dummy: Callable[[], Any]) -> None:
    device = dummy()
    device.set(align="center", bold=True, underline=1, double_height=True, double_width=True)
    device.textln("A")
    device.set(align="right", invert=True, custom_size=True, width=3, height=4, font="b")
    device.textln("B")
    device.set_with_default()
    device.textln("C")
    device.cut()
    first, second, third = lines(printed(device))
    assert (first.align, first.cells) == ("centre", (Cell("A", width=2, height=2, bold=True, underline=True),))
    assert second.align == "right"
    assert second.cells == (Cell("B", width=3, height=4, invert=True, small=True, bold=True, underline=True),)
    assert (third.align, third.cells) == ("left", (Cell("C"),))


def test_chinese_needs_a_printer_in_chinese_mode(dummy: Callable[[], Any]) -> None:
    device = dummy()
    device.textln("你好，窗口 3 号")
    device.cut()
    assert printed(device, chinese_on=True).text() == "你好，窗口 3 号"
    paper = Paper(P80)
    paper.feed(device.output)
    assert any("FS &" in said for said in paper.complaints)
    assert "你好" not in paper.slips[0].text()


def test_accents_through_a_code_page(dummy: Callable[[], Any]) -> None:
    device = dummy()
    device.textln("Grüße, café")
    device.cut()
    assert printed(device, complaints=True).text() == "Grüße, café"


@pytest.mark.parametrize(("ec", "letter"), [(0, "l"), (1, "m"), (2, "q"), (3, "h")])
def test_native_qr(dummy: Callable[[], Any], ec: int, letter: str) -> None:
    device = dummy()
    device.qr("https://example.cn/排队", ec=ec, size=5, native=True)
    device.cut()
    (code,) = [item for item in printed(device).items if isinstance(item, Code)]
    assert (code.data.decode(), code.size, code.error) == ("https://example.cn/排队", 5, letter)
    assert code.modules == tuple(bytes(row) for row in segno.make_qr(code.data, error=letter, boost_error=False).matrix)


@pytest.mark.parametrize("impl", ["bitImageRaster", "graphics", "bitImageColumn"])
@pytest.mark.parametrize("size", [(64, 48), (121, 72), (512, 240)])
def test_an_image_dot_by_dot(dummy: Callable[[], Any], impl: str, size: tuple[int, int]) -> None:
    device, image = dummy(), picture(*size)
    device.image(image, impl=impl, center=False)
    device.cut()
    dots = burnt(printed(device))
    wanted = ImageOps.invert(image.convert("L")).convert("1")
    assert dots.crop((0, BLADE, size[0], BLADE + size[1])).tobytes() == wanted.tobytes()


def test_a_qr_code_as_an_image(dummy: Callable[[], Any]) -> None:
    device = dummy()
    device.qr("A012", size=4)
    device.cut()
    dots = burnt(printed(device))
    box = dots.getbbox()
    assert box and box[2] - box[0] == box[3] - box[1] == 21 * 4  # version 1


@pytest.mark.parametrize(
    ("kind", "code", "function", "written"),
    [
        ("EAN13", "690123456789", "A", "6901234567892"),
        ("EAN8", "1234567", "A", "12345670"),
        ("UPC-A", "12345678901", "A", "123456789012"),
        ("CODE39", "A012", "A", "*A012*"),
        ("ITF", "123456", "A", "123456"),
        ("CODABAR", "A123B", "A", "A123B"),
        ("CODE93", "A012", "B", "A012"),
        ("CODE128", "{BA012{C3456", "B", "A0123456"),
    ],
)
def test_bar_codes(dummy: Callable[[], Any], kind: str, code: str, function: str, written: str) -> None:
    device = dummy()
    device.barcode(code, kind, height=80, width=2, pos="BELOW", font="A", function_type=function, align_ct=True)
    device.cut()
    (found,) = [item for item in printed(device).items if isinstance(item, Bars)]
    assert (found.system, found.data, found.high, found.align, found.written) == (kind, written, 80, "centre", "below")


@pytest.mark.parametrize(
    ("system", "name", "data"), [(2, "ean13", "690123456789"), (3, "ean8", "1234567"), (0, "upca", "12345678901")]
)
def test_bars_as_another_library_draws_them(system: int, name: str, data: str) -> None:
    """python-barcode gives modules as "1" and "0"."""
    theirs = barcode.get_barcode_class(name)(data).build()[0].replace("G", "1")
    _, runs, _ = bars(system, data.encode(), 1)
    assert "".join(str((at + 1) % 2) * run for at, run in enumerate(runs)) == theirs


def test_drawer_buzzer_and_status_requests(dummy: Callable[[], Any]) -> None:
    device = dummy()
    device.cashdraw(2)
    device.cashdraw(5)
    device.buzzer(2, 3)
    device.hw("INIT")
    paper = Paper(P80)
    paper.feed(device.output)
    assert (paper.events, paper.complaints) == (["drawer 0", "drawer 1", "buzzer 2 x 3"], [])


def test_a_length_that_wraps_is_found() -> None:
    """python-escpos writes the length of a graphic of 69 132 bytes modulo 65 536; real printers print the rest as
    text.
    """
    device = importlib.import_module("escpos.printer").Dummy(profile="TM-T20II")  # 576 dots
    device.image(Image.new("1", (576, 960), 0), impl="graphics", fragment_height=960, center=False)
    paper = Paper(replace(P80, cutter="partial"))
    paper.feed(device.output)
    assert any("bytes of image were due" in said for said in paper.complaints)


# bytes in the manner of other encoders (shared notes on receiptline and escpos-php)


def test_receiptline_and_escpos_php() -> None:
    paper = Paper(P80)
    paper.feed(b"\x1b@\x1da\x00\x1b3\x00\x1c(A\x02\x000\x00" + b"\x1bt\x00\x1c&" + "取号".encode("gb18030") + b"\n")
    paper.feed(b"\x1bt\x00A012\n\x1c&" + "窗口".encode("gbk") + b"\x1c.\n\x1dV\x42\x00")
    assert [slip.text() for slip in paper.slips] == ["取号\nA012\n窗口"]
