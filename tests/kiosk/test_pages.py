"""Every page in every language, size and text mode: nothing cut, nothing overlapping, every target big enough,
readable.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config
import words
from kiosk.flow import events, flow
from kiosk.flow.events import State
from kiosk.flow.view import View, plate_of
from kiosk.screens import document, picture, samples, theme, ways
from kiosk.screens.fonts import Fonts
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Box, Line, Part, Pen, Rect, Scene
from kiosk.screens.spoken import spoken

SIZES = [(1080, 1920), (1920, 1080), (1280, 1024), (1024, 768), (800, 1280)]
CASES = [
    (size, language, large, low)
    for size in SIZES
    for language in words.languages()
    for large in (False, True)
    for low in ((False, True) if size[1] > size[0] else (False,))
]
NAMES = [
    f"{w}x{h}-{language}-{'large' if large else 'standard'}{'-low' if low else ''}"
    for (w, h), language, large, low in CASES
]


@pytest.fixture(params=CASES, ids=NAMES, scope="module")
def pages(request: pytest.FixtureRequest, hall: config.Hall, fonts: Fonts) -> dict[str, Scene]:
    size, language, large, low = request.param
    moment = picture.Moment(samples.NOW, 0.0)
    states = samples.states(hall, "K1", language=language, large=large, low=low)
    return {name: picture.scene(state, moment, size, fonts.measure) for name, state in states.items()}


def all_parts(scene: Scene) -> list[Part]:
    return [*scene.parts, *(scene.paper.parts if scene.paper else ())]


def lines(scene: Scene) -> list[Line]:
    return [part for part in all_parts(scene) if isinstance(part, Line)]


def test_it_cuts_no_text(pages: dict[str, Scene]) -> None:
    assert {name: scene.cut for name, scene in pages.items() if scene.cut} == {}


def test_it_draws_every_line_as_wide_as_measured(pages: dict[str, Scene], fonts: Fonts) -> None:
    for name, scene in pages.items():
        for line in lines(scene):
            box = fonts.render(line.text, line.size, line.bold, line.colour)[0].get_rect()
            assert box.w <= line.rect.w + 2, (name, line.text)
            assert line.rect.x >= 0 and line.rect.right <= scene.size[0], (name, line.text)
            assert line.rect.y >= 0 and line.rect.bottom <= scene.size[1], (name, line.text)


def test_it_overlaps_no_lines(pages: dict[str, Scene]) -> None:
    for name, scene in pages.items():
        for a, b in combinations(lines(scene), 2):
            assert not overlap(a.rect.inset(0, a.size * 0.14), b.rect.inset(0, b.size * 0.14)), (name, a.text, b.text)


def test_its_text_is_never_tiny(pages: dict[str, Scene]) -> None:
    for name, scene in pages.items():
        unit = Sheet(*scene.size).unit
        for line in lines(scene):
            assert line.size >= 1.45 * unit, (name, line.text, line.size / unit)


def test_its_targets_are_inside_apart_and_big_enough(pages: dict[str, Scene]) -> None:
    for name, scene in pages.items():
        least = Sheet(*scene.size).least
        assert least >= 60
        for target in scene.targets:
            x, y, w, h = target.rect
            assert x >= 0 and y >= scene.body and target.rect.right <= scene.size[0], (name, target)
            assert target.rect.bottom <= scene.size[1] and w >= least and h >= least, (name, target)
        for a, b in combinations(scene.targets, 2):
            assert not overlap(a.rect, b.rect), (name, a, b)


def test_its_text_stands_out_from_its_ground(pages: dict[str, Scene], request: pytest.FixtureRequest) -> None:
    least = 7.0 if "large" in request.node.callspec.id else 4.5
    for name, scene in pages.items():
        parts = all_parts(scene)
        for i, part in enumerate(parts):
            if isinstance(part, Line):
                for ground in grounds(parts[:i], part):
                    assert contrast(part.colour, ground) >= least, (name, part.text, contrast(part.colour, ground))


def test_lowered_everything_is_in_reach(pages: dict[str, Scene], request: pytest.FixtureRequest) -> None:
    if not request.node.callspec.id.endswith("-low"):
        return
    for name, scene in pages.items():
        for target in scene.targets:
            assert target.rect.y >= scene.size[1] * 0.45, (name, target)


def test_every_page_but_asking_leads_somewhere(pages: dict[str, Scene]) -> None:
    silent = {name for name, scene in pages.items() if not scene.targets}
    assert silent == {"asking", "asking-code", "asking-list", "items-asking", "maintenance"}


def test_more_time_is_there_whenever_it_counts(pages: dict[str, Scene], request: pytest.FixtureRequest) -> None:
    _, language, large, low = request.node.callspec.params["pages"]
    states = samples.states(config.load(), "K1", language=language, large=large, low=low)
    for name, scene in pages.items():
        if flow.countdown(states[name], 0.0) is not None:
            assert "more" in {target.name for target in scene.targets}, name
        assert spoken(states[name], 0.0).strip(), name


def overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def grounds(below: list[Part], line: Line) -> list[theme.Colour]:
    """The colours of the topmost box under a line: one, or both ends of a fading one."""
    boxes = [part for part in below if isinstance(part, Box) and part.rect.holds(*line.rect.middle)]
    if not boxes:
        return [theme.GROUND]
    return [boxes[-1].fill, *([boxes[-1].fade] if boxes[-1].fade else [])]


def contrast(a: theme.Colour, b: theme.Colour) -> float:
    """WCAG 2.1, relative luminance."""

    def luminance(colour: theme.Colour) -> float:
        r, g, b = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# --- every text of the hall's own catalogue ---------------------------------------------------------------------------


def all_pages(state: State, size: tuple[int, int], fonts: Fonts) -> list[Scene]:
    """A page and all that can be leafed to from it."""
    found: list[Scene] = []
    while True:
        found.append(picture.scene(state, picture.Moment(samples.NOW, 0.0), size, fonts.measure))
        later = f"page:{len(found)}"
        if later not in {target.name for target in found[-1].targets}:
            return found
        state = replace(state, screen=replace(state.screen, page=len(found)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("size", "language", "large", "low"), CASES, ids=NAMES)
def test_no_text_of_the_catalogue_is_cut_and_none_is_lost(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], language: str, large: bool, low: bool
) -> None:
    view = View.model_validate(samples.view_json(hall, "K1"))
    base = State(plate_of(hall), view=view, link="up", language=language, large=large, low=low)
    for group in view.groups:
        for guide in (False, True):
            scenes = all_pages(replace(base, screen=events.Items(group.id, guide=guide)), size, fonts)
            assert [scene.cut for scene in scenes if scene.cut] == []
            shown = {target.name for scene in scenes for target in scene.targets}
            assert {f"service:{service.code}" for service in group.services} <= shown
        for service in group.services:
            scenes = all_pages(replace(base, screen=events.Item(service.code, events.Items(group.id))), size, fonts)
            assert [scene.cut for scene in scenes if scene.cut] == []
            text = "".join(line.text for scene in scenes for line in lines(scene)).replace(" ", "")
            for material in service.materials:
                assert words.say(language)(material).replace(" ", "") in text, (service.code, material)
            assert service.basis.replace(" ", "") in text
    for chapter in view.publication:
        scenes = all_pages(replace(base, screen=events.Publication(chapter.id)), size, fonts)
        assert [scene.cut for scene in scenes if scene.cut] == []
        text = "".join(line.text for scene in scenes for line in lines(scene)).replace(" ", "")
        assert all(line.said(language).replace(" ", "") in text for line in chapter.lines)


HANZI = "社会保障卡申领登记变更注销城乡居民医疗费用手工零星报销（个人）、，"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zh=st.text(alphabet=HANZI, min_size=1, max_size=120).filter(str.strip),
    en=st.lists(st.text(alphabet="abcdefghijklmnop", min_size=1, max_size=14), min_size=1, max_size=30),
    case=st.sampled_from(CASES),
)
def test_texts_of_any_length_are_read_whole_in_a_document(
    fonts: Fonts, zh: str, en: list[str], case: tuple[tuple[int, int], str, bool, bool]
) -> None:
    size, language, large, low = case
    sheet = Sheet(*size, large=large, low=low)
    pen = Pen(fonts.measure, sheet.unit, theme.LARGE_PRINT if large else 1.0)
    text = zh if language == "zh" else " ".join(en)
    cards = document.columns(sheet, sheet.body)
    blocks = [document.Block(text, "1"), document.Block(text, "seal", "依据")] * 4
    pages = document.paginate(pen, blocks, cards)
    for page in pages:
        document.draw(pen, cards, page)
        for card, placed in zip(cards, page, strict=True):
            assert all(rect.y >= card.y and rect.bottom <= card.bottom for _, rect in placed)
    assert pen.cut == []
    shown = "".join(block.text for page in pages for column in page for block, _ in column)
    assert shown.replace(" ", "") == text.replace(" ", "") * 8


def test_the_document_of_screens_and_ways_is_up_to_date(hall: config.Hall, fonts: Fonts) -> None:
    """If not: python -m kiosk.screens.ways > docs/kiosk-flow.md"""
    assert (config.ROOT / "docs" / "kiosk-flow.md").read_text(encoding="utf-8") == ways.document(hall, fonts)
