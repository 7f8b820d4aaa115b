"""What cheap Chinese heads do otherwise: QR codes by ESC Z, fonts of GB2312 only, and code pages whole."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from printer_profiles.escpos.encode import encode
from printer_profiles.profile import Profile, load
from printer_profiles.slip import QR, Cut, Pair, Text, native
from printer_profiles.virtual.codepages import PAGES, upper
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.sheet import Band, Code, Line

ENCODINGS: dict[str, Any] = json.loads(files("escpos").joinpath("capabilities.json").read_text("utf-8"))["encodings"]


# --- code pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "page"), PAGES.items())
def test_no_page_lacks_a_character_that_python_escpos_has(number: int, page: str) -> None:
    """Every page that the virtual printer claims, against python-escpos' capability table: all 128 of it."""
    entry = ENCODINGS[page]
    for byte in range(0x80, 0x100):
        if data := "".join(entry.get("data") or []):
            expected: str | None = data[byte - 0x80]
        else:
            codec = entry.get("python_encode") or "kz1048"
            expected = bytes([byte]).decode(codec, "ignore") or None
        assert upper(byte, page) == expected, f"ESC t {number} {page} {byte:02X}"


def test_page_1_draws_the_rules_of_receipts() -> None:
    paper = Paper(load("generic-80"))
    paper.feed(
        b"\x1b@\x1bt\x01"
        + bytes(range(0x80, 0xA0))
        + b"\n"
        + bytes(range(0xE0, 0xFF))
        + b"\n"
        + b"\n" * 6
        + b"\x1dV\x01"
    )
    text = paper.slips[0].text()
    assert "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├¯─│▕┌┐└┘╭╮╰╯" in text and "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▓" in text
    assert not paper.complaints


def test_a_page_without_a_table_is_named() -> None:
    paper = Paper(load("escpos:TM-T88V"))
    assert dict(load("escpos:TM-T88V").code_pages)[11] == "CP851"
    paper.feed(b"\x1b@\x1bt\x0b")
    assert [remark.en for remark in paper.remarks] == [
        "code page 11 (CP851) is not known here; its characters are shown as □"
    ]


# --- QR codes of Chinese heads: GS Z, ESC Z ---------------------------------------------------------------------------

LITTLE = replace(load("generic-58"), qr="esc_z")


def fed(data: str, profile: Profile = LITTLE) -> Paper:
    paper = Paper(profile)
    paper.feed(bytes.fromhex("1b40" + data) + b"\x1bd\x06\x1b@")
    paper.idle()
    return paper


@pytest.mark.parametrize(("level", "error"), [("4c", "l"), ("4d", "m"), ("51", "q"), ("48", "h")])
@pytest.mark.parametrize("size", range(1, 9))
def test_esc_z_prints_a_qr_code(level: str, error: str, size: int) -> None:
    """1D 5A 02, then 1B 5A m n k dL dH d…: HCC POS80B manual, page 56, with its own ten digits."""
    paper = fed(f"1d5a02 1b5a 00{level}{size:02x} 0a00 31323334353637383930")
    (code,) = [item for item in paper.slips[0].items if isinstance(item, Code)]
    assert (code.data, code.size, code.error) == (b"1234567890", size, error) and not paper.complaints
    assert len(code.modules) == 21


def test_esc_z_takes_a_version() -> None:
    (code,) = [item for item in fed("1d5a02 1b5a 054c02 0100 41").slips[0].items if isinstance(item, Code)]
    assert len(code.modules) == 37  # version 5


@pytest.mark.parametrize(
    ("data", "said", "codes"),
    [
        ("1d5a02 1b5a 005802 0100 41", "ESC Z takes version 0 to 40", 0),
        ("1d5a02 1b5a 294d02 0100 41", "ESC Z takes version 0 to 40", 0),
        ("1d5a02 1b5a 004d09 0100 41", "ESC Z takes version 0 to 40", 0),
        ("1d5a02 1b5a 004d00 0100 41", "ESC Z takes version 0 to 40", 0),
        ("1d5a02 1b5a 004d03 0000", "a code without content", 0),
        ("1d5a02 1b5a 014803 1400" + "41" * 20, "does not fit", 0),
        ("1d5a02 1b5a 284d08 0100 41", "does not fit", 0),
        ("1d5a00 1b5a 000003 0100 41", "PDF417 is not drawn here", 0),
        ("1d5a07", "the kinds are 0 PDF417", 0),
        ("1b5a 004d03 0100 41", "no GS Z 2 (1D 5A 02) before it", 1),
        ("1d5a02 1b5a 000103 0100 41", "error correction as 0 to 3", 1),
    ],
)
def test_what_is_wrong_with_esc_z_is_said(data: str, said: str, codes: int) -> None:
    paper = fed(data)
    assert any(said in complaint for complaint in paper.complaints)
    assert sum(isinstance(item, Code) for slip in paper.slips for item in slip.items) == codes


def test_a_model_that_is_not_known_to_understand_esc_z_is_complained_of() -> None:
    paper = fed("1d5a02 1b5a 004d03 0100 41", load("generic-58"))
    assert ["not known to understand ESC Z" in complaint for complaint in paper.complaints] == [True]


# --- a font of GB2312 only --------------------------------------------------------------------------------------------


def test_a_font_of_gb2312_prints_the_rest_blank() -> None:
    head = replace(load("generic-58"), chinese_font="gb2312")
    paper = fed("1c26" + "李玥喆镕堃②".encode("gbk").hex() + "0a", head)
    assert "李　　　　②" in paper.slips[0].text()
    assert sum("GB2312 only" in complaint for complaint in paper.complaints) == 4
    assert "李玥喆镕堃②" in fed("1c26" + "李玥喆镕堃②".encode("gbk").hex() + "0a").slips[0].text()


def test_what_gb2312_lacks_goes_as_a_raster_whatever_slip_it_is_on() -> None:
    head = replace(load("generic-80"), chinese_font="gb2312")
    slip = (
        Text("张玥 喆", "centre"),
        Pair("王镕", "3 人"),
        Text("陈堃", scale=2),
        Text("㎡"),
        Text("张悦，—·①é￥"),
        Cut(),
    )
    paper = Paper(head)
    paper.feed(encode(slip, head))
    paper.idle()
    assert not paper.complaints
    lines = [item.text for item in paper.slips[0].items if isinstance(item, Line)]
    assert lines == ["张悦，—·①é￥"]  # all of it is in rows 1 to 9 of GB2312, whatever Python calls it
    assert sum(isinstance(item, Band) for item in paper.slips[0].items) == 4
    whole = Paper(load("generic-80"))
    whole.feed(encode(slip, load("generic-80")))
    assert not any(isinstance(item, Band) for item in whole.slips[0].items)


def test_gb2312_is_6763_hanzi() -> None:
    hanzi = [chr(code) for code in range(0x4E00, 0x9FA6)]
    assert sum(native(char, "gb2312") for char in hanzi) == 6763 and all(map(native, hanzi))


def test_the_encoder_asks_for_a_code_as_the_manual_says() -> None:
    """1D 5A 02 GS Z 2: QR; 1B 5A 00 4D 03 02 00: version as needed, M, 3 dots, two bytes. ESC J round it as ever."""
    made = encode((QR("AB", 3),), LITTLE)
    assert made == bytes.fromhex("1b40 1c26 1b6101 1b4a06 1d5a02 1b5a00 4d 03 0200 4142 1b4a06")
    assert b"\x1bZ\x00M\x08" in encode((QR("A", 16),), LITTLE)  # it knows no more than 8 dots


@pytest.mark.parametrize("content", ["A", "https://example.cn/t/A001?c=7F3K9Q", "排队" * 100, "x" * 1000])
def test_the_code_that_was_asked_for_is_printed(content: str) -> None:
    paper = Paper(LITTLE)
    paper.feed(encode((QR(content), Cut()), LITTLE))
    paper.idle()
    (code,) = [item for item in paper.slips[0].items if isinstance(item, Code)]
    assert code.data == content.encode() and code.error == "m" and not paper.complaints
