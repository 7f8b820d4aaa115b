"""The hall's logo: a picture in, the bytes that keep it, the bytes that recall it.

Expected bytes are worked out by hand.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from printer_profiles.escpos.encode import encode
from printer_profiles.escpos.logo import LogoError, identity, load, store
from printer_profiles.profile import load as profile
from printer_profiles.slip import Logo, Text

PLAIN = profile("generic-80")
BY_NAME, BY_PLACE = replace(PLAIN, logo="gs_l"), replace(PLAIN, logo="fs_q")
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")
STAIRS = Logo(
    bytes([0x80, 0x00, 0xC0, 0x00, 0xE0, 0x01]), 2
)  # 16 x 3 dots: a stair on the left, one dot at the right end below


def picture(folder: Path, size: tuple[int, int] = (16, 4), **changes: object) -> Path:
    image = Image.new("L", size, 255)
    image.paste(0, (0, 0, 3, 2))
    image.save(folder / "logo.png")
    return folder / "logo.png"


def test_kept_by_name_as_rows() -> None:
    """GS ( L 17 0: what follows is 11 + 6 bytes; fn 67 tone 48 name JH 1 colour, 16 dots wide, 3 high, colour 49,
    rows.
    """
    assert store(STAIRS, BY_NAME).hex() == "1d284c 1100 30 43 30 4a48 01 1000 0300 31 8000 c000 e001".replace(" ", "")


def test_kept_by_place_as_columns() -> None:
    """FS q 1 picture, 2 x 1 bytes; each byte is eight dots under each other: columns of 3, 2, 1 dots, then nothing
    but the last.
    """
    assert store(STAIRS, BY_PLACE).hex() == "1c71 01 0200 0100 e0 60 20 00000000 00000000 00000000 20".replace(" ", "")


def test_recalled_where_it_is_held() -> None:
    start = "1b40 1c26 1b6101"
    assert encode((STAIRS,), BY_NAME, identity(STAIRS, BY_NAME)) == bytes.fromhex(
        start + "1d284c 0600 30 45 4a48 01 01 1b4a0c"
    )
    assert encode((STAIRS,), BY_PLACE, identity(STAIRS, BY_PLACE)) == bytes.fromhex(start + "1c70 01 00 1b4a0c")


@pytest.mark.parametrize("model", [PLAIN, BY_NAME, BY_PLACE])
@pytest.mark.parametrize("held", ["", "another"])
def test_drawn_where_it_is_not_held(model: object, held: str) -> None:
    """ESC a 1, GS v 0: 2 bytes wide, 3 rows; ESC J 12: a little room below."""
    start = "1b40 1c26 1b6101"
    assert encode((STAIRS, Text("A", "centre")), model, held) == bytes.fromhex(
        f"{start} 1d7630 00 0200 0300 8000 c000 e001 1b4a0c 41 0a"
    )  # type: ignore[arg-type]


def test_its_identity_is_the_pictures_and_the_models() -> None:
    one = identity(STAIRS, BY_NAME)
    assert re.fullmatch("[0-9a-f]{16}", one)
    assert one == identity(Logo(STAIRS.rows, 2), BY_NAME)
    assert (
        len(
            {
                one,
                identity(STAIRS, BY_PLACE),
                identity(STAIRS, replace(BY_NAME, name="x")),
                identity(Logo(STAIRS.rows[:4], 2), BY_NAME),
            }
        )
        == 4
    )
    assert identity(STAIRS, PLAIN) == ""
    assert store(STAIRS, PLAIN) == b""


@given(
    st.integers(1, 48), st.integers(1, 120), st.lists(st.sampled_from([0x00, 0x04, 0x05, 0x10, 0x14, 0xFF]), min_size=1)
)
def test_no_real_time_command_in_a_stored_logo(across: int, high: int, pattern: list[int]) -> None:
    rows = (bytes(pattern) * (across * high))[: across * high]
    for model in (BY_NAME, BY_PLACE):
        assert not REAL_TIME.search(store(Logo(rows, across), model))


def test_not_even_as_its_length() -> None:
    """11 + 21 x 49 = 0410: one white row more."""
    data = store(Logo(b"\xff" * (21 * 49), 21), BY_NAME)
    assert data[3:5] == (11 + 21 * 50).to_bytes(2, "little")


def test_a_png_becomes_black_dots(tmp_path: Path) -> None:
    assert load(picture(tmp_path)) == Logo(bytes([0xE0, 0, 0xE0, 0, 0, 0, 0, 0]), 2)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (8, 1), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 255))
    image.save(tmp_path / "logo.png")
    assert load(tmp_path / "logo.png") == Logo(b"\x40", 1)


def test_odd_widths_stay_in_the_middle(tmp_path: Path) -> None:
    Image.new("L", (4, 1), 0).save(tmp_path / "logo.png")
    assert load(tmp_path / "logo.png") == Logo(b"\x3c", 1)


def test_what_is_no_logo_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LogoError, match=r"none\.png: no such file; write the path of a PNG$"):
        load(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(LogoError, match=r"text\.png: no picture that can be read; save it as PNG$"):
        load(tmp_path / "text.png")
    with pytest.raises(LogoError, match=r"logo\.png: 385 x 10 dots; a logo has at most 384 x 120, make it smaller$"):
        load(picture(tmp_path, (385, 10)))
    Image.new("L", (8, 8), 255).save(tmp_path / "white.png")
    with pytest.raises(LogoError, match=r"white\.png: nothing black in it; draw the logo black on white$"):
        load(tmp_path / "white.png")
    half = picture(tmp_path, (200, 100))
    half.write_bytes(half.read_bytes()[:60])
    with pytest.raises(LogoError, match=r"logo\.png: no picture that can be read"):
        load(half)


@pytest.mark.parametrize(("rows", "across"), [(b"", 1), (b"12", 0), (b"123", 2), (b"1" * 49, 49), (b"1" * 121, 1)])
def test_an_impossible_logo_is_refused_when_it_is_made(rows: bytes, across: int) -> None:
    with pytest.raises(ValueError, match=r"^slip: a logo has 8 to 384 dots in width and 1 to 120 in height$"):
        Logo(rows, across)
