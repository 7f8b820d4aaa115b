"""The technician's screen: its gesture, its door, its pages as lists of steps, and how they look."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

import config
from kiosk.flow import events, flow
from kiosk.flow.view import plate_of
from kiosk.rim import facts, pin
from kiosk.screens import maintenance, samples
from kiosk.screens.fonts import Fonts
from kiosk.screens.layout import Sheet
from kiosk.screens.maintenance import Bench, Guard
from kiosk.screens.scene import Line, Rect, Scene

SIZES = [(1080, 1920), (1920, 1080), (1280, 1024), (1024, 768)]


def knocks(*times: float) -> list[bool]:
    guard, opened = Guard(), []
    for at in times:
        guard, opens = maintenance.tapped(guard, at)
        opened.append(opens)
    return opened


def test_five_taps_in_three_seconds_open() -> None:
    assert knocks(0, 0.7, 1.4, 2.1, 3.0) == [False] * 4 + [True]


def test_slower_taps_and_taps_elsewhere_do_not() -> None:
    assert True not in knocks(0, 0.8, 1.6, 2.4, 3.2)
    assert knocks(0, 1, 2, 3, 3.1, 3.2, 3.3)[-2:] == [True, False]
    guard = Guard(taps=(0, 0.1, 0.2, 0.3))
    assert maintenance.tapped(maintenance.elsewhere(guard), 0.4) == (Guard(taps=(0.4,)), False)


@pytest.mark.parametrize(
    ("x", "y", "inside"), [(0, 0, True), (119, 119, True), (121, 5, False), (5, 121, False), (-1, 5, False)]
)
def test_the_corner_is_the_upper_left(x: float, y: float, inside: bool) -> None:
    assert maintenance.in_corner(x, y, (1080, 1920)) is inside


def test_three_wrong_pins_lock_for_a_minute_and_so_does_each_further_one() -> None:
    guard = Guard()
    for _ in range(3):
        assert not maintenance.locked(guard, 10.0)
        guard = maintenance.tried(guard, right=False, now=10.0)
    assert (
        maintenance.locked(guard, 10.0) == 60
        and maintenance.locked(guard, 69.1) == 1
        and maintenance.locked(guard, 70.0) == 0
    )
    assert maintenance.locked(maintenance.tried(guard, right=False, now=80.0), 80.0) == 60
    assert maintenance.tried(guard, right=True, now=80.0) == Guard()


def walk(*targets: str, bench: Bench | None = None, guard: Guard | None = None) -> tuple[Bench, list[str]]:
    bench, orders = bench or Bench(), list[str]()
    for i, target in enumerate(targets):
        bench, order = maintenance.touched(bench, target, guard or Guard(), 5.0 + i)
        orders += [order] if order else []
    return bench, orders


def test_a_pin_is_typed_and_checked_outside() -> None:
    bench, orders = walk("digit:2", "digit:5", "digit:del", "digit:4", "digit:ok")
    assert (bench.typed, orders) == ("24", ["verify"])
    menu = maintenance.answered(bench, right=True, now=9.0)
    assert menu.page == "menu" and maintenance.touched(menu, "leave", Guard(), 9.2) == (
        menu,
        None,
    ), "a second tap of the same finger"
    wrong = maintenance.answered(bench, right=False, now=1.0)
    assert (wrong.page, wrong.typed, wrong.wrong) == ("pin", "", True)
    assert walk("digit:1", bench=wrong)[0].wrong is False


def test_a_locked_pad_takes_nothing_but_leaves() -> None:
    assert walk("digit:2", "digit:ok", "close", guard=Guard(locked_until=9.0)) == (Bench(touched_at=7.0), ["close"])


def test_no_page_of_the_menu_opens_without_the_pin() -> None:
    for target in (*maintenance.MENU, "menu", "exit"):
        bench, orders = walk(target)
        assert bench.page == "pin" and orders in ([], ["close"])


def test_the_menu_leads_everywhere_and_back() -> None:
    menu = Bench("menu")
    for page in ("touch", "log", "leave"):
        assert walk(page, bench=menu)[0].page == page and walk(page, "menu", bench=menu)[0].page == "menu"
    assert walk(*["colours"] * 6, bench=menu)[0].colour == 5 and walk(*["colours"] * 7, bench=menu)[0].page == "menu"
    assert walk("language", bench=menu)[0].language == "en"
    assert walk("test-page", "leave", "exit", bench=menu)[1] == ["test-page", "exit"]
    assert walk("close", bench=menu)[1] == ["close"]


def test_a_finger_leaves_a_trail_in_the_touch_test_only() -> None:
    bench = Bench("touch")
    for i in range(500):
        bench = maintenance.moved(bench, i / 500, 0.5, 7.0)
    assert len(bench.trail) == maintenance.TRAIL and bench.trail[-1] == (0.998, 0.5) and bench.touched_at == 7.0
    assert maintenance.moved(Bench("menu"), 0.1, 0.1, 1.0) == Bench("menu")


@pytest.mark.parametrize(
    ("page", "key", "target"),
    [
        ("pin", "7", "digit:7"),
        ("pin", "ok", "digit:ok"),
        ("pin", "del", "digit:del"),
        ("pin", "back", "close"),
        ("pin", "up", ""),
        ("menu", "1", "touch"),
        ("menu", "8", "close"),
        ("menu", "9", ""),
        ("menu", "0", ""),
        ("menu", "back", "close"),
        ("touch", "back", "menu"),
        ("colours", "ok", "colours"),
        ("leave", "ok", "exit"),
        ("leave", "back", "menu"),
        ("log", "0", "menu"),
    ],
)
def test_a_keypad_drives_it(page: maintenance.Page, key: str, target: str) -> None:
    assert maintenance.pressed(Bench(page), key) == target


def test_it_closes_by_itself() -> None:
    assert not maintenance.over(Bench(touched_at=0), 19.9) and maintenance.over(Bench(touched_at=0), 20.0)
    assert not maintenance.over(Bench("menu"), 599.0) and maintenance.over(Bench("menu"), 600.0)


def test_a_pin_is_sealed_and_compared() -> None:
    sealed = pin.seal("24680")
    assert sealed.startswith("$argon2id$") and "24680" not in sealed
    assert (
        pin.fits(sealed, "24680")
        and not pin.fits(sealed, "24681")
        and not pin.fits("", "")
        and not pin.fits("x", "24680")
    )
    for bad in ("", "123", "12a4", "1" * 13):
        with pytest.raises(ValueError, match="4 to 12 digits"):
            pin.seal(bad)


@pytest.fixture(params=[(size, language) for size in SIZES for language in ("zh", "en")], ids=str)
def pages(request: pytest.FixtureRequest, hall: config.Hall, fonts: Fonts) -> dict[str, Scene]:
    size, language = request.param
    rows = [
        (
            "叫号系统 Queue system"[: 4 if language == "zh" else None],
            "http://192.168.10.2:8000 · can't be reached · 12 ms " * 3,
        )
    ] * 8
    log = [
        f"12:{i:02}:07 W kiosk K1: no answer: http://127.0.0.1:8000: cannot be reached; asking again 再问一次 " * 2
        for i in range(40)
    ]
    state = events.State(plate_of(hall))
    return {
        name: maintenance.scene(bench, found, guard, state, samples.NOW, 0.0, size, fonts.measure)
        for name, (bench, found, guard) in maintenance.pages(language, rows, log).items()
    }


def overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def test_its_pages_cut_nothing_and_their_targets_are_big_enough(pages: dict[str, Scene]) -> None:
    for name, scene in pages.items():
        assert scene.cut == (), name
        sheet = Sheet(*scene.size)
        for target in scene.targets:
            assert (
                target.rect.y >= scene.body
                and target.rect.bottom <= scene.size[1]
                and target.rect.right <= scene.size[0]
            ), (name, target)
            assert min(target.rect.w, target.rect.h) >= sheet.least, (name, target)
        for a, b in combinations(scene.targets, 2):
            assert not overlap(a.rect, b.rect), (name, a, b)
        for line in (part for part in scene.parts if isinstance(part, Line)):
            assert line.rect.x >= 0 and line.rect.right <= scene.size[0] and line.rect.bottom <= scene.size[1], (
                name,
                line.text,
            )


def test_every_page_can_be_left(pages: dict[str, Scene]) -> None:
    for name, scene in pages.items():
        assert {target.name for target in scene.targets} & {"close", "menu", "colours"}, name


def test_the_log_page_keeps_the_last_lines(hall: config.Hall) -> None:
    import logging

    tail = facts.Tail()
    for i in range(60):
        tail.handle(logging.LogRecord("kiosk", logging.WARNING, "", 1, "line %d\nand more", (i,), None))
    assert len(tail.lines) == 40 and tail.lines[-1].endswith(" W line 59")


def test_what_a_machine_lacks_is_not_offered(hall: config.Hall, fonts: Fonts) -> None:
    from kiosk.flow.view import View
    from kiosk.screens import picture

    view = View.model_validate(samples.view_json(hall, "K1", quota_per_person=True))
    for has in (True, False):
        state = events.State(plate_of(hall), view=view, link="up", voice=has, reader=has)
        targets = [
            t.name for t in picture.scene(state, picture.Moment(samples.NOW, 0.0), (1080, 1920), fonts.measure).targets
        ]
        assert ("voice" in targets) is has and "low" in targets
        assert flow.step(state, events.Touch("voice"), 1.0)[1] == () or has
        items = replace(state, screen=events.Items("social"))
        assert isinstance(
            flow.step(items, events.Touch("service:SB01", "k"), 1.0)[0].screen,
            events.CardNotice if has else events.Asking,
        )


def test_a_member_of_staff_punches_by_number_and_pin_without_the_technicians() -> None:
    def digits(text: str) -> list[str]:
        return [f"digit:{one}" for one in text]

    bench, orders = walk("punch", *digits("08"), "digit:ok")
    assert (bench.page, bench.staff, bench.typed, orders) == ("punch", "08", "", [])
    bench, orders = walk(*digits("407199"), "digit:del", "digit:2", "digit:ok", bench=replace(bench, entered_at=0.0))
    assert (bench.staff, bench.typed, orders) == ("08", "407192", ["punch"])
    assert (maintenance.punched(bench).staff, maintenance.punched(bench).typed) == ("", "")
    assert walk("touch", "log", "exit", "menu", bench=replace(bench, entered_at=0.0))[0].page == "punch"
    assert maintenance.over(bench, bench.touched_at + maintenance.PIN_STAY_S)
