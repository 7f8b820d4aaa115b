"""The virtual printer: a byte table made by hand, each row decoded three ways; rows of garbage; status; orders."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from itertools import groupby

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from printer_profiles.profile import load
from printer_profiles.virtual.commands import COMMANDS
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.picture import burnt, png
from printer_profiles.virtual.sheet import BLADE, Band, Bars, Cell, Code, Gap, Line, Printed, Strip

P80, P58 = replace(load("generic-80"), asb=True), load("generic-58")


def cells(text: str, *, wide: bool = False, **style: object) -> tuple[Cell, ...]:
    return tuple(Cell(char, wide, **style) for char in text)  # type: ignore[arg-type]


def ascii_line(text: str, align: str = "left", dots: int = 30, **style: object) -> Line:
    return Line(cells(text, **style), align, dots)  # type: ignore[arg-type]


def hanzi_line(text: str, dots: int = 30, **style: object) -> Line:
    return Line(cells(text, wide=True, **style), "left", dots)


QR_AB = "1d286b040031413200 1d286b0300314303 1d286b0300314531 1d286b0500315030 4142 1d286b0300315130"
AB = Code(b"AB", 3, "m", "left", tuple(bytes(row) for row in segno.make_qr(b"AB", error="m", boost_error=False).matrix))

# by hand: EAN8 1234567 is 101 | 0011001 0010011 0111101 0100011 | 01010 | 1001110 1010000 1000100 1110010 | 101,
# check digit 0
EAN8_BITS = "1010011001001001101111010100011010101001110101000010001001110010101"
EAN8_AT_2 = tuple(2 * len(list(group)) for _, group in groupby(EAN8_BITS))
# ITF: start n n n n, 1 = WnnnW in bars, 2 = nWnnW in gaps, stop W n n
ITF_12_AT_2 = (2, 2, 2, 2, 5, 2, 2, 5, 2, 2, 2, 2, 5, 5, 5, 2, 2)
# CODE128: start B 211214, A 111323, B 131123, check (104 + 33 + 2 * 34) % 103 = 102: 411131, stop 2331112
CODE128_AB_AT_3 = tuple(3 * int(width) for width in "2112141113231311234111312331112")

# bytes -> what is on the paper, from the manuals (docs/protocols/escpos.md); 你 c4e3 好 bac3 ， a3ac é a8a6
TABLE: list[tuple[str, tuple[Printed, ...]]] = [
    ("41 0a", (ascii_line("A"),)),
    ("41 0d 0a", (ascii_line("A"),)),
    ("0a 0a", (Gap(30), Gap(30))),
    ("1c26 c4e3 bac3 0a", (hanzi_line("你好"),)),
    ("1c26 a3ac 0a", (hanzi_line("，"),)),
    ("1c26 a8a6 0a", (hanzi_line("é"),)),
    ("1c26 41 c4e3 0a", (Line((Cell("A"), Cell("你", wide=True)), "left", 30),)),
    ("1b6101 41 0a 1b6102 42 0a 1b6130 43 0a", (ascii_line("A", "centre"), ascii_line("B", "right"), ascii_line("C"))),
    ("1b4501 41 1b4500 42 0a", (Line((Cell("A", bold=True), Cell("B")), "left", 30),)),
    ("1d2133 41 0a", (ascii_line("A", dots=96, width=4, height=4),)),
    ("1d2130 2d 0a", (ascii_line("-", width=4),)),
    ("1c26 1d2111 c4e3 0a 1b40 41 0a", (hanzi_line("你", 48, width=2, height=2), ascii_line("A"))),
    ("1b2130 41 0a", (ascii_line("A", dots=48, width=2, height=2),)),
    ("1b2188 41 0a", (ascii_line("A", bold=True, underline=True),)),
    ("1c26 1c210c c4e3 41 0a", (Line((Cell("你", True, 2, 2), Cell("A")), "left", 48),)),
    ("1c26 1c5701 c4e3 1c5700 c4e3 0a", (Line((Cell("你", True, 2, 2), Cell("你", True)), "left", 48),)),
    ("1b2d01 41 1b2d00 0a 1d4201 42 0a", (ascii_line("A", underline=True), ascii_line("B", invert=True))),
    ("41 1b6403", (ascii_line("A"), Gap(60))),
    ("41 0a 1b6403 1b4a05", (ascii_line("A"), Gap(90), Gap(5))),
    ("41 1b4a40", (ascii_line("A", dots=64),)),
    ("1b3340 41 0a 1b32 42 0a", (ascii_line("A", dots=64), ascii_line("B"))),
    ("41 09 42 0a", (Line((Cell("A"), Cell("B", at=96)), "left", 30),)),
    ("41 1c26 1c2e 42 0a", (ascii_line("AB"),)),
    ("1d763000 0200 0200 8001 ff00", (Band(b"\x80\x01\xff\x00", 2, "left"),)),
    ("1b6101 1d763003 0100 0100 aa", (Band(b"\xaa", 1, "centre", (2, 2)),)),
    (QR_AB, (AB,)),
    ("1b6101" + QR_AB, (replace(AB, align="centre"),)),
    ("41" * 48 + "42 0a", (ascii_line("A" * 48), ascii_line("B"))),  # a full line wraps by itself
    ("1b7000 1932 1b420203 41 0a", (ascii_line("A"),)),  # drawer, buzzer
    ("41 0a 100401 42 0a", (ascii_line("A"), ascii_line("B"))),
    # font B, turned, upside down, spaces
    ("1b4d01 41 1b4d00 0a 1b2101 42 0a", (ascii_line("A", small=True), ascii_line("B", small=True))),
    ("1b5601 41 1b5600 42 0a", (Line((Cell("A", turned=True), Cell("B")), "left", 30),)),
    ("1b7b01 41 0a 1b7b00 42 0a", (Line((Cell("A"),), "left", 30, upside=True), ascii_line("B"))),
    ("1b2006 1d2110 41 0a", (Line((Cell("A", width=2, space=12),), "left", 30),)),
    ("1c26 1c530204 c4e3 0a", (Line((Cell("你", True, space=6),), "left", 30),)),
    ("1c26 1c2d01 c4e3 41 0a", (Line((Cell("你", True, underline=True), Cell("A")), "left", 30),)),
    ("1c26 1b2d01 c4e3 41 0a", (Line((Cell("你", True), Cell("A", underline=True)), "left", 30),)),
    # places: ESC $ 100, ESC \\ -12 and +12, tab stops at 5 and 10 columns, margins of 24 and 48 dots
    ("41 1b246400 42 0a", (Line((Cell("A"), Cell("B", at=100)), "left", 30),)),
    ("4142 1b5cf4ff 43 1b5c0c00 44 0a", (Line((*cells("AB"), Cell("C", at=12), Cell("D", at=36)), "left", 30),)),
    ("1b44 050a00 09 41 09 42 0a", (Line((Cell("A", at=60), Cell("B", at=120)), "left", 30),)),
    ("1d4c1800 1d57 1002 41 0a", (Line((Cell("A"),), "left", 30, margin=(24, 24)),)),
    (
        "1d4c1800" + "41" * 46 + "42 0a",
        (Line(cells("A" * 46), "left", 30, (24, 0)), Line((Cell("B"),), "left", 30, (24, 0))),
    ),
    # international sets, code pages, Chinese spaces
    ("1b520f 24 0a 1b5202 5b 0a 1b5200 24 0a", (ascii_line("¥"), ascii_line("Ä"), ascii_line("$"))),
    ("1b7402 82 0a 1b7413 d5 0a 1b7411 80 0a 1b7410 80 0a 1b7401 b1 0a", tuple(ascii_line(char) for char in "é€А€ｱ")),
    # bit images: one column of 24 dots, top and bottom; 8 dots at single density; 3 columns
    ("1b2a21 0100 800001 0a", (Line((Strip(b"\x80" + bytes(22) + b"\x80", 1),), "left", 30),)),
    ("1b2a00 0100 81 0a", (Line((Strip(b"\x80" + bytes(6) + b"\x80", 1, (2, 3)),), "left", 30),)),
    ("41 1b2a01 0300 ff00ff 0a", (Line((Cell("A"), Strip(b"\xa0" * 8, 3, (1, 3))), "left", 30),)),
    # graphics: fn 112 9 x 2 dots twice as wide, fn 50; GS 8 L the same; fn 67 and 69; GS * 1 x 1 and GS / 3; FS q and
    # FS p
    (
        "1d284c 0e00 3070 30 02 01 31 0900 0200 ff80 0180 1d284c 0200 3032",
        (Band(b"\xff\x80\x01\x80", 2, "left", (2, 1)),),
    ),
    ("1d384c 0b000000 3070 30 01 02 31 0800 0100 aa 1d284c 0200 3002", (Band(b"\xaa", 1, "left", (1, 2)),)),
    ("1d284c 0c00 3053 30 4131 01 0800 0100 31 0f 1d284c 0600 3055 4131 0202", (Band(b"\x0f", 1, "left", (2, 2)),)),
    ("1d2a 0101 ff 00 00 00 00 00 00 01 1d2f03", (Band(b"\x80" * 7 + b"\x81", 1, "left", (2, 2)),)),
    ("1d763000 0100 0100 f0 1b6102 1d763000 0100 0100 0f", (Band(b"\xf0", 1, "left"), Band(b"\x0f", 1, "right"))),
    # bar codes: EAN8 with its bars at 2 dots, ITF 12 at 2 (wide = 5), written below; a NUL ends the short form
    ("1d7702 1d6832 1d6b 03 3132333435363700", (Bars("EAN8", "12345670", EAN8_AT_2, 50, "left"),)),
    ("1d7702 1d6832 1d4802 1d6601 1d6b 46 02 3132", (Bars("ITF", "12", ITF_12_AT_2, 50, "left", "below", True),)),
    ("1b6101 1d6b 49 03 7b4341", ()),
    ("1d6b 49 04 7b42 41 42", (Bars("CODE128", "AB", CODE128_AB_AT_3, 162, "left"),)),
    ("1d50 0000 1b3d01 1b5501 1b633400 1b3f41 41 0a", (ascii_line("A"),)),
    ("1b3d00 41 1d6b 1b3d01 42 0a", (ascii_line("B"),)),
    ("1d5403 41 1d5400 42 0a", (ascii_line("B"),)),
]
COMPLAINED = {"1b6101 1d6b 49 03 7b4341", "1b3d00 41 1d6b 1b3d01 42 0a"}


def decoded(*pieces: bytes) -> tuple[tuple[Printed, ...], list[str]]:
    paper = Paper(P80)
    for piece in pieces:
        paper.feed(piece)
    return tuple(paper._head.items), paper.complaints


@pytest.mark.parametrize(("data", "items"), TABLE)
def test_decoded_whole_byte_by_byte_and_with_a_rest(data: str, items: tuple[Printed, ...]) -> None:
    whole = bytes.fromhex(data)
    found, complaints = decoded(whole)
    assert found == items
    assert bool(complaints) == (data in COMPLAINED), complaints
    assert decoded(*(bytes((byte,)) for byte in whole)) == (items, complaints)
    assert decoded(whole + b"\x1b") == (items, complaints)
    assert decoded(whole + b"\x1d(k\x05\x00") == (items, complaints)


# garbage -> what is complained of
GARBAGE = [
    ("1b ff", "1B FF: unknown command"),
    ("1d 00 41", "1D 00: unknown command"),
    ("c4e3", "outside ASCII and not in Chinese mode"),
    ("1c26 81 39 ee 39", "four-byte code"),
    ("1c26 ff", "no GB18030 code"),
    ("1c26 c4 0a", "C4 0A: no GB18030 code"),
    ("01", "01: a control character"),
    ("41 1b6101", "alignment counts only at the beginning"),
    ("1b6107", "alignment is 0, 1 or 2"),
    ("41 1b40", "throws away a line"),
    ("41 1d763000 0100 0100 ff", "an image in the middle of a line"),
    ("1d763000 0000 0000", "at least one byte wide"),
    ("1d763009 0100 0100 ff", "mode 0 to 3"),
    ("1d763000 4900 0100" + "ff" * 73, "584 dots wide on 576"),
    ("1d763000 0300 0100 100401", "a real-time command (10 04, 10 05, 10 14) inside data"),
    ("1d286b0300315130", "nothing stored"),
    ("1d286b0300314311", "1 to 16 dots"),
    ("1d286b0300314540", "error correction is 48 to 51"),
    ("1d286b040031413900", "model 49, 50 (1, 2) or 51 (micro)"),
    ("1d286b040031413100", "model 1 is obsolete; shown as model 2"),
    ("1d28410200 0001", "1D 28 41 02 00: understood as GS ( and skipped"),
    ("1d5607", "a cut is 0, 1, 65 or 66"),
    ("41 0a 1d5600", "cuts through the print; feed 94 dots more"),
    ("1d7209", "GS r is answered for 1 and 2"),
    ("1b74ff", "code page 255 is not known"),
    ("1b4d07", "the fonts are A (0) and B (1)"),
    ("1d2188", "sizes go from 1 to 8"),
    ("1b2a05 0100 ff", "a bit image is mode 0, 1, 32 or 33"),
    ("1d6b 41 03 313233", "this bar code takes 11 / 12 digits; a printer prints nothing"),
    ("1d6b 04 6100", "CODE39 takes 0-9 A-Z"),
    ("1d6b 43 0d 36393031323334353637383930", "its check digit should be 2"),
    ("1d6b 05 31323300", "ITF takes an even number"),
    ("1d6b 49 03 414243", "CODE128 begins with {A, {B or {C"),
    ("1d6b 49 05 7b43413132", "after {C CODE128 takes digits in pairs"),
    ("1d6b 49 42 7b42" + "41" * 64, "dots wide on 576: printers print nothing then"),
    ("1d6b 0b", "an unknown kind of bar code"),
    ("1d7709", "a bar code's module has 2 to 6 dots"),
    ("1b44 08 03 41", "tab stops rise"),
    ("1b44 00 09", "no tab stop further on"),
    ("1b5457 41", "understood, but not shown"),
    ("1b4c", "page mode: shown in the order of arrival"),
    ("0c", "FF means something only in page mode"),
    ("1b2400ff", "a place outside the print area"),
    ("41 1d4c1000", "the margin counts only at the beginning"),
    ("1b52 20", "international sets are 0 to 15"),
    ("1b4b05", "not fed backwards"),
    ("1c7001 00", "no picture 1 is stored"),
    ("1d2f00", "no bit image was downloaded"),
    ("1d284c 0200 3032", "no graphics stored"),
    ("1d284c 0600 3045 4731 0101", "no picture is stored as 'G1'"),
    ("1d284c 0300 3070 30", "parameters are missing"),
    ("1d284c 0b00 3070 30 01 01 31 0800 0200 ff", "2 bytes of image were due, 1 came"),
    ("1d286b 0500 305030 3132 1d286b 0300 305130", "PDF417 is not drawn here, only framed"),
    ("1d4905", "GS I is answered for"),
    ("100407 01 41", "thermal heads answer DLE EOT 1 to 4"),
    ("1c26 e4bda0 e5a5bd e59097 0a", "this is UTF-8"),
    ("e4bda0 e5a5bd 41", "this is UTF-8"),
    ("1b3d00 4142 1b3d01", "the printer is deselected"),
]


@pytest.mark.parametrize(("data", "complaint"), GARBAGE)
def test_garbage_is_complained_of_and_the_next_line_is_right(data: str, complaint: str) -> None:
    paper = Paper(P80)
    paper.feed(bytes.fromhex(data))
    assert any(all(part in said for part in complaint.split(": ")) for said in paper.complaints), paper.complaints
    paper.feed(b"\x1b@OK\n\x1bd\x06\x1dV\x01")
    assert paper.slips[-1].text().endswith("OK")


@pytest.mark.parametrize(
    "data",
    ["1b7427 85 a0", "1d286b 0500 305030 0001 1d286b 0300 305130", "1c2843 0200 3032 c285 e280ae cc81", "1c26 a1a1"],
)
def test_characters_without_a_shape_can_be_drawn(data: str) -> None:
    paper = Paper(P80)
    paper.feed(bytes.fromhex(data) + b"x\n\x1bd\x06\x1dV\x01")
    assert png(paper.slips[0]).startswith(b"\x89PNG")


@pytest.mark.parametrize("text", ["谢谢", "你好", "号", "请取号", "您好，欢迎光临！", "鲤城区便民服务中心"])
def test_utf8_is_recognised_and_gb18030_is_not_mistaken_for_it(text: str) -> None:
    for on in (b"", b"\x1c&"):
        paper = Paper(P80)
        paper.feed(b"\x1b@" + on + text.encode() + b"\n")
        assert any("这是 UTF-8" in said for said in paper.complaints)
    paper = Paper(P80)
    paper.feed(b"\x1b@\x1c&" + text.encode("gb18030") + b"\n" + "联通，一些汉字：璋㈣阿里".encode("gb18030") + b"\n")
    assert paper.complaints == []


def test_a_command_that_announces_far_too_much() -> None:
    paper = Paper(P80)
    paper.feed(bytes.fromhex("1d38 4c ffffff7f 30"))
    assert "announces 2147483647 bytes of data" in paper.complaints[0]


COMMAND = st.sampled_from(
    [*COMMANDS, b"\x1d(k", b"\x1d(L", b"\x1d8L", b"\x1dk\x49", b"\x10\x04\x01", b"\x1c&", b"\x1bL"]
)


@given(
    st.lists(
        st.one_of(
            COMMAND,
            st.binary(max_size=6),
            st.sampled_from([b"\n", "汉字，é".encode("gb18030"), "汉字".encode(), b"A" * 60]),
        ),
        max_size=60,
    )
)
def test_no_commands_can_break_it_and_pieces_do_not_matter(commands: list[bytes]) -> None:
    data = b"".join(commands)
    whole, pieces = Paper(P80), Paper(P80)
    answers = whole.feed(data)
    assert b"".join(pieces.feed(bytes((byte,))) for byte in data) == answers
    assert [slip.items for slip in whole.slips] == [slip.items for slip in pieces.slips]
    assert (whole._head.items, whole.complaints) == (pieces._head.items, pieces.complaints)
    assert [slip.steps for slip in whole.slips] == [slip.steps for slip in pieces.slips]
    for slip in whole.slips[:2]:
        assert isinstance(slip.text(), str)
        assert sum(item.dots for item in slip.items) > 20_000 or png(slip).startswith(b"\x89PNG")


@given(st.binary(max_size=300))
def test_no_bytes_can_break_it_and_pieces_do_not_matter(data: bytes) -> None:
    whole, pieces = Paper(P80), Paper(P80)
    whole.feed(data)
    for byte in data:
        pieces.feed(bytes((byte,)))
    assert [slip.items for slip in whole.slips] == [slip.items for slip in pieces.slips]
    assert whole.complaints == pieces.complaints
    for slip in whole.slips:
        assert isinstance(slip.text(), str)


# --- sheets ---


def test_a_cut_parts_the_sheets() -> None:
    paper = Paper(P80)
    paper.feed(b"A\n\x1bd\x06\x1dV\x01B\n\x1bd\x06\x1dV\x00C\n\x1dVB\x00")
    assert [(slip.id, slip.text(), slip.end) for slip in paper.slips] == [
        (1, "A", "partial"),
        (2, "B", "full"),
        (3, "C", "partial"),
    ]
    assert paper.complaints == []


def test_blank_paper_is_no_slip() -> None:
    paper = Paper(P80)
    paper.feed(b"\x1b@\x1bd\x06\x1dV\x01")
    assert not paper.slips


@pytest.mark.parametrize("after", [b"\x1b@", b"\x1dr\x01"])
def test_without_a_cutter_a_slip_ends_at_the_tear_bar(after: bytes) -> None:
    paper = Paper(P58)
    paper.feed(b"\x1b@A\n\x1bd\x04")
    assert not paper.slips
    paper.feed(after)
    assert [(slip.text(), slip.end) for slip in paper.slips] == [("A", "torn")]


def test_without_a_cutter_a_silent_host_has_finished() -> None:
    paper = Paper(P58)
    paper.feed(b"A\n")
    paper.idle()
    assert not paper.slips
    paper.feed(b"\x1bd\x04")
    paper.idle()
    assert paper.slips[0].end == "torn"


def test_a_cut_without_a_cutter_is_a_complaint() -> None:
    paper = Paper(P58)
    paper.feed(b"A\n\x1bd\x06\x1dV\x01")
    assert not paper.slips
    assert "no cutter" in paper.complaints[0]


def test_a_lost_host_leaves_a_torn_sheet_and_no_half_command() -> None:
    paper = Paper(P80)
    paper.feed(b"\x1b@half\n\x1dv0\x00\x48\x00\x18\x00\xff")
    assert paper.hanging
    paper.lost()
    assert [(slip.text(), slip.end) for slip in paper.slips] == [("half", "broken")]
    paper.feed(b"\x1b@next\n\x1bd\x06\x1dV\x01")
    assert paper.slips[1].text() == "next"


def test_text_is_aligned_as_on_paper() -> None:
    paper = Paper(P58)
    paper.feed(b"\x1c&\x1ba\x01\xc4\xe3\n\x1ba\x02A\n\x1ba\x00\x1d!\x30--------\n\x1d!\x00\n" + bytes.fromhex(QR_AB))
    assert paper.hanging
    assert paper.hanging.text() == "\n".join([" " * 15 + "你", " " * 31 + "A", "-" * 32, "", "[QR AB]"])


# --- status and orders ---

ANSWERS = [
    ("ok", "16 12 12 12"),
    ("near_end", "16 12 12 1e"),
    ("paper_out", "1e 32 12 7e"),
    ("cover_open", "1e 16 12 12"),
    ("cutter_jam", "1e 52 1a 12"),
    ("overheated", "1e 52 52 12"),
    ("broken", "1e 52 32 12"),
    ("offline", "1e 12 12 12"),
    ("feed_button", "5e 1a 12 12"),
    ("hang", ""),
    ("half_open", ""),
    ("power_off", ""),
    ("slow", "16 12 12 12"),
    ("late", "16 12 12 12"),
    ("garbage", "ff0055aa" * 4),
]
ASK = bytes.fromhex("100401 100402 100403 100404")


@pytest.mark.parametrize(("order", "answer"), ANSWERS)
def test_status_at_once(order: str, answer: str) -> None:
    paper = Paper(P80)
    paper.order(order)
    assert paper.feed(ASK).hex() == bytes.fromhex(answer).hex()
    by_bytes = Paper(P80)
    by_bytes.order(order)
    assert b"".join(by_bytes.feed(bytes((byte,))) for byte in ASK).hex() == bytes.fromhex(answer).hex()


def test_an_unknown_order() -> None:
    with pytest.raises(ValueError, match="paper: order 'burn' is unknown"):
        Paper(P80).order("burn")


def test_real_time_status_overtakes_what_waits_and_is_obeyed_inside_data() -> None:
    paper = Paper(P80)
    assert paper.feed(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04") == b""
    assert paper.feed(b"\x04") == b"\x12"
    assert paper._head.items == [Band(b"\x10\x04\x04", 3, "left")]


def test_buffered_status_waits_for_its_turn() -> None:
    paper = Paper(P80)
    paper.order("cover_open")
    assert paper.feed(b"A\n\x1bd\x06\x1dV\x01\x1dr\x01\x10\x04\x01") == b"\x1e"  # only the real-time answer
    assert not paper.slips
    assert paper.waiting == 14
    assert paper.order("ok") == b"\x00"
    assert len(paper.slips) == 1


@pytest.mark.parametrize(
    ("order", "answer"), [("ok", b"\x00"), ("near_end", b"\x03"), ("garbage", b"\xff\x00\x55\xaa")]
)
def test_buffered_status(order: str, answer: bytes) -> None:
    paper = Paper(P80)
    paper.order(order)
    assert paper.feed(b"\x1dr\x01") == answer


def test_a_model_that_answers_nothing() -> None:
    paper = Paper(replace(P80, status=False, confirm="none"))
    assert paper.feed(ASK + b"\x1dr\x01") == b""


def test_paper_out_in_the_middle_leaves_two_pieces() -> None:
    paper = Paper(P80)
    paper.feed(b"first\n")
    paper.order("paper_out")
    paper.feed(b"second\n\x1bd\x06\x1dV\x01")
    assert not paper.slips
    paper.order("ok")
    assert [(slip.text(), slip.end) for slip in paper.slips] == [("first", "broken"), ("second", "partial")]


def test_a_host_that_goes_while_the_cover_is_open_gets_its_slip_later() -> None:
    paper = Paper(P80)
    paper.order("cover_open")
    paper.feed(b"one\n\x1bd\x06\x1dV\x01half")
    paper.lost()
    paper.feed(b"two\n\x1bd\x06\x1dV\x01")
    paper.order("ok")
    assert [(slip.text(), slip.end) for slip in paper.slips] == [
        ("one", "partial"),
        ("half", "broken"),
        ("two", "partial"),
    ]


def test_automatic_status_back() -> None:
    paper = Paper(P80)
    assert paper.order("near_end") == b""
    assert paper.feed(b"\x1da\x0f") == bytes.fromhex("1400030f")
    assert paper.order("paper_out") == bytes.fromhex("1c000f0f")
    assert paper.order("cover_open") == bytes.fromhex("3c000f0f")
    assert paper.order("paper_out", on=False) == bytes.fromhex("3c00000f")
    assert paper.order("ok") == bytes.fromhex("1400000f")
    assert paper.feed(b"\x1da\x00") == b""
    assert paper.order("near_end") == b""


# request -> answer: GS I 1 to 3, type: Chinese and cutter; GS I 66, 69; GS r 2; ESC v; ESC u; GS ( H 48; GS ( L 64
# after storing A1 by fn 67
QUESTIONS = [
    ("1d4901 1d4932 1d4903", "20 03 01"),
    ("1d4942", "5f 5649525455414c 00"),
    ("1d4945", "5f 4348494e412047423138303330 00"),
    ("1d7202 1b76 1b7500", "01 00 01"),
    ("1d2848 0600 3030 41424344", "37 22 41424344 00"),
    ("1d284c 0c00 3043 30 4131 01 0800 0100 31 0f 1d284c 0400 3040 4b43", "37 72 40 4131 00"),
    ("1d284c 0200 3030", "37 30 323632313434 00"),
]


@pytest.mark.parametrize(("data", "answer"), QUESTIONS)
def test_questions_are_answered_in_their_turn(data: str, answer: str) -> None:
    whole = bytes.fromhex(data)
    assert Paper(P80).feed(whole).hex() == bytes.fromhex(answer).hex()
    by_bytes = Paper(P80)
    assert b"".join(by_bytes.feed(bytes((byte,))) for byte in whole).hex() == bytes.fromhex(answer).hex()
    assert Paper(replace(P80, status=False, confirm="none")).feed(whole) == b""


def test_pictures_stay_without_power_and_downloads_do_not() -> None:
    paper = Paper(replace(P80, logo="gs_l"))
    paper.feed(bytes.fromhex("1d284c 0c00 3043 30 4131 01 0800 0100 31 0f 1d284c 0c00 3053 30 4231 01 0800 0100 31 f0"))
    paper.order("power_off")
    paper.order("power_on")
    paper.feed(bytes.fromhex("1b40 1d284c 0600 3045 4131 0101 1d284c 0600 3055 4231 0101"))
    assert paper._head.items == [Band(b"\x0f", 1, "left")]
    assert len(paper.complaints) == 1


def test_pictures_by_number() -> None:
    """FS q: one picture of 8 x 8 dots by columns, a stair; FS p 1 3 twice as wide and high."""
    paper = Paper(replace(P80, logo="fs_q"))
    paper.feed(bytes.fromhex("1c71 01 0100 0100 80c0e0f0f8fcfeff 1c70 01 03"))
    assert paper._head.items == [Band(bytes.fromhex("ff7f3f1f0f070301"), 1, "left", (2, 2))]
    assert paper.complaints == []


def test_what_a_person_hears() -> None:
    paper = Paper(P80)
    paper.feed(b"\x1bp\x00\x19\x32\x1bB\x02\x03")
    assert paper.events == ["drawer 0", "buzzer 2 x 3"]


# --- the picture ---


def test_a_band_is_burnt_bit_for_bit() -> None:
    paper = Paper(P80)
    rows = bytes((7 * at) & 0xFF for at in range(72 * 40))
    paper.feed(b"\x1dv0\x00\x48\x00\x28\x00" + rows + b"\x1bd\x06\x1dV\x01")
    dots = burnt(paper.slips[0])
    assert dots.size == (576, 40 + 180)  # lead, band, and what was fed less the way to the blade
    assert dots.crop((0, BLADE, 576, BLADE + 40)).tobytes() == rows


@pytest.mark.parametrize(("profile", "wide"), [(P80, 640), (P58, 464)])
def test_a_picture_is_as_wide_as_the_paper(profile: object, wide: int) -> None:
    paper = Paper(profile)  # type: ignore[arg-type]
    paper.feed(b"\x1b@\x1c&\xc4\xe3 A\n\x1bd\x06\x1dVB\x00")
    paper.idle()
    picture = Image.open(io.BytesIO(png(paper.slips[0])))
    assert (picture.width, picture.mode) == (wide, "RGBA")
    margin = (wide - paper.profile.dots) // 2
    assert ink(picture.crop((margin, BLADE, margin + 24, BLADE + 24)))  # 你
    assert not ink(picture.crop((margin + 24, BLADE, margin + 36, BLADE + 24)))  # the space
    assert ink(picture.crop((margin + 36, BLADE, margin + 48, BLADE + 24)))  # A
    assert not ink(picture.crop((margin + 48, BLADE, wide - 30, BLADE + 24)))


def ink(picture: Image.Image) -> bool:
    return picture.convert("L").getextrema()[0] < 100  # type: ignore[operator]


def test_a_printed_qr_code_has_its_modules_as_dots() -> None:
    paper = Paper(P80)
    paper.feed(bytes.fromhex(QR_AB) + b"\x1bd\x06\x1dV\x01")
    dots = burnt(paper.slips[0]).crop((0, BLADE, AB.dots, BLADE + AB.dots))
    for y, row in enumerate(AB.modules):
        assert [bool(dots.getpixel((3 * x + 1, BLADE * 0 + 3 * y + 1))) for x in range(len(row))] == [
            bool(m) for m in row
        ]


def test_a_fourfold_character_is_the_same_bitmap_enlarged() -> None:
    paper = Paper(P80)
    paper.feed(b"A\n\x1d!\x33A\n\x1bd\x06\x1dV\x01")
    dots = burnt(paper.slips[0])
    small, big = dots.crop((0, BLADE, 12, BLADE + 24)), dots.crop((0, BLADE + 30, 48, BLADE + 126))
    assert big.tobytes() == small.resize((48, 96)).tobytes()


def test_the_decoder_knows_nothing_of_the_encoder() -> None:
    code = (
        "import sys, printer_profiles.virtual.paper, printer_profiles.virtual.picture,"
        " printer_profiles.virtual.print_server;away = ('printer_profiles.escpos.encode', 'printer_profiles.slip',"
        " 'escpos', 'PIL', 'segno');print([name for name in sys.modules if name.startswith(away)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
