"""Every page in every language, size and text mode: nothing cut, nothing overlapping, every target big enough, readable."""

from __future__ import annotations

from itertools import combinations

import pytest

import config
import words
from kiosk import picture, samples, theme
from kiosk.fonts import Fonts
from kiosk.layout import Sheet
from kiosk.scene import Box, Line, Part, Rect, Scene

SIZES = [(1080, 1920), (1920, 1080), (1280, 1024), (1024, 768), (800, 1280)]
CASES = [(size, language, large) for size in SIZES for language in words.languages() for large in (False, True)]
NAMES = [f"{w}x{h}-{language}-{'large' if large else 'standard'}" for (w, h), language, large in CASES]


@pytest.fixture(params=CASES, ids=NAMES, scope="module")
def pages(request: pytest.FixtureRequest, hall: config.Hall, fonts: Fonts) -> dict[str, Scene]:
    size, language, large = request.param
    moment = picture.Moment(samples.NOW, 0.0)
    states = samples.states(hall, "K1", language=language, large=large)
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


def test_every_page_but_asking_leads_somewhere(pages: dict[str, Scene]) -> None:
    assert [name for name, scene in pages.items() if not scene.targets] == ["asking", "items-asking"]


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
