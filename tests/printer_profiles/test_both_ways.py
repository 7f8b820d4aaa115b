"""Slip -> bytes -> paper, for every shipped model and every kind of head: the encoder held against the decoder, which
share no code.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from printer_profiles.escpos.encode import confirm, encode
from printer_profiles.escpos.logo import identity, store
from printer_profiles.profile import Profile, load, names
from printer_profiles.slip import QR, Cut, Element, Feed, Logo, Pair, Rule, Slip, Text, lines, native
from printer_profiles.virtual.paper import Paper
from printer_profiles.virtual.picture import burnt
from printer_profiles.virtual.sheet import Band, Code, Gap, Line, Printed

SHIPPED = [load(name) for name in names()]
MENDED = re.compile(rb"\x18[\x04\x05\x14]")
REAL_TIME = re.compile(rb"\x10[\x04\x05\x14]")

HANZI = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
MIXED = st.text(
    st.one_of(HANZI, st.characters(min_codepoint=0x20, max_codepoint=0x7E), st.sampled_from("，。！？：（）【】①→￥é")),
    max_size=60,
)
WILD = st.text(st.one_of(HANZI, st.characters(), st.sampled_from("𠮷龦😀\x10\x04\x05\x14\x1b\x1c\x1d\n")), max_size=30)
STYLES = {"align": st.sampled_from(["left", "centre", "right"]), "bold": st.booleans(), "scale": st.integers(1, 8)}
LOGOS = st.builds(
    lambda across, high, pattern: Logo((bytes(pattern) * (across * high))[: across * high], across),
    st.integers(1, 48),
    st.integers(1, 120),
    st.lists(st.sampled_from([0x00, 0x04, 0x05, 0x10, 0x14, 0xFF]), min_size=1, max_size=9),
)
ELEMENTS = st.one_of(
    st.builds(Text, MIXED, **STYLES),
    st.builds(Text, WILD, **STYLES),
    st.builds(Pair, WILD, WILD),
    st.just(Rule()),
    st.builds(Feed, st.integers(0, 9)),
    st.builds(lambda data, size: QR("Q" + data, size), WILD, st.integers(1, 16)),
    LOGOS,
)
HEADS = st.builds(
    replace,
    st.sampled_from(SHIPPED),
    chinese=st.sampled_from(["gb18030", "raster"]),
    chinese_mode=st.sampled_from(["once", "run"]),
    chinese_size=st.sampled_from(["gs", "fs"]),
    largest=st.integers(1, 8),
    code_page=st.booleans(),
    chinese_font=st.sampled_from(["gbk", "gb2312"]),
    qr=st.sampled_from(["native", "esc_z", "raster"]),
)


def printed(slip: Slip, profile: Profile) -> tuple[tuple[Printed, ...], Paper]:
    """The one sheet that the slip became."""
    paper = Paper(profile)
    paper.feed(encode((*slip, Cut()), profile))
    paper.idle()
    items = paper.slips[0].items if paper.slips else ()
    assert len(paper.slips) <= 1
    return items, paper


def fits(item: Printed, profile: Profile) -> bool:
    match item:
        case Line():
            return item.columns * 12 <= profile.dots
        case Band():
            return item.across * 8 * item.zoom[0] <= profile.dots
        case Code():
            return item.dots + 4 * item.size <= profile.dots
    return True


def on_paper(element: Element, profile: Profile) -> list[str]:
    """What an element must leave on the paper, in the words of ``seen``."""
    match element:
        case Text() | Pair():
            words = [_line(line, profile) for line in lines(element, profile.columns) if line.text.strip(" ")]
            return [
                word for before, word in zip(("", *words), words, strict=False) if word != "picture" or before != word
            ]
        case Rule():
            return ["rule"]
        case QR():
            return [f"code {element.payload.hex()}" if profile.qr in ("native", "esc_z") else "picture"]
        case Logo():
            return ["picture"]
    return []


def _line(line: Text, profile: Profile) -> str:
    sized = line.scale <= profile.largest and (line.text.isascii() or profile.chinese_size == "gs" or line.scale <= 2)
    if sized and all(
        char.isascii() or (profile.chinese == "gb18030" and native(char, profile.chinese_font)) for char in line.text
    ):
        return f"{line.align} {line.bold} {line.scale} {line.text}"
    return "picture"


def seen(items: tuple[Printed, ...], profile: Profile) -> list[str]:
    words: list[str] = []
    for item in items:
        match item:
            case Line() if (
                item.columns == profile.columns and set(item.text) in ({"-"}, {"─"}) and item.cells[0].height == 1
            ):
                words.append("rule")
            case Line():
                styles = {(cell.bold, cell.width, cell.height) for cell in item.cells}
                (style,) = styles
                assert style[1] == style[2]
                words.append(f"{item.align} {style[0]} {style[1]} {item.text}")
            case Code():
                words.append(f"code {item.data.hex()}")
            case Band() if words[-1:] != ["picture"]:  # bands and drawn lines that touch are one picture
                words.append("picture")
    return words


@pytest.mark.parametrize("profile", SHIPPED, ids=names())
@pytest.mark.parametrize(
    "element",
    [
        Text("你好，A012"),
        Text("你好", "centre", bold=True, scale=2),
        Text("A012", "right", scale=4),
        Text("王𠮷龦", "centre"),
        Text(""),
        Pair("左", "右"),
        Rule(),
        Feed(2),
        QR("TZ8-9XK3MZ", 5),
        QR("中" * 60, 16),
        Logo(b"\x10\x04" * 24, 2),
    ],
    ids=lambda element: type(element).__name__,
)
def test_every_element_on_every_model(element: Element, profile: Profile) -> None:
    items, paper = printed((Text("begin"), element, Text("end")), profile)
    assert seen(items, profile) == ["left False 1 begin", *on_paper(element, profile), "left False 1 end"]
    assert all(fits(item, profile) for item in items)
    assert paper.complaints == []


@given(st.lists(ELEMENTS, max_size=6), HEADS)
def test_the_paper_says_what_the_slip_says(slip: list[Element], profile: Profile) -> None:
    parted: list[Element] = [
        piece for element in slip for piece in (element, Text("|"))
    ]  # pictures that touch would be one
    items, paper = printed(tuple(parted), profile)
    assert seen(items, profile) == [word for element in parted for word in on_paper(element, profile)]
    assert all(fits(item, profile) for item in items)
    assert paper.complaints == []


@given(st.lists(ELEMENTS, max_size=6), HEADS, st.sampled_from(["gs_l", "fs_q", "raster"]))
def test_nothing_in_a_slip_commands_a_printer(slip: list[Element], profile: Profile, logo: str) -> None:
    model = replace(profile, logo=logo)
    for data in (
        encode((*slip, Cut()), model),
        *(store(element, model) for element in slip if isinstance(element, Logo)),
    ):
        assert not REAL_TIME.search(data)


@given(st.lists(ELEMENTS, max_size=4), HEADS)
def test_the_same_slip_gives_the_same_bytes(slip: list[Element], profile: Profile) -> None:
    assert encode(tuple(slip), profile) == encode(tuple(slip), profile)


@pytest.mark.parametrize("profile", SHIPPED, ids=names())
def test_no_model_is_asked_what_it_does_not_answer(profile: Profile) -> None:
    paper = Paper(profile)
    answer = paper.feed(confirm(profile)) if confirm(profile) else b""
    assert bool(answer) == (profile.confirm != "none")
    assert paper.complaints == []


def gaps(items: tuple[Printed, ...]) -> int:
    return sum(item.dots for item in items if isinstance(item, Gap))


@pytest.mark.parametrize("profile", SHIPPED, ids=names())
def test_the_last_line_comes_out_behind_the_blade(profile: Profile) -> None:
    items, _ = printed((Text("end"),), profile)
    assert gaps(items) + items[0].dots - 24 >= 100  # sheet.BLADE


@pytest.mark.parametrize("kind", ["gs_l", "fs_q"])
@pytest.mark.parametrize("profile", SHIPPED, ids=names())
def test_a_held_logo_costs_a_few_bytes(profile: Profile, kind: str) -> None:
    model, logo = replace(profile, logo=kind), Logo(b"\xaa" * 48 * 120, 48)
    assert len(encode((logo,), model, identity(logo, model))) < 25
    assert len(encode((logo,), model)) > 48 * 120


@settings(max_examples=40)
@given(LOGOS, st.sampled_from(SHIPPED), st.sampled_from(["gs_l", "fs_q"]))
def test_a_held_logo_looks_like_a_drawn_one(logo: Logo, profile: Profile, kind: str) -> None:
    """Kept once, recalled in the next slip, dot by dot what a raster would have burnt; where no dot had to be added
    against 10 04.
    """
    model = replace(profile, logo=kind)
    slip = (Text("above"), logo, Text("below"), Cut())
    assume(not any(MENDED.search(data) for data in (store(logo, model), encode(slip, model))))
    keeping, drawing = Paper(model), Paper(model)
    assert keeping.feed(store(logo, model)) == b""
    keeping.feed(encode(slip, model, identity(logo, model)))
    drawing.feed(encode(slip, model))
    for paper in (keeping, drawing):
        paper.idle()
        assert paper.complaints == []
        assert len(paper.slips) == 1
    assert _black(keeping) == _black(drawing)


def _black(paper: Paper) -> bytes:
    """The dots of its sheet between the two lines: a picture kept by place is rounded up to 8 rows, so white rows
    below it don't count.
    """
    picture = burnt(paper.slips[0])
    white = bytes(picture.width // 8)
    rows = [picture.crop((0, y, picture.width, y + 1)).tobytes() for y in range(picture.height)]
    return b"".join(row for row in rows if row != white)


def test_the_paper_goes_as_far_in_either_unit() -> None:
    """ESC J and ESC 3 in dots or in half dots: the same sheet."""
    slip = (Logo(b"\xff", 1), Text("二倍", scale=2), Text("王𠮷"), QR("A", 5), Text("end"))
    one = load("generic-80")
    half = replace(one, feed_unit=2)
    assert printed(slip, one)[0] == printed(slip, half)[0]
    assert encode(slip, one) != encode(slip, half)
