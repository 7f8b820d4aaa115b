"""Small parts: line breaking, the finger, motion, the choice of a screen, fonts, sentences, the line to the hub."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

import words
from config.tables import ICONS
from hub_client import HubClient
from kiosk.flow import events
from kiosk.flow.events import Pixels
from kiosk.flow.view import Group, Logo, Plate, Service, Ticket
from kiosk.rim import display, hub_line
from kiosk.rim.hub_line import HubLine
from kiosk.rim.program import Finger, at
from kiosk.screens import fonts, furniture, icons, motion, samples, scene, sentences, theme
from kiosk.screens.draw import Painter
from tests.fake_hub import KiosksHub
from tests.waiting import DEADLINE_S


def test_a_line_never_begins_with_a_closing_mark() -> None:
    for width in range(2, 20):
        rows = scene.wrap("请带：《申请表》、〔2020〕13号、身份证（原件）、照片。", width, len)
        assert not any(row[0] in "》、）。：〕" or row[-1] in "《（〔" for row in rows), rows


LABELS = st.lists(
    st.sampled_from([*"甲乙丙，、。：；（）「」·/-.!", " ", "ill", "Wide", "A1", "Next/", "(b)"]),
    min_size=1,
    max_size=12,
)


@given(LABELS.map("".join), st.sampled_from([1, 2, 3]), st.booleans(), st.integers(5, 16))
def test_a_key_is_as_narrow_as_its_word_lets_it(label: str, lines: int, large: bool, unit: int) -> None:
    """Found by halves, which is right only where every wider one fits too."""

    def measure(text: str, size: int, bold: bool) -> int:
        return round(
            sum({" ": 0.25, "i": 0.27, "l": 0.27, "W": 0.9}.get(c, 0.6 if c.isascii() else 1.0) for c in text) * size
            + 0.49
        )

    pen, one = scene.Pen(measure, float(unit), large), furniture.Key("k", label)
    if not label.strip() or (len(label) <= furniture.SHORT and not label.isascii()):
        return
    found = furniture.key_least(pen, one, lines) - 2 * pen.u(furniture.PAD)
    least = max(pen.width(word, one.units, bold=True) for word in label.split()) if label.isascii() else 1
    for width in range(least, pen.width(label, one.units, bold=True) + 3):
        fits = len(pen.rows(label, one.units, width, bold=True)) <= lines and pen.whole(
            label, one.units, width, bold=True
        )
        assert not fits or width >= found - max(2, pen.size(one.units) // 4), "a narrower one would do"
        assert fits or width < found, "every wider one fits"


def test_words_are_not_broken() -> None:
    assert scene.wrap("Touch what you came for", 12, len) == ["Touch what", "you came for"]


def test_lines_are_evened_out() -> None:
    assert [len(row) for row in scene.wrap("一二三四五六七八九十甲乙", 11, len)] == [6, 6]


def test_a_name_parts_at_its_bracket_and_a_time_is_one_word() -> None:
    assert scene.wrap("社会保障卡申领(个人社会保险登记)", 12, len) == ["社会保障卡申领", "(个人社会保险登记)"]
    assert scene.wrap("退役军人、其他优抚对象优待证申领", 12, len) == ["退役军人、", "其他优抚对象优待证申领"]
    for width in range(6, 20):
        assert not any(
            "17:" in row and "17:30" not in row for row in scene.wrap("今天17:30下班，明天8:00开门", width, len)
        )


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
    assert sentences.wait_text(words.say("zh"), estimate) == zh
    assert sentences.wait_text(words.say("en"), estimate) == en


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


def test_a_logo_is_drawn_as_its_dots_and_dots_that_are_none_are_left() -> None:
    drawn = furniture.logo_pixels(Logo(across=1, rows=base64.b64encode(bytes([0b10000001, 0])).decode()))
    white, black = b"\xff" * 3, b"\0" * 3
    assert drawn == Pixels(8, 2, black + white * 6 + black + white * 8)
    assert furniture.logo_pixels(Logo(across=2, rows="AA==")) is None
    assert furniture.logo_pixels(Logo(across=1, rows="no")) is None


def test_a_page_slides_and_a_changed_page_does_not(fonts: fonts.Fonts) -> None:
    stage = motion.Stage(Painter(fonts))
    first = scene.Scene((64, 64), "home", 0, 8, (), ())
    stage.play(first, 1.0)
    assert not stage.moves(1.0)
    stage.play(scene.Scene((64, 64), "home", 0, 8, (), (scene.Target("a", scene.Rect(0, 0, 9, 9)),)), 2.0)
    assert not stage.moves(2.0)
    stage.play(scene.Scene((64, 64), "items", 1, 8, (), ()), 3.0)
    assert stage.moves(3.1) and not stage.moves(3.21)


def test_a_touch_that_does_nothing_is_seen(fonts: fonts.Fonts) -> None:
    stage, surface = motion.Stage(Painter(fonts)), pygame.Surface((108, 108))
    stage.play(scene.Scene((108, 108), "home", 0, 8, (), ()), 1.0)

    def shown(now: float) -> bytes:
        stage.show(surface, now)
        return pygame.image.tobytes(surface, "RGB")

    empty = shown(1.0)
    stage.touched(54, 54, 2.0)
    assert stage.moves(2.0) and shown(2.05) != empty and shown(2.2) not in (empty, shown(2.05))
    assert not stage.moves(2.41) and shown(2.41) == empty


WISHES = [
    (
        events.RequestTicket("SB01", "k", "zh", False),
        "/tickets",
        {"service": "SB01", "language": "zh", "large_print": False},
    ),
    (
        events.RequestTicket("SB01", "k", "en", True, paper=False),
        "/tickets",
        {"service": "SB01", "language": "en", "large_print": True, "paper": False},
    ),
    (
        events.CheckIn("YY1", "k", "zh", False, paper=False),
        "/tickets",
        {"booking": "YY1", "language": "zh", "large_print": False, "paper": False},
    ),
    (events.PrintAgain(17, "k"), "/kiosks/K1/tickets/17/print", {}),
    (events.GiveBack(17, "k"), "/kiosks/K1/tickets/17/give-back", {}),
]


@pytest.mark.parametrize(("wish", "path", "body"), WISHES)
def test_what_the_hub_is_asked_for(wish: events.Wish, path: str, body: dict[str, object]) -> None:
    assert hub_line.request(wish, "K1") == (path, body)


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


@pytest.mark.parametrize("driver", ["dummy", "offscreen"])
def test_a_kiosk_that_nobody_could_see_does_not_run(driver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", driver)
    with pytest.raises(display.NoScreen) as told:
        display.open_screen((640, 960), windowed=False)
    assert told.value.text.zh.startswith(f"取号机：SDL_VIDEODRIVER={driver} 不显示任何东西")


def test_no_screen_at_all_says_what_to_look_at() -> None:
    assert "groups video and render" in display.without_a_screen("dummy", asked=False).en


def test_a_window_fits_the_desktop() -> None:
    width, height = display.fitting((1080, 1920), (1920, 1080))
    assert height <= 1080 * 0.9 and abs(width / height - 1080 / 1920) < 0.01
    assert display.fitting((800, 600), (1920, 1080)) == (800, 600)


def test_without_a_chinese_font_the_package_is_named(tmp_path: Path) -> None:
    missing = fonts.Face(tmp_path / "none.ttc", 0)
    with pytest.raises(fonts.NoFont, match="fonts-noto-cjk"):
        fonts.find([(missing, missing)])


def test_every_icon_can_be_drawn() -> None:
    assert set(ICONS) <= icons.DRAWINGS.keys() & theme.HUES.keys(), "what a hall may name is drawn, in its own colour"
    for name in icons.DRAWINGS:
        picture = icons.picture(name, 40, (10, 20, 30))
        assert pygame.mask.from_surface(picture).count() > 100, name


def test_targets_are_read_line_by_line() -> None:
    def target(name: str, x: int, y: int, h: int = 100) -> scene.Target:
        return scene.Target(name, scene.Rect(x, y, 100, h))

    targets = (
        target("d", 0, 320),
        target("b", 200, 4),
        target("a", 0, 0),
        target("c", 100, 150),
        target("e", 150, 330),
    )
    assert scene.Scene((400, 500), "home", 0, 0, (), targets).order == ("a", "b", "c", "d", "e")


def test_what_to_bring_is_named_as_far_as_there_is_room() -> None:
    def bring(*materials: str) -> str:
        return sentences.bring_short(Service(code="A", name="甲", materials=materials), words.say("zh"))

    assert bring() == "不用带材料"
    assert bring("身份证", "照片") == "请带：身份证、照片"
    assert (
        bring("一二三四五六七八九十", "身份证", "一二三四五六七八九十") == "请带：一二三四五六七八九十、身份证 等 3 样"
    )
    assert bring("一" * 40, "照片").endswith(" 等 2 样"), "the first is always named"


def test_a_number_that_no_longer_waits_has_nobody_ahead() -> None:
    called = Ticket.model_validate({**samples.ticket_json(), "state": "called"})
    assert sentences.ticket_facts(called, words.say("zh"), "zh") == []


# --- the line to the hub ----------------------------------------------------------------------------------------------


@pytest.fixture
def line(hub: KiosksHub) -> Iterator[HubLine]:
    line = HubLine(HubClient(f"http://127.0.0.1:{hub.port}", "secret"), "K1", lambda: None)
    line.start()
    yield line
    line.stop()


def said(line: HubLine, kind: type[events.Event]) -> events.Event:
    """The next event of a kind."""
    while True:
        event = line.events.get(timeout=DEADLINE_S)
        if isinstance(event, kind):
            return event


def test_a_code_is_looked_up(line: HubLine, hub: KiosksHub) -> None:
    hub.codes["YY1"] = samples.found_json("appointment", "late")
    line.do(events.LookUp("YY1", "k1"))
    event = said(line, events.Found)
    assert isinstance(event, events.Found) and (event.key, event.result.kind, event.result.state) == (
        "k1",
        "appointment",
        "late",
    )
    assert hub.paths == ["/kiosks/K1/look-up"]


def test_check_in_and_reprint_are_posts_with_their_key(line: HubLine, hub: KiosksHub) -> None:
    line.do(events.CheckIn("YY1", "k1", "en", True))
    line.do(events.Reprint(17, "T-1", "k2"))
    line.do(events.RequestTicket("SB01", "k3", "zh", False, ("ab", "3505**********1234")))
    assert [said(line, events.TicketCame).key for _ in range(3)] == ["k1", "k2", "k3"]  # type: ignore[union-attr]
    assert hub.paths == ["/tickets", "/tickets/17/reprint", "/tickets"]
    assert [body for _, body in hub.wishes] == [
        {"booking": "YY1", "language": "en", "large_print": True},
        {"code": "T-1"},
        {
            "service": "SB01",
            "language": "zh",
            "large_print": False,
            "holder": {"hash": "ab", "mask": "3505**********1234"},
        },
    ]


def test_a_refusal_is_kept_in_both_languages(line: HubLine, hub: KiosksHub) -> None:
    hub.refuse = (409, {"title": "Conflict", "detail": "今天的号已经取完", "detail_en": "No numbers left today"})
    line.do(events.RequestTicket("SB01", "k1", "zh", False))
    event = said(line, events.TicketFailed)
    assert isinstance(event, events.TicketFailed) and event.refused
    assert (event.reason.said("zh"), event.reason.said("en")) == ("今天的号已经取完", "No numbers left today")


def test_a_look_up_that_is_not_answered_is_not_refused(line: HubLine, hub: KiosksHub) -> None:
    hub.kill()
    line.do(events.LookUp("YY1", "k1"))
    event = said(line, events.LookUpFailed)
    assert isinstance(event, events.LookUpFailed) and not event.refused


def test_a_search_asks_for_the_newest_letters_and_logs_none(
    line: HubLine, hub: KiosksHub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.hits["低保&db"] = [
        {"code": "MZ01", "name": "最低生活保障", "name_en": "Allowance", "said": "低保", "where": None}
    ]
    line.do(events.Search("低保&db"))
    event = said(line, events.SearchCame)
    assert isinstance(event, events.SearchCame) and event.hits and event.hits[0].code == "MZ01"
    assert hub.searched == ["低保&db"]
    hub.kill()
    line.do(events.Search("secret-77"))
    event = said(line, events.SearchCame)
    assert isinstance(event, events.SearchCame) and event.hits is None and "secret-77" not in caplog.text


def test_what_is_not_for_the_hub_is_let_pass(line: HubLine, hub: KiosksHub, caplog: pytest.LogCaptureFixture) -> None:
    line.do(events.Speak(events.State(Plate(name="甲", name_en="A", tel_consult="", tel_complaint="")), 0.0))
    line.do(events.ReadCard(on=True))
    line.do(events.LookUp("secret-code-77", "k1"))
    said(line, events.Found)
    assert hub.paths == ["/kiosks/K1/look-up"] and "secret-code-77" not in caplog.text


@pytest.mark.parametrize(
    ("ahead", "estimate", "zh", "en"),
    [
        (0, (0, 5), "无人等候", "No queue"),
        (0, None, "无人等候", "No queue"),
        (0, (20, 40), "您是下一位", "You are next"),
        (3, (20, 40), "等候 3 人", "3 waiting"),
    ],
)
def test_a_tile_counts_the_line_of_its_wait(ahead: int, estimate: tuple[int, int] | None, zh: str, en: str) -> None:
    """Never 无人等候 · 约20–40分钟: where nobody waits and every counter is busy, whoever comes is next."""
    tile = Group(id="g", name="社保", icon="box", ahead=ahead, estimate_min=estimate, services=())
    assert (sentences.ahead_text(words.say("zh"), tile), sentences.ahead_text(words.say("en"), tile)) == (zh, en)


def test_a_wait_on_a_ticket_has_its_time_on_the_hubs_clock() -> None:
    at = datetime.fromisoformat("2026-11-23T10:40:00+08:00")
    assert sentences.turn_text(words.say("zh"), (20, 40), at) == "约 20–40 分钟 · 10:40 前后"
    assert sentences.turn_text(words.say("zh"), (0, 5), None) == "5 分钟以内"
    assert sentences.turn_text(words.say("en"), (20, 40), at).endswith("around 10:40")
