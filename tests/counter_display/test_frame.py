"""Frames as data: the A0 90 screen both ways, the vendors' files against bytes by hand and virtual boards, and every
mistake of a file.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from config import ConfigError
from counter_display import __main__ as program
from counter_display.frames import command
from counter_display.protocols import PROTOCOLS, SHIPPED, a090, find, frame, names
from counter_display.protocols.checksums import KINDS
from counter_display.protocols.frame import Frame
from counter_display.protocols.frame_file import MODELS, FrameFile, check
from counter_display.protocols.frame_parts import Told
from counter_display.protocols.language import Reply
from counter_display.virtual.devices.a090 import StripEar
from counter_display.virtual.devices.cards import BareEar, CousinEar, DecimalEar, ParkingEar
from counter_display.virtual.devices.ear import Ear
from tests.both_languages import english
from tests.hearing import hear, pieces, text

FILES = {name: frame.load(file) for name, file in SHIPPED.items()}
A090 = FILES["a090"]
EARS: dict[str, type[Ear]] = {
    "a090": StripEar,
    "a090_utf16": CousinEar,
    "parking_aa55": ParkingEar,
    "newlife_led": DecimalEar,
    "at_cr": BareEar,
}
COLORED = st.sampled_from(["red", "green", "yellow"])

# file, address, text, color, bytes by hand. 请 c7eb (8bf7 in UTF-16), A001; LEN of #@& is 12 + 6; its sum from 'A' is
# 9f.
FRAMES = [
    ("a090", 3, "A001", "red", "a0 90 03 a5 00 08 41 00 30 00 30 00 31 00 de"),
    ("a090_utf16", 2, "请A001", "red", "a0 90 02 50 00 0a 8b f7 00 41 00 30 00 30 00 31 54"),
    (
        "newlife_led",
        1,
        "请A001",
        "green",
        "23 40 26 41 30 30 31 38 30 31 30 31 36 30 31 30 33 32 34 31 c7 eb 41 30 30 31 {sum}",
    ),
    ("at_cr", 3, "请A001", "red", "40 03 c7 eb 41 30 30 31 0d"),
]


def raw(name: str) -> Any:
    return tomllib.loads(SHIPPED[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "address", "words", "color", "wire"), FRAMES)
def test_vendors_frames_forward_and_backward(name: str, address: int, words: str, color: str, wire: str) -> None:
    total = sum(bytes.fromhex(wire[9 : wire.index("{")])) % 256 if "{sum}" in wire else 0
    made = find(name, Path()) if name != "a090" else A090
    assert made.encode(address, words, color).hex(" ") == wire.replace("{sum}", f"{total:02x}")
    [heard] = hear(EARS[name](), made.encode(address, words, color) + b"\x00")
    assert (heard.address, text(heard), heard.wrong) == (address, words, ())


def test_the_parking_boards_known_vector() -> None:
    """AA 55 01 64 00 22 00 01 0B 07 76 AF of docs/devices.md: the same file with the voice command in place of a
    line.
    """
    file = raw("parking_aa55")
    file["frames"]["show"] = ["AA 55", "sequence", "address", "00", "22", "length", "voice", "text", "check", "AF"]
    file["fields"]["length"]["counts"] = ["voice", "text"]
    for name in ("line", "seconds", "color", "zero"):
        del file["fields"][name]
    file["fields"]["voice"] = {"bytes": "0B"}
    assert Frame(check(file, "voice.toml")).encode(0x64, "").hex() == "aa550164002200010b0776af"


@pytest.mark.parametrize("name", SHIPPED)
@given(data=st.data())
def test_any_text_of_a_shipped_frame_is_read_by_its_virtual_board(name: str, data: st.DataObject) -> None:
    made, ear = FILES[name], EARS[name]()
    address = data.draw(st.sampled_from(list(made.TRAITS.addresses)))
    fitted = made.fit(data.draw(st.text(max_size=140))).text
    [heard] = hear(ear, made.encode(address, fitted, data.draw(COLORED)))
    assert (ear.complaints, heard.wrong, heard.address, text(heard)) == ([], (), address, fitted)


# --- the A0 90 screen as code and as data ---


@given(st.integers(-1, 256), st.text(max_size=140), COLORED, st.booleans())
def test_a090_as_data_makes_the_same_bytes_or_the_same_refusal(address: int, words: str, color: str, fit: bool) -> None:
    assert A090.fit(words) == a090.fit(words)
    words = a090.fit(words).text if fit else words
    made = []
    for language in (a090, A090):
        try:
            made.append((language.encode(address, words, color), language.show_address(address)))
        except ValueError as error:
            made.append(str(error))
    assert made[0] == made[1]


@given(
    st.lists(st.binary(max_size=20) | st.sampled_from([b"\xa0\x90\x03", b"\xa5\xaa", b"\xa0\x90\xa5\xa5\xaa"])),
    st.booleans(),
)
def test_a090_as_data_hears_the_same_replies(stream: list[bytes], told: bool) -> None:
    code, data = a090.Replies(), A090.Replies()
    for parser in (code, data):
        if told:
            parser.sent(a090.encode(3, "A001"))
    for piece in stream:
        assert code.feed(piece) == data.feed(piece)


def test_a090_as_data_paints_numbers_as_the_code_does() -> None:
    told = find("a090", Path()).encode(3, "请A03到3号", "yellow", number_color="red")
    assert frame.load(SHIPPED["a090"]).encode(3, "请A03到3号", "yellow", number_color="red") == told


def test_an_answer_without_an_address_is_of_the_board_that_was_told() -> None:
    made = find("newlife_led", Path())
    sent = made.encode(7, "A001")
    for stream, count in ((sent + b"#@&OK", 1), (b"..OK", 1), (sent, 0), (b"NO", 0)):
        for size in (1, 99):
            parser = made.Replies()
            parser.sent(sent)
            assert [r.address for p in pieces(stream, size) for r in parser.feed(p)] == [7] * count


def test_a_board_whose_answer_is_not_known_is_never_heard() -> None:
    made = find("at_cr", Path())
    assert not made.TRAITS.answers and made.Replies().feed(b"OK\x00\xa0\x90") == []


# --- what a file may say ---


def small(**more: Any) -> dict[str, Any]:
    return {
        "about": "a board",
        "source": "a manual",
        "text": {"coding": "ascii", "longest": 20},
        "frames": {"show": ["02", "address", "text", "03", "check"]},
        "fields": {
            "address": {"as": "decimal", "width": 2, "plus": 1},
            "check": {"kind": "sum8", "as": "hex", "from": "address", "to": "text"},
        },
        "addresses": [0, 98],
        **more,
    }


def test_decimal_address_with_offset_and_a_checksum_in_hexadecimal() -> None:
    """Address 4 is written 05: 30 35; A1 is 41 31; their sum is d7, written 44 37."""
    assert Frame(check(small(), "x.toml")).encode(4, "A1").hex(" ") == "02 30 35 41 31 03 44 37"


def test_escapes_effects_brightness_and_levels() -> None:
    file = small()
    file["frames"] = {"show": ["02", "effect", "text", "03"], "brightness": ["02", "brightness", "03"], "probe": ["05"]}
    file["fields"] = {
        "effect": {"values": {"still": "00", "flash": "02"}},
        "brightness": {"levels": ["01", "02", "0F"]},
    }
    file["escape"] = {"from": "effect", "to": "text", "codes": {"02": "1B E2", "03": "1B E3", "1B": "1B 1B"}}
    made = Frame(check(file, "x.toml"))
    assert made.encode(0, "A1", effect="flash").hex(" ") == "02 1b e2 41 31 03"
    assert [made.brightness(0, percent)[1] for percent in (1, 33, 34, 66, 67, 68, 100)] == [1, 1, 2, 2, 2, 15, 15]
    assert (made.probe(0), made.show_address(0)[2:3]) == (b"\x05", b"0")
    assert (made.TRAITS.flashes, made.TRAITS.brightness, made.TRAITS.hanzi) == (True, True, False)
    assert made.fit("请A001到3号窗口").text == "A001 3"


@pytest.mark.parametrize(
    ("coding", "words", "code"),
    [("gb2312", "请龘", "c7eb"), ("utf-16-le", "请", "f78b"), ("utf-16-be", "😀请", "25a18bf7"), ("gbk", "€", "a1f5")],
)
def test_codings(coding: str, words: str, code: str) -> None:
    file = small(text={"coding": coding, "longest": 20}, frames={"show": ["02", "text"]}, fields={}, addresses=[0, 0])
    assert Frame(check(file, "x.toml")).encode(0, words).hex().startswith("02" + code)


NO_BYTES = 'no row of bytes; write two hexadecimal digits for each, like "A0 90"'


def broken(change: dict[str, Any]) -> list[str]:
    file = small()
    for path, value in change.items():
        *way, last = path.split(".")
        table = file
        for step in way:
            table = table.setdefault(step, {})
        table[last] = value
    with pytest.raises(ConfigError) as caught:
        Frame(check(file, "x.toml"))
    return english(caught.value.problems)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"abuot": "x"}, "abuot: unknown key; did you mean 'about'?"),
        ({"text.codign": "gbk"}, "text.codign: unknown key; did you mean 'coding'?"),
        (
            {"text.coding": "gb"},
            "text.coding: 'gb' is not one of 'gbk', 'gb2312', 'ascii', 'utf-16-be' or 'utf-16-le'; did you mean 'gbk'?",
        ),
        ({"text.longest": 0}, "text.longest: 0: must be 1 or more"),
        ({"fields.check.kind": "xor"}, "fields.check.kind: 'xor': no checksum; did you mean 'xor8'?"),
        ({"fields.check.frmo": "x"}, "fields.check.frmo: unknown key; did you mean 'from'?"),
        ({"fields.check.from": "adress"}, "fields.check: from: 'adress' is no field; did you mean 'address'?"),
        ({"fields.length": {"counts": ["txt"]}}, "fields.length: counts: 'txt' is no field; did you mean 'text'?"),
        (
            {"fields.lenght": {"counts": ["text"]}},
            "fields.lenght: no frame has it; known: 02, 03, address, check, text",
        ),
        ({"fields.stop": {"bytes": "0", "ascii": "x"}}, f"fields.stop.bytes: '0': {NO_BYTES}"),
        (
            {"fields.check.bytes": "03"},
            (
                "fields.check: says bytes and kind; one of bytes, ascii, value, counts, values, levels, kind says what"
                " it is"
            ),
        ),
        (
            {"frames.show": ["02", "adress", "text", "check"]},
            "frames.show: 'adress' is no field and no row of bytes; did you mean 'address'?",
        ),
        (
            {"frames.show": ["02", "address", "check"]},
            'frames.show: the text is missing; write "text" where it belongs',
        ),
        ({"frames.show": ["text", "address", "text", "check"]}, "frames.show: 'text' stands there twice; keep one"),
        (
            {"text.color": "after each"},
            'text.color: fields.color is missing; write [fields.color] values = {red = "00"}',
        ),
        ({"fields.color": {"values": {"red": "1", "blue": "2"}}}, f"fields.color.values.red: '1': {NO_BYTES}"),
        ({"addresses": [9, 1]}, "addresses: the first is greater than the last; write [0, 255]"),
        (
            {"fields.color": {"values": {"red": "01", "blue": "02"}}},
            "fields.color: values: 'blue' is unknown; known: red, green, yellow",
        ),
        (
            {"fields.speed": {"values": {"fast": "01"}}},
            "fields.speed: values: only color and effect have them; write bytes = … for what never changes",
        ),
        ({"fields.check.as": "decimal"}, "fields.check: as: a checksum is binary or hex; write one of them"),
        (
            {"escape": {"from": "addres", "to": "text", "codes": {}}},
            "escape.from: 'addres' is no field; did you mean 'address'?",
        ),
    ],
)
def test_a_mistake_is_one_sentence(change: dict[str, Any], sentence: str) -> None:
    assert f"x.toml: {sentence}" in broken(change)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"addresses": [0, 99]}, "address: 100 does not fit in width = 2"),
        ({"fields.address.plus": -1}, "address: -1 does not fit in width = 2"),
        (
            {"fields.length": {"counts": ["text"], "as": "hex"}, "frames.show": ["length", "address", "text", "check"]},
            "20 does not fit in width = 1",
        ),
        (
            {"fields.length": {"counts": ["text"], "plus": -2}, "frames.show": ["length", "address", "text", "check"]},
            "-2 does not fit in width = 1",
        ),
        (
            {"fields.speed": {"value": 300}, "frames.show": ["speed", "address", "text", "check"]},
            "speed: 300 does not fit in width = 1",
        ),
    ],
)
def test_what_would_not_fit_is_told_beforehand(change: dict[str, Any], sentence: str) -> None:
    assert any(line.startswith(f"frames.show: {sentence}") for line in broken(change))


def test_all_mistakes_at_once() -> None:
    assert len(broken({"fields.check.from": "adress", "frames.show": ["2", "text"], "fields.x": {"bytes": "00"}})) >= 3


def test_files_that_are_none(tmp_path: Path) -> None:
    for name, content, why in (
        ("a.toml", b"about = ", "not TOML"),
        ("b.toml", b"\xff", "neither UTF-8 nor GBK"),
        ("c.toml", b"", "about: missing"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigError) as caught:
            find(name, tmp_path)
        assert why in "\n".join(english(caught.value.problems))
    with pytest.raises(ConfigError, match=r"nowhere\.toml: 读不了，不存在"):
        find("nowhere.toml", tmp_path)


def test_the_registry() -> None:
    assert find("a090", Path()) is PROTOCOLS["a090"] and set(names()) == {*PROTOCOLS, *SHIPPED}
    with pytest.raises(ConfigError) as caught:
        find("onbom", Path())
    assert english(caught.value.problems) == ["'onbom' is no language of boards; did you mean 'onbon'?"]


def test_every_language_has_its_page_and_the_traits_it_promises() -> None:
    for name in names():
        language = find(name, Path())
        assert bool(language.brightness(language.TRAITS.addresses[-1], 50)) == language.TRAITS.brightness
        assert (
            Path(__file__).parents[2] / "docs" / "protocols" / f"{name if name in PROTOCOLS else 'frames'}.md"
        ).exists()
        assert language.encode(language.TRAITS.addresses[-1], language.fit("A001").text) and language.show_address(
            language.TRAITS.addresses[0]
        )
        assert language.Replies().feed(b"") == []


PAGE = (Path(__file__).parents[2] / "docs" / "protocols" / "frames.md").read_text(encoding="utf-8")


def test_the_pages_example_makes_the_pages_bytes() -> None:
    file = tomllib.loads(PAGE.split("```toml\n")[1].split("```")[0])
    wire = Frame(check(file, "page.toml")).encode(3, "A001", "green").hex(" ").upper()
    assert f"Together `{wire}`" in PAGE


def test_the_page_has_every_key_and_every_checksum() -> None:
    keys = {f.alias or name for model in (FrameFile, *MODELS.values()) for name, f in model.model_fields.items()}
    told = (
        set(re.findall(r"`(?:\w+\.)?([a-z0-9_-]+)`", PAGE))
        | set(re.findall(r"\[(\w+)", PAGE))
        | set(re.findall(r"`([a-z]+) = ", PAGE))
    )
    assert (keys | set(KINDS)) - told == set()


# --- the command ---


def test_the_command_prints_every_part(tmp_path: Path) -> None:
    result = CliRunner().invoke(command.main, ["parking_aa55", "--address", "100", "--text", "€A001"])
    assert result.exit_code == 0 and "  check        " in result.output and "'€' (euro sign)" in result.output
    assert "AA 55 01 64 00 27" in result.output and "at 9600 baud" in result.output


def test_the_command_is_one_of_the_boards_program() -> None:
    result = CliRunner().invoke(program.main, ["frame", "at_cr", "--address", "3", "--text", "A001"])
    assert result.exit_code == 0 and "40 03 41 30 30 31 0D" in result.output


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("about = 1")
    wrongs = [
        (["nowhere.toml"], "no such file"),
        ([str(tmp_path / "x.toml")], "x.toml: source: missing"),
        (["at_cr", "--frame", "probe"], "'probe' is no frame of it; known: show"),
        (["at_cr", "--address", "999"], "0 to 255"),
    ]
    for arguments, why in wrongs:
        result = CliRunner().invoke(command.main, arguments)
        assert result.exit_code == 2 and why in result.output


def test_pieces_are_the_frame() -> None:
    told = A090.pieces("show", Told(3, "A001"))
    assert [(p.name, p.wire.hex()) for p in told][:3] == [("", "a090"), ("address", "03"), ("", "a5")]
    assert Reply(3, b"") == a090.Replies().feed(b"\xa0\x90\x03\xa5\xaa")[0]


def test_a_frame_that_is_not_there_names_those_that_are() -> None:
    result = CliRunner().invoke(program.main, ["frame", "nosuch"])
    assert result.exit_code == 2 and "nosuch: no such file" in result.output and "newlife_led" in result.output
