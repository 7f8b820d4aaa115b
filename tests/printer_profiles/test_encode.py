"""Slip -> bytes. Expected bytes are worked out by hand from docs/protocols/escpos.md and the GBK code table."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printer_profiles.encode import confirm, encode
from printer_profiles.example import LARGE_80, TICKET_58, TICKET_80
from printer_profiles.logo import harmless
from printer_profiles.paper import Paper
from printer_profiles.profile import load
from printer_profiles.sheet import Band, Line
from printer_profiles.slip import QR, Cut, Feed, Pair, Rule, Slip, Text, lines, native

P80, P58 = load("generic-80"), load("generic-58")
START = "1b40 1c26"
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")

# slip, bytes on 80 mm. 你 c4e3 好 bac3 号 bac5 ， a3ac 。 a1a3 ！ a3a1 Ａ a3c1 ① a2d9 ￥ a3a4 — a1aa
TABLE: list[tuple[Slip, str]] = [
    ((), ""),
    ((Text("你好"),), "c4e3 bac3 0a"),
    ((Text("A001 号"),), "41303031 20 bac5 0a"),
    ((Text("，。！"),), "a3ac a1a3 a3a1 0a"),
    ((Text("Ａ①￥—"),), "a3c1 a2d9 a3a4 a1aa 0a"),
    ((Text("A", "centre"),), "1b6101 41 0a"),
    ((Text("A", "right"), Text("B")), "1b6102 41 0a 1b6100 42 0a"),
    ((Text("A", bold=True), Text("B")), "1b4501 41 0a 1b4500 42 0a"),
    ((Text("A012", scale=4), Text("B")), "1d2133 41303132 0a 1d2100 42 0a"),
    ((Text("A", "centre", bold=True, scale=8),), "1b6101 1b4501 1d2177 41 0a"),
    ((Text("A"), Text("B")), "41 0a 42 0a"),
    ((Text(""),), "1b6401"),
    ((Feed(3),), "1b6403"),
    ((Text("a\x1b@\x10\x04b"),), "61 40 62 0a"),
    ((Pair("你", "好"),), "c4e3" + "20" * 44 + "bac3 0a"),
    ((Rule(), Text("A")), "1d2170 a9a4 a9a4 a9a4 0a 1d2100 41 0a"),  # 3 strokes of 24 dots, eightfold: 576
    ((Cut(),), "1b6406 1d5601"),
    (
        (QR("AB", 3),),
        "1b6101 1b4a06 1d286b0300 314303 1d286b0300 314531"
        "1d286b0500 315030 4142 1d286b0300 315130 1b4a06",
    ),
    ((QR("好", 4),), "1b6101 1b4a08 1d286b0300 314304 1d286b0300 314531"
     "1d286b0600 315030 e5a5bd 1d286b0300 315130 1b4a08"),
]  # fmt: skip


@pytest.mark.parametrize(("slip", "expected"), TABLE)
def test_bytes(slip: Slip, expected: str) -> None:
    assert encode(slip, P80).hex() == bytes.fromhex(START + expected).hex()


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
    assert after == bytes.fromhex(("1b4a06" if scale == 1 else "") + "cdf5 0a")


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
    assert ["".join(map(str, row)) for row in code.modules] == [row[::8] for band in bands for row in rows_of(band)[::8]]


def test_a_qr_code_shrinks_to_the_paper() -> None:
    paper = Paper(P58)
    paper.feed(encode((QR("x" * 300, 16),), P58))
    assert paper.complaints == []


def test_python_escpos_sends_the_same_qr_code_and_cut() -> None:
    from escpos.printer import Dummy  # type: ignore[import-untyped]

    theirs = Dummy()
    theirs.qr("AB", native=True, size=3, ec=1)
    theirs.cut(mode="PART")
    ours = encode((QR("AB", 3), Cut()), P80).replace(b"\x1bJ\x06", b"")
    model_2 = bytes.fromhex("1d286b0400 31413200")  # theirs says what ESC @ has chosen
    assert ours == bytes.fromhex(START + "1b6101") + theirs.output.replace(model_2, b"")


@pytest.mark.parametrize(("slip", "model"), [(TICKET_80, P80), (TICKET_58, P58), (LARGE_80, P80)])
def test_a_ticket_is_under_400_bytes_and_no_printer_could_complain(slip: Slip, model: object) -> None:
    data = encode(slip, model)  # type: ignore[arg-type]
    assert len(data) < 400
    paper = Paper(model)  # type: ignore[arg-type]
    paper.feed(data + confirm(model))  # type: ignore[arg-type]
    assert len(paper.slips) == 1
    assert paper.complaints == []


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


HANZI = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
MIXED = st.text(
    st.one_of(HANZI, st.characters(min_codepoint=0x20, max_codepoint=0x7E), st.sampled_from("，。！？：（）【】①→￥é"))
)
WILD = st.text(st.one_of(HANZI, st.characters(), st.sampled_from("𠮷龦😀\x10\x04\x05\x14\x1b\n")), max_size=30)
STYLES = {"align": st.sampled_from(["left", "centre", "right"]), "bold": st.booleans(), "scale": st.integers(1, 8)}


@settings(deadline=None)
@given(st.lists(st.builds(Text, MIXED, **STYLES), max_size=8), st.sampled_from([P80, P58]))
def test_the_paper_says_what_the_slip_says(texts: list[Text], profile: object) -> None:
    paper = Paper(profile)  # type: ignore[arg-type]
    paper.feed(encode((*texts, Cut()), profile))  # type: ignore[arg-type]
    paper.idle()
    printed = [item for slip in paper.slips for item in slip.items if isinstance(item, Line)]
    wanted = [line for text in texts for line in lines(text, profile.columns) if line.text.strip(" ")]  # type: ignore[attr-defined]
    assert [line.text for line in printed] == [line.text for line in wanted]
    for line, want in zip(printed, wanted, strict=True):
        assert line.align == want.align
        assert {(cell.bold, cell.width, cell.height) for cell in line.cells} == {(want.bold, want.scale, want.scale)}
    assert paper.complaints == []


@settings(deadline=None, max_examples=60)
@given(st.lists(st.builds(Text, WILD, **STYLES), max_size=4), WILD, st.integers(1, 16), st.sampled_from([P80, P58]))
def test_no_text_can_command_a_printer(texts: list[Text], data: str, size: int, profile: object) -> None:
    codes = [QR("Q" + data, size)]
    for qr in ("native", "raster"):
        model = replace(profile, qr=qr)  # type: ignore[type-var]
        sent = encode((*texts, *codes, Cut()), model)  # type: ignore[arg-type]
        assert not REAL_TIME.search(sent)
        paper = Paper(model)  # type: ignore[arg-type]
        assert paper.feed(sent) == b""
        assert paper.complaints == []


def test_native_means_ascii_or_two_bytes_of_gbk() -> None:
    assert all(native(chr(code)) for code in range(0x20, 0x7F))
    assert sum(native(chr(code)) for code in range(0x4E00, 0x9FA6)) == 20902
