"""Slip -> bytes. Expected bytes are worked out by hand from docs/protocols/escpos.md and the GBK code table."""

from __future__ import annotations

from dataclasses import replace

import pytest
import segno
from escpos.printer import Dummy  # type: ignore[import-untyped]
from PIL import Image

from printer_profiles.escpos.encode import BYTES_IN_QR, confirm, encode
from printer_profiles.escpos.logo import harmless
from printer_profiles.profile import load
from printer_profiles.slip import LONGEST_QR, QR, Align, Cut, Feed, Logo, Pair, Rule, Slip, Text, native
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.sheet import Band, Line

P80, P58 = load("generic-80"), load("generic-58")
START = "1b40 1c26"

# Slip, bytes on 80 mm behind START (1B 40 ESC @ initialise, 1C 26 FS & Chinese mode). Each command is read from its
# manual's page; codes from the GBK table: 你 c4e3 好 bac3 号 bac5 ， a3ac 。 a1a3 ！ a3a1 Ａ a3c1 ① a2d9 ￥ a3a4 —
# a1aa ─ a9a4. 0a LF ends and prints a line.
TABLE: list[tuple[Slip, str]] = [
    ((), ""),
    ((Text("你好"),), "c4e3 bac3 0a"),  # two bytes each, the first 81 to FE
    ((Text("A001 号"),), "41303031 20 bac5 0a"),  # ASCII goes as it is, in Chinese mode too
    ((Text("，。！"),), "a3ac a1a3 a3a1 0a"),  # punctuation alone is Chinese as well
    ((Text("Ａ①￥—"),), "a3c1 a2d9 a3a4 a1aa 0a"),  # full-width forms and symbols of GB2312's zone 1 to 9
    ((Text("é王"),), "a8a6 cdf5 0a"),  # GBK has é: pinyin letters of zone 8
    ((Text("A", "centre"),), "1b6101 41 0a"),  # ESC a 1
    ((Text("A", "right"), Text("B")), "1b6102 41 0a 1b6100 42 0a"),  # ESC a 2, and back by ESC a 0
    ((Text("A", bold=True), Text("B")), "1b4501 41 0a 1b4500 42 0a"),  # ESC E 1, ESC E 0
    (
        (Text("A012", scale=4), Text("B")),
        "1d2133 41303132 0a 1d2100 42 0a",
    ),  # GS ! (4 - 1) x 16 + (4 - 1), and back by 00
    ((Text("A", "centre", bold=True, scale=8),), "1b6101 1b4501 1d2177 41 0a"),  # (8 - 1) x 16 + (8 - 1) = 77
    ((Text("A", bold=True), Text("号", bold=True)), "1b4501 41 0a bac5 0a"),  # said once where it does not change
    ((Text("A"), Text("B")), "41 0a 42 0a"),
    ((Text(""),), "1b6401"),  # ESC d 1: one line
    ((Text("", scale=3),), "1b6403"),  # as high as three
    ((Feed(3),), "1b6403"),
    ((Text("a\x1b@\x10\x04b"),), "61 40 62 0a"),  # ESC, DLE and EOT never go out; the @ is a text's own
    ((Pair("你", "好"),), "c4e3" + "20" * 44 + "bac3 0a"),  # 48 columns: 2 + 44 + 2
    (
        (Rule(), Text("A")),
        "1d2170 a9a4 a9a4 a9a4 0a 1d2100 41 0a",
    ),  # GS ! (8 - 1) x 16: 3 strokes of 24 dots, eightfold: 576
    ((Cut(),), "1b6406 1d5601"),  # ESC d 6 feeds the last line behind the blade, GS V 1 cuts but for a bridge
    # ESC a 1; ESC J 6: two modules of 3 dots; GS ( k: length 4, cn 31, fn 41 = 65, model 32 00 (2); length 3, fn 43 =
    # 67, 3 dots;
    (
        (
            QR("AB", 3),
        ),  # length 3, fn 45 = 69, 31 (M); length 2 + 3, fn 50 = 80, 30, the data; length 3, fn 51 = 81, 30; ESC J 6
        (
            "1b6101 1b4a06 1d286b0400 31413200 1d286b0300 314303 1d286b0300 314531"
            "1d286b0500 315030 4142 1d286b0300 315130 1b4a06"
        ),
    ),
    (  # 好 is three bytes of UTF-8: 3 + 3
        (QR("好", 4),),
        (
            "1b6101 1b4a08 1d286b0400 31413200 1d286b0300 314304 1d286b0300 314531"
            "1d286b0600 315030 e5a5bd 1d286b0300 315130 1b4a08"
        ),
    ),
    (  # in a line of its own between texts: left again behind it
        (Text("A"), QR("A", 1), Text("B")),
        (
            "41 0a 1b6101 1b4a02 1d286b0400 31413200 1d286b0300 314301 1d286b0300 314531"
            "1d286b0400 315030 41 1d286b0300 315130 1b4a02 1b6100 42 0a"
        ),
    ),
]


@pytest.mark.parametrize(("slip", "expected"), TABLE)
def test_bytes(slip: Slip, expected: str) -> None:
    assert encode(slip, P80).hex() == bytes.fromhex(START + expected).hex()


# What a model's head does differently; each line says which key, and why these bytes.
MODELS: list[tuple[dict[str, object], Slip, str]] = [
    # chinese_mode: FS & (1C26) and FS . (1C2E) round each run of Chinese, none round ASCII; 号 bac5 ， a3ac
    ({"chinese_mode": "run"}, (Text("A1 号，B"),), "1b40 413120 1c26 bac5a3ac 1c2e 42 0a"),
    ({"chinese_mode": "run"}, (Text("A1"),), "1b40 4131 0a"),
    # chinese_size: GS ! 11 for ASCII, FS ! 0C (bits 2 and 3: twice as wide, twice as high) for Chinese, sent where
    # Chinese comes
    (
        {"chinese_size": "fs"},
        (Text("A", scale=2), Text("号", scale=2), Text("号")),
        "1b40 1c26 1b333c 1d2111 41 0a 1c210c bac5 0a 1b32 1d2100 1c2100 bac5 0a",
    ),
    # code_page: ESC t 0 between ESC @ and FS &
    ({"code_page": True}, (Text("号"),), "1b40 1b7400 1c26 bac5 0a"),
    # largest: twofold is the font's, 42 columns take strokes sevenfold: 3 x 2 columns x 7
    ({"largest": 2}, (Text("A", scale=2),), "1b40 1c26 1b333c 1d2111 41 0a"),
    ({"columns": 42, "dots": 512}, (Rule(),), "1b40 1c26 1d2160 a9a4 a9a4 a9a4 0a"),
    # feed_unit: half dots (TM-T88III: y = 360 at 180 dpi): ESC J 24 and ESC 3 120 for 12 and 60 dots, ESC 2 back to
    # the default
    (
        {"feed_unit": 2},
        (Logo(b"\xff", 1), Text("A", scale=2), Text("B")),
        "1b40 1c26 1b6101 1d763000 0100 0100 ff 1b4a18 1b3378 1b6100 1d2111 41 0a 1b32 1d2100 42 0a",
    ),
    # rules without Chinese, or where GS ! leaves it small: 48 / 4 dashes, fourfold (GS ! 30)
    ({"chinese": "raster"}, (Rule(),), "1b40 1d2130" + "2d" * 12 + "0a"),
    ({"chinese_size": "fs"}, (Rule(),), "1b40 1c26 1d2130" + "2d" * 12 + "0a"),
    # and not wider than the head can: 48 / 2 columns in strokes of 2, twofold (GS ! 10)
    ({"largest": 2}, (Rule(),), "1b40 1c26 1d2110" + "a9a4" * 12 + "0a"),
    # a rule stays bold where its neighbours are: no ESC E before or behind it
    (
        {},
        (Text("A", bold=True), Rule(), Text("B", bold=True)),
        "1b40 1c26 1b4501 41 0a 1d2170 a9a4 a9a4 a9a4 0a 1d2100 42 0a",
    ),
]


@pytest.mark.parametrize(("changes", "slip", "expected"), MODELS)
def test_bytes_for_a_head_that_differs(changes: dict[str, object], slip: Slip, expected: str) -> None:
    assert encode(slip, replace(P80, **changes)).hex() == bytes.fromhex(expected).hex()  # type: ignore[arg-type]


def test_what_the_head_cannot_enlarge_is_drawn() -> None:
    """GS v 0, 96 rows; 4 x 4 columns of 12 dots on the left are 24 bytes at most."""
    data = encode((Text("A012", scale=4),), replace(P80, largest=2))
    assert data.startswith(bytes.fromhex(START + "1d7630 00"))
    assert 20 <= data[8] <= 24 and data[9:12] == bytes([0, 96, 0])
    chinese = encode((Text("号", scale=3),), replace(P80, chinese_size="fs"))
    assert chinese.startswith(bytes.fromhex(START + "1d7630 00")) and chinese[10:12] == bytes([72, 0])


def test_without_a_cutter_it_is_fed_to_the_tear_bar() -> None:
    assert encode((Cut(),), P58) == bytes.fromhex(START + "1b6404")


def test_a_full_cut() -> None:
    assert encode((Cut(),), replace(P80, cutter="full")) == bytes.fromhex(START + "1b6406 1d5600")


def test_the_confirm_request_is_sent_apart() -> None:
    assert confirm(P80) == b"\x1dr\x01"
    assert confirm(replace(P80, confirm="dle_eot")) == b"\x10\x04\x04"
    assert confirm(replace(P80, confirm="none")) == b""


@pytest.mark.parametrize("char", ["𠮷", "龦", "😀", "€", "ç"])
@pytest.mark.parametrize("scale", [1, 2])
def test_a_line_with_a_character_outside_the_font_goes_as_a_band(char: str, scale: int) -> None:
    data = encode((Text("王"), Text("王" + char, scale=scale), Text("王")), P80)
    start = bytes.fromhex(START + "cdf5 0a 1d7630 00")
    assert data.startswith(start)
    across, rows = data[len(start)] + 256 * data[len(start) + 1], data[len(start) + 2] + 256 * data[len(start) + 3]
    assert rows == 24 * scale
    after = data[len(start) + 4 + across * rows :]
    assert after == bytes.fromhex(("1b4a06" if scale == 1 else "1b4a0c") + "cdf5 0a")


def test_a_band_is_drawn_where_its_alignment_puts_it() -> None:
    paper = Paper(P58)
    paper.feed(encode((Text("𠮷"), Text("𠮷", "centre"), Text("𠮷", "right")), P58))
    starts = []
    for item in paper.hanging.items if paper.hanging else ():
        if isinstance(item, Band):
            bits = [row.find("1") for row in rows_of(item) if "1" in row]
            starts.append(min(bits) // 12)
    assert starts == [0, 15, 30]


def rows_of(band: Band) -> list[str]:
    size = band.across
    return ["".join(f"{byte:08b}" for byte in band.rows[at : at + size]) for at in range(0, len(band.rows), size)]


def test_a_printer_without_chinese_gets_bands_and_no_fs() -> None:
    data = encode((Text("A"), Text("你")), replace(P80, chinese="raster"))
    assert data.startswith(bytes.fromhex("1b40 41 0a 1d7630 00 03 00 18 00"))


def test_a_printer_without_qr_gets_the_same_modules_in_bands() -> None:
    raster = replace(P80, qr="raster")
    paper = Paper(raster)
    paper.feed(encode((QR("https://example.cn/t/A012", 8),), raster))
    native_paper = Paper(P80)
    native_paper.feed(encode((QR("https://example.cn/t/A012", 8),), P80))
    assert paper.hanging
    assert native_paper.hanging
    bands = [item for item in paper.hanging.items if isinstance(item, Band)]
    assert len(bands) == 2  # 25 x 8 = 200 rows, 128 at most in one
    code = next(
        item for item in native_paper.hanging.items if not isinstance(item, (Line, Band)) and hasattr(item, "modules")
    )
    assert {band.align for band in bands} == {code.align} == {"centre"}
    assert {band.across * 8 for band in bands} == {code.dots}
    assert ["".join(map(str, row)) for row in code.modules] == [
        row[::8] for band in bands for row in rows_of(band)[::8]
    ]


@pytest.mark.parametrize("text", ["x" * 300, "中" * 333, "1" * 1000, "A" * 997])
def test_a_qr_code_shrinks_to_the_paper(text: str) -> None:
    paper = Paper(P58)
    paper.feed(encode((QR(text, 16),), P58))
    assert paper.complaints == []


def test_what_a_qr_code_holds() -> None:
    """The table against an independent maker of codes: so many bytes still fit, one more does not."""
    for version, most in enumerate(BYTES_IN_QR, start=1):
        for size, wanted in ((most, version), (most + 1, version + 1)):
            assert segno.make_qr(b"\xff" * size, error="m", boost_error=False, mask=0).version == wanted
    assert BYTES_IN_QR[-1] >= LONGEST_QR


def test_python_escpos_sends_the_same_qr_code_and_cut() -> None:
    theirs = Dummy()
    theirs.qr("AB", native=True, size=3, ec=1)
    theirs.cut(mode="PART")
    ours = encode((QR("AB", 3), Cut()), P80).replace(b"\x1bJ\x06", b"")
    assert ours == bytes.fromhex(START + "1b6101") + theirs.output


def dots(*rows: str) -> Image.Image:
    picture = Image.new("1", (len(rows[0]), len(rows)), 1)
    for y, row in enumerate(rows):
        for x, dot in enumerate(row):
            picture.putpixel((x, y), dot == " ")
    return picture


def test_python_escpos_sends_the_same_raster() -> None:
    """Theirs in fragments of so many rows, ours in bands."""
    rows = ["#      #", " #    # ", "########", "        ", "#       "]
    theirs = Dummy()
    theirs.image(dots(*rows), impl="bitImageRaster", fragment_height=2)
    logo = Logo(bytes(int(row.replace("#", "1").replace(" ", "0"), 2) for row in rows), 1)
    ours = encode((logo,), replace(P80, band_rows=2))
    assert ours == bytes.fromhex(START + "1b6101") + theirs.output + bytes.fromhex("1b4a0c")


@pytest.mark.parametrize("text", ["你好", "鲤城区开元街道便民服务中心", "请到1号窗口"])
@pytest.mark.parametrize("scale", range(1, 9))
@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_python_escpos_sends_the_same_text(text: str, scale: int, align: Align) -> None:
    """It says every setting each time, we say what changes: the last word on each is the same, and so is the text."""
    theirs = Dummy()
    theirs.set(align="center" if align == "centre" else align, bold=True, custom_size=True, width=scale, height=scale)
    theirs.text(text + "\n")
    ours = encode((Text(text[: 24 // scale], align, bold=True, scale=scale),), P80)
    for command, default in ((b"\x1ba", b"\0"), (b"\x1bE", b"\0"), (b"\x1d!", b"\0")):
        said = theirs.output.rpartition(command)[2][:1]
        assert ours.rpartition(command)[2][:1] == said if command in ours else said == default
    assert theirs.output.endswith(text.encode("gb18030") + b"\n")
    assert ours.endswith(text[: 24 // scale].encode("gb18030") + b"\n")


@pytest.mark.parametrize(
    ("dots", "expected"),
    [
        ("1004", "1804"),
        ("101004", "101804"),
        ("10051014ff10", "18051814ff10"),
        ("100410041004", "180418041804"),
        ("0410", "0410"),
    ],
)
def test_no_real_time_command_in_dots(dots: str, expected: str) -> None:
    assert harmless(bytes.fromhex(dots)).hex() == expected


def test_native_means_ascii_or_two_bytes_of_gbk() -> None:
    assert all(native(chr(code)) for code in range(0x20, 0x7F))
    assert sum(native(chr(code)) for code in range(0x4E00, 0x9FA6)) == 20902
