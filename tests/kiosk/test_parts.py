"""Small parts: line breaking, the finger, motion, the choice of a screen, fonts, and what is said about waiting."""

from __future__ import annotations

import os
from pathlib import Path

import pygame
import pytest

import words
from kiosk import display, fonts, icons, motion, scene
from kiosk.draw import Painter
from kiosk.pages import furniture
from kiosk.program import Finger, at


def test_a_line_never_begins_with_a_closing_mark() -> None:
    for width in range(2, 20):
        rows = scene.wrap("请带：《申请表》、身份证（原件）、照片。", width, len)
        assert not any(row[0] in "》、）。：" or row[-1] in "《（" for row in rows), rows


def test_words_are_not_broken() -> None:
    assert scene.wrap("Touch what you came for", 12, len) == ["Touch what", "you came for"]


def test_lines_are_evened_out() -> None:
    assert [len(row) for row in scene.wrap("一二三四五六七八九十甲乙", 11, len)] == [6, 6]


@pytest.mark.parametrize(
    ("estimate", "zh", "en"),
    [
        (None, "", ""),
        ((0, 0), "很快就到", "Very soon"),
        ((0, 5), "5 分钟以内", "Within 5 min"),
        ((5, 5), "约 5 分钟", "About 5 min"),
        ((10, 20), "约 10–20 分钟", "About 10–20 min"),
    ],
)
def test_waiting_is_said_as_a_person_would(estimate: tuple[int, int] | None, zh: str, en: str) -> None:
    assert furniture.wait_text(words.say("zh"), estimate) == zh
    assert furniture.wait_text(words.say("en"), estimate) == en


def test_only_a_finger_that_lifts_where_it_came_down_touches() -> None:
    finger = Finger()
    assert finger.take(True, 1, "a") is None and finger.target == "a"
    assert finger.take(True, 2, "b") is None, "a second finger is not looked at"
    assert finger.take(False, 2, "b") is None
    assert finger.take(False, 1, "a") == "a"
    finger.take(True, 1, "a")
    assert finger.take(False, 1, "b") is None
    finger.take(True, 1, None)
    assert finger.take(False, 1, None) == ""


def test_the_mouse_event_of_a_finger_is_not_a_second_touch() -> None:
    event = pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(5, 5), button=1, touch=True)
    assert at(event, (100, 100)) is None
    event = pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(5, 6), button=1, touch=False)
    assert at(event, (100, 100)) == (True, "mouse", 5, 6)


def test_a_finger_is_placed_on_the_screen() -> None:
    event = pygame.event.Event(pygame.FINGERUP, touch_id=1, finger_id=2, x=0.5, y=0.25)
    assert at(event, (100, 200)) == (False, (1, 2), 50, 50)


def test_motion_begins_and_ends_where_it_should() -> None:
    assert motion.eased(-1) == 0 and motion.eased(0) == 0 and motion.eased(1) == 1 and motion.eased(9) == 1


def test_a_page_slides_and_a_changed_page_does_not(fonts: fonts.Fonts) -> None:
    stage = motion.Stage(Painter(fonts))
    first = scene.Scene((64, 64), "home", 0, 8, (), ())
    stage.play(first, 1.0)
    assert not stage.moves(1.0)
    stage.play(scene.Scene((64, 64), "home", 0, 8, (), (scene.Target("a", scene.Rect(0, 0, 9, 9)),)), 2.0)
    assert not stage.moves(2.0)
    stage.play(scene.Scene((64, 64), "items", 1, 8, (), ()), 3.0)
    assert stage.moves(3.1) and not stage.moves(3.21)


@pytest.mark.parametrize(
    ("environ", "driver"),
    [
        ({}, "dummy"),
        ({"DISPLAY": ":0"}, "x11"),
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "wayland"),
        ({"SDL_VIDEODRIVER": "kmsdrm"}, "kmsdrm"),
    ],
)
def test_it_takes_the_screen_there_is(environ: dict[str, str], driver: str) -> None:
    assert display.choose(environ, []) == driver


def test_a_graphics_card_is_a_screen(tmp_path: Path) -> None:
    card = tmp_path / "card0"
    card.touch()
    assert os.access(card, os.R_OK) and display.choose({}, [card]) == "kmsdrm"


def test_a_window_fits_the_desktop() -> None:
    width, height = display.fitting((1080, 1920), (1920, 1080))
    assert height <= 1080 * 0.9 and abs(width / height - 1080 / 1920) < 0.01
    assert display.fitting((800, 600), (1920, 1080)) == (800, 600)


def test_without_a_chinese_font_the_package_is_named(tmp_path: Path) -> None:
    missing = fonts.Face(tmp_path / "none.ttc", 0)
    with pytest.raises(fonts.NoFont, match="fonts-noto-cjk"):
        fonts.find([(missing, missing)])


def test_every_icon_can_be_drawn() -> None:
    for name in icons.DRAWINGS:
        picture = icons.picture(name, 40, (10, 20, 30))
        assert pygame.mask.from_surface(picture).count() > 100, name
