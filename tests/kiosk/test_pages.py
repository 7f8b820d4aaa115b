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
from kiosk.screens import document, home, picture, samples, scenery, theme, ways
from kiosk.screens.fonts import Fonts
from kiosk.screens.layout import Sheet
from kiosk.screens.scene import Box, Line, Part, Pen, Rect, Scene
from kiosk.screens.spoken import ring, spoken

SIZES = [(1080, 1920), (1920, 1080), (1280, 1024), (1024, 768), (800, 1280), (768, 1366)]
PANELS = [
    ((1080, 1920), 32.0),
    ((1080, 1920), 21.5),
    ((1920, 1080), 32.0),
    ((1920, 1080), 21.5),
    ((1280, 1024), 17.0),
    ((1280, 1024), 19.0),
    ((768, 1366), 15.6),
    ((768, 1366), 18.5),
]
"""(px, diagonal in inches)"""
Case = tuple[tuple[int, int], str, bool, bool]
"""(px, language, large, low)"""
CASES: list[Case] = [
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


@pytest.fixture(
    params=[
        pytest.param(case, id=name, marks=pytest.mark.xdist_group(name))
        for case, name in zip(CASES, NAMES, strict=True)
    ],
    scope="module",
)  # one worker has all of a case: its pages are laid out once
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture(scope="module")
def states(case: Case, hall: config.Hall) -> dict[str, State]:
    _, language, large, low = case
    return samples.states(hall, "K1", language=language, large=large, low=low)


@pytest.fixture(scope="module")
def pages(case: Case, states: dict[str, State], fonts: Fonts) -> dict[str, Scene]:
    moment = picture.Moment(samples.NOW, 0.0)
    return {name: picture.scene(state, moment, case[0], fonts.measure) for name, state in states.items()}


def all_parts(scene: Scene) -> list[Part]:
    return [*scene.parts, *(scene.paper.parts if scene.paper else ())]


def lines(scene: Scene) -> list[Line]:
    return [part for part in all_parts(scene) if isinstance(part, Line)]


def test_it_cuts_no_text(pages: dict[str, Scene]) -> None:
    assert {name: scene.cut for name, scene in pages.items() if scene.cut} == {}


def test_no_word_of_a_key_is_broken_where_there_is_another_way(hall: config.Hall, fonts: Fonts) -> None:
    """Alone, the first page has fewer ways: the green channel stands beside help before a word is broken for it."""
    state = samples.states(hall, "K1", language="en", large=True)["home-offline"]
    scene = picture.scene(state, picture.Moment(samples.NOW, 0.0), (1024, 768), fonts.measure)
    assert {"Priority", "Normal", "print", "services"} <= {word for line in lines(scene) for word in line.text.split()}


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


def test_no_text_is_smaller_than_30_px_at_1080(pages: dict[str, Scene]) -> None:
    for name, scene in pages.items():
        for line in lines(scene):
            assert line.size >= 30 * min(scene.size) / 1080, (name, line.text, line.size)


def read(scenes: list[Scene]) -> str:
    """What the cards of a document say from page to page, without spaces."""
    found = []
    for scene in scenes:
        cards = [part.rect for part in scene.parts if isinstance(part, Box) and part.fill == theme.CARD]
        cards = [card for card in cards if all(target.rect != card for target in scene.targets)]
        found += [line.text for line in lines(scene) if any(card.holds(*line.rect.middle) for card in cards)]
    return "".join(found).replace(" ", "")


def texts(scene: Scene) -> dict[str, int]:
    """Every text with its size in px: its lines put together again, spaces left out."""
    found: dict[str, int] = {}
    parts = all_parts(scene)
    i = 0
    while i < len(parts):
        first = parts[i]
        i += 1
        if not isinstance(first, Line):
            continue
        text, last = first.text, first
        while i < len(parts) and isinstance(following := parts[i], Line) and _goes_on(last, following):
            text, last, i = text + following.text, following, i + 1
        text = text.replace(" ", "")
        found[text] = min(first.size, found.get(text, first.size))
    return found


def _goes_on(line: Line, following: Line) -> bool:
    look = (line.size, line.bold, line.colour) == (following.size, following.bold, following.colour)
    return look and line.rect.bottom == following.rect.y


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize(("size", "diagonal"), PANELS)
def test_large_print_is_large_on_every_page(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], diagonal: float, language: str
) -> None:
    """At least 1.5 times its standard size, and its capitals 7.3 mm high (0.7° of arc at 60 cm), as they are drawn."""
    per_mm = (size[0] ** 2 + size[1] ** 2) ** 0.5 / (diagonal * 25.4)
    moment = picture.Moment(samples.NOW, 0.0)

    def drawn(*, large: bool, low: bool = False) -> dict[str, Scene]:
        states = samples.states(hall, "K1", language=language, large=large, low=low)
        return {name: picture.scene(one, moment, size, fonts.measure, diagonal) for name, one in states.items()}

    standard = drawn(large=False)
    for low in (False, True) if size[1] > size[0] else (False,):
        for name, scene in drawn(large=True, low=low).items():
            assert scene.cut == (), name
            before, compared = texts(standard[name]), 0
            for text, px in texts(scene).items():
                assert px >= 1.5 * before.get(text, 0), (name, text, px, before.get(text))
                compared += text in before
            assert compared >= 3, (name, "hardly a text of the standard page is found again")
            for line in lines(scene):
                capital = fonts.render("H", line.size, line.bold, line.colour)[0].get_height()
                assert capital >= 7.3 * per_mm - 0.5, (name, line.text, capital / per_mm)


@pytest.mark.parametrize("language", words.languages())
@pytest.mark.parametrize("size", [(1080, 1920), (768, 1366)])
def test_low_keeps_the_standard_sizes_and_shows_the_hall_above(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], language: str
) -> None:
    moment = picture.Moment(samples.NOW, 0.0)
    low = samples.states(hall, "K1", language=language, large=False, low=True)
    for name, state in samples.states(hall, "K1", language=language, large=False).items():
        standard = texts(picture.scene(state, moment, size, fonts.measure))
        lowered = picture.scene(low[name], moment, size, fonts.measure)
        for text, px in texts(lowered).items():
            assert px == standard.get(text, px), (name, text)
    shown = [picture.scene(low[name], moment, size, fonts.measure) for name in ("home", "item", "guide", "booked")]
    assert all(any(isinstance(part, Box) and part.fill == scenery.WALL for part in one.parts) for one in shown)


def test_tiles_and_rows_of_a_page_have_one_size_and_their_names_too(pages: dict[str, Scene]) -> None:
    for name, scene in pages.items():
        cards = [t.rect for t in scene.targets if t.name.partition(":")[0] in ("group", "service", "chapter")]
        if not cards:
            continue
        assert len({(rect.w, rect.h) for rect in cards}) == 1, (name, cards)
        first = [next(line for line in lines(scene) if line.bold and rect.holds(*line.rect.middle)) for rect in cards]
        names = {max(line.size for line in lines(scene) if rect.holds(*line.rect.middle)) for rect in cards}
        assert first and len(names) == 1, (name, names)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zh=st.text(alphabet="社会保障卡申领登记变更注销城乡居民医疗", min_size=1, max_size=22),
    en=st.lists(st.text(alphabet="abcdefghijklmnop", min_size=1, max_size=12), min_size=1, max_size=6),
    case=st.sampled_from(CASES),
)
def test_a_group_of_any_name_is_read_whole_and_its_neighbours_are_as_large(
    hall: config.Hall, fonts: Fonts, zh: str, en: list[str], case: Case
) -> None:
    size, language, large, low = case
    data = samples.view_json(hall, "K1")
    data["groups"][1] |= {"name": zh, "name_en": " ".join(en)}
    view = View.model_validate(data)
    state = State(plate_of(hall), events.Home(), view, "up", language=language, large=large, low=low)
    seen = set()
    for scene in all_pages(state, size, fonts):
        rects = {t.rect[2:] for t in scene.targets if t.name.startswith("group:")}
        seen |= {t.name for t in scene.targets}
        assert len(rects) <= 1 and (len(zh) > 12 or scene.cut == ()), (rects, scene.cut)
    assert {f"group:{group.id}" for group in view.groups} <= seen


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


def test_its_text_stands_out_from_its_ground(pages: dict[str, Scene], case: Case) -> None:
    least = 7.0 if case[2] else 4.5
    for name, scene in pages.items():
        parts = all_parts(scene)
        for i, part in enumerate(parts):
            if isinstance(part, Line):
                for ground in grounds(parts[:i], part):
                    assert contrast(part.colour, ground) >= least, (name, part.text, contrast(part.colour, ground))


def test_a_foreign_visitor_is_told_of_passport_and_residence_permit(hall: config.Hall) -> None:
    english = words.say("en")
    cards = {text for one in hall.services.values() for text in one.materials if "身份证" in text or "证件" in text}
    assert len(cards) >= 5
    for text in cards:
        said = english(text).casefold()
        assert "passport" in said and "residence permit" in said, (text, said)
    assert "assport" in english("两种都可以，排队先后一样。")


def test_every_key_has_its_word_for_the_ear(pages: dict[str, Scene], states: dict[str, State], case: Case) -> None:
    for name, scene in pages.items():
        for i, target in enumerate(scene.order, 1):
            told = ring(scene, replace(states[name], focus=target))
            place = f"第{i}项，共{len(scene.order)}项" if case[1] == "zh" else f"{i} of {len(scene.order)}"
            label = next(one.label for one in scene.targets if one.name == target)
            assert label.strip() and told.startswith(label) and place in told, (name, target, told)


def test_lowered_everything_is_in_reach(pages: dict[str, Scene], case: Case) -> None:
    if not case[3]:
        return
    for name, scene in pages.items():
        for target in scene.targets:
            assert target.rect.y >= scene.size[1] * 0.45, (name, target)


def test_every_page_but_asking_leads_somewhere(pages: dict[str, Scene]) -> None:
    silent = {name for name, scene in pages.items() if not scene.targets}
    assert silent == {
        "asking",
        "asking-code",
        "asking-list",
        "asking-rating",
        "items-asking",
        "question-asking",
        "maintenance",
    }


def test_more_time_is_there_whenever_it_counts(pages: dict[str, Scene], states: dict[str, State]) -> None:
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
            text = read(scenes)
            for material in service.materials:
                said = words.say(language)(material).replace(" ", "")
                assert said.casefold() in text.casefold(), (service.code, material)
            assert service.basis.replace(" ", "") in text
    for chapter in view.publication:
        scenes = all_pages(replace(base, screen=events.Publication(chapter.id)), size, fonts)
        assert [scene.cut for scene in scenes if scene.cut] == []
        text = read(scenes)
        assert all(line.said(language).replace(" ", "") in text for line in chapter.lines)


@pytest.mark.parametrize(("size", "language", "large", "low"), CASES, ids=NAMES)
def test_the_first_page_leads_to_every_group_and_every_other_way_in_few_pages(
    hall: config.Hall, fonts: Fonts, size: tuple[int, int], language: str, large: bool, low: bool
) -> None:
    base = samples.states(hall, "K1", language=language, large=large, low=low)["home"]
    assert base.view
    scenes = all_pages(base, size, fonts)
    groups = {f"group:{group.id}" for group in base.view.groups}
    shown = [{target.name for target in scene.targets} for scene in scenes]
    others = {
        target.name
        for scene in all_pages(replace(base, screen=events.Other()), size, fonts)
        for target in scene.targets
    }
    wanted = {name for name, _, _ in home.ways(base.view, words.say(language))}
    assert wanted <= others
    assert all(wanted <= names or "other" in names for names in shown)
    assert groups <= set().union(*shown)
    sizes = [len(names & groups) for names in shown]
    assert len(scenes) <= (6 if large and low else 3), sizes


HANZI = "社会保障卡申领登记变更注销城乡居民医疗费用手工零星报销（个人）、，"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zh=st.text(alphabet=HANZI, min_size=1, max_size=120).filter(str.strip),
    en=st.lists(st.text(alphabet="abcdefghijklmnop", min_size=1, max_size=14), min_size=1, max_size=30),
    case=st.sampled_from(CASES),
)
def test_texts_of_any_length_are_read_whole_in_a_document(fonts: Fonts, zh: str, en: list[str], case: Case) -> None:
    size, language, large, low = case
    sheet = Sheet(*size, large=large, low=low, head=round(min(size) * 0.2), tel=round(min(size) * 0.08))
    pen = Pen(fonts.measure, sheet.unit, large, theme.large_floor(size, 21.5))
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
    """If not: ./run docs"""
    assert (config.ROOT / "docs" / "kiosk-flow.md").read_text(encoding="utf-8") == ways.document(hall, fonts)
