"""What the boards say: the fit table of docs/wording.md 4.1, the states of 4.2, rotation, light, and texts of a hall's
own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import pytest

import config
from config import BOARD_STATES, BoardTextTable
from server.domain.board_text import board_text, business, fitted, light, state_of
from server.domain.ticket import Binding, Counter, Ticket
from tests.both_languages import english
from tests.conftest import write_hall
from words import fit, width

FITS = [
    ("请A001到3号窗口", 15, "✔", "–", "–"),
    ("请A001到12号窗口", 16, "✔", "–", "–"),
    ("请A1001到3号窗口", 16, "✔", "–", "–"),
    ("请A001号到3号窗口", 17, "–", "–", "–"),
    ("请A1001到12号窗口", 17, "–", "–", "–"),
    ("请A1001号到3号窗口", 18, "–", "–", "–"),
    ("A001到3号窗", 11, "✔", "✔", "–"),
    ("A001到12号窗", 12, "✔", "✔", "–"),
    ("A001→3", 7, "✔", "✔", "✔"),
    ("A001→12", 8, "✔", "✔", "✔"),
    ("A1001→3", 8, "✔", "✔", "✔"),
    ("A1001→12", 9, "✔", "✔", "–"),
    ("正在办理 A001", 13, "✔", "–", "–"),
    ("办理A001", 8, "✔", "✔", "✔"),
    ("1号窗口 综合受理", 16, "✔", "–", "–"),
    ("12号窗口 综合受理", 17, "–", "–", "–"),
    ("社会救助受理", 12, "✔", "✔", "–"),
    ("暂停服务 请到其他窗口", 21, "–", "–", "–"),
    ("暂停服务", 8, "✔", "✔", "✔"),
    ("停止办公", 8, "✔", "✔", "✔"),
    ("请听广播", 8, "✔", "✔", "✔"),
    ("欢迎光临", 8, "✔", "✔", "✔"),
]
"""docs/wording.md 4.1: text, width, and whether it fits 16, 12 and 8 half columns."""


@pytest.mark.parametrize(("text", "columns", "on16", "on12", "on8"), FITS)
def test_the_fit_table(text: str, columns: int, on16: str, on12: str, on8: str) -> None:
    assert width(text) == columns
    for room, mark in ((16, on16), (12, on12), (8, on8)):
        assert fit((text, ""), room) == (text if mark == "✔" else "")


def test_a_character_outside_gbk_takes_the_room_of_its_substitute() -> None:
    assert (width("𠮷"), width("")) == (2, 0)
    assert (fit((), 8), fit(("长长长长长", "长长长长长长"), 8)) == ("", "长长长长长长")


def ticket(number: int, state: str, counter: str = "3") -> Ticket:
    return Ticket(
        id=1,
        day="2026-11-23",
        prefix="A",
        number=number,
        service="SB01",
        klass="ordinary",
        channel="kiosk",
        state=state,
        issued_at=0.0,
        rank=0.0,
        counter=counter,
        calls=1,
    )


def with_counter_12(hall: Any) -> None:
    hall["counters"].append("12", {"name": "12号窗口", "name_en": "Counter 12", "sign": "综合受理"})


@pytest.fixture
def hall_file(tmp_path: Path) -> Path:
    return write_hall(tmp_path, with_counter_12)


CALLS = [
    (1, "3", "called", 16, "请A001到3号窗口"),
    (1, "12", "called", 16, "请A001到12号窗口"),
    (1001, "12", "called", 16, "A1001到12号窗"),
    (1, "3", "called", 12, "A001到3号窗"),
    (1, "3", "called", 8, "A001→3"),
    (1001, "12", "called", 8, "请A1001"),
    (1, "desk", "called", 8, "请A001"),
    (1, "desk", "called", 16, "请A001到咨询台"),
    (1, "3", "called", 4, "A001"),
    (1, "3", "serving", 16, "正在办理 A001"),
    (1, "3", "serving", 8, "办理A001"),
]


@pytest.mark.parametrize(("number", "counter", "state", "columns", "text"), CALLS)
def test_a_number_is_never_cut(
    hall: config.Hall, number: int, counter: str, state: str, columns: int, text: str
) -> None:
    shown = board_text(hall, Counter(counter, "open", "08"), ticket(number, state, counter), columns)
    assert shown.texts == (text,)
    assert width(text) <= columns
    assert (shown.effect, shown.color) == (("flash", "red") if state == "called" else ("still", "green"))


@pytest.mark.parametrize("columns", [8, 12, 16])
@pytest.mark.parametrize("state", ["closed", "open", "paused"])
def test_a_board_without_a_number_fits_too(hall: config.Hall, columns: int, state: str) -> None:
    shown = board_text(hall, Counter("3", state), None, columns)
    assert all(width(text) <= columns for text in shown.texts) and shown.effect == "still"


BOUND = Binding(("MZ01", "MZ02"), (), 10)
STATES: list[tuple[Counter, Ticket | None, str]] = [
    (Counter("3"), None, "closed"),
    (Counter("3", "open"), None, "idle"),
    (Counter("3", "paused"), None, "paused"),
    (Counter("3", "open", bound=BOUND), None, "tidal"),
    (Counter("3", "paused", bound=BOUND), None, "paused"),
    (Counter("3", "open", bound=BOUND), ticket(1, "called"), "calling"),
    (Counter("3", "closed"), ticket(1, "serving"), "serving"),
]


@pytest.mark.parametrize(("counter", "held", "state"), STATES)
def test_states(counter: Counter, held: Ticket | None, state: str) -> None:
    assert state_of(counter, held) == state and state in BOARD_STATES


def test_a_free_counter_says_in_turn_what_it_is_for_and_welcome(hall: config.Hall) -> None:
    shown = board_text(hall, Counter("1", "open"), None, 16)
    assert (shown.texts, shown.seconds) == (("1号窗口 综合受理", "欢迎光临"), 6)


BUSINESSES: list[tuple[tuple[str, ...] | None, str, str]] = [
    (("MZ01",), "", ""),
    (("MZ01", "MZ02"), "社会救助", "3号窗口 社会救助"),
    (("SB01", "MZ01"), "综合业务", "3号窗口 综合业务"),
    (None, "综合业务", "3号窗口 综合业务"),
]


@pytest.mark.parametrize(("services", "word", "text"), BUSINESSES)
def test_a_rebound_counter_says_what_it_serves_now(
    hall: config.Hall, services: tuple[str, ...] | None, word: str, text: str
) -> None:
    counter = Counter("3", "open", bound=Binding(services, (), 10))
    assert business(hall, counter) == (word or hall.services["MZ01"].name)
    assert not text or board_text(hall, counter, None, 16).texts == (text,)


def test_what_fits_in_no_wording_is_whole_and_scrolls() -> None:
    table = BoardTextTable(texts=[["暂停服务 请到其他窗口", "暂停 请到旁边窗口"]])
    assert fitted(table, {}, 8) == (("暂停 请到旁边窗口",), "scroll", "red", 0, "")


def test_two_languages_and_a_wording_that_names_something_empty() -> None:
    table = BoardTextTable(
        texts=[["请{number}到{name}"], ["{number} to {sign}", "{number} to {id}"], ["工号{staff}"]], seconds=3
    )
    shown = fitted(table, {"number": "A001", "name": "3号窗口", "id": "3", "sign": "", "staff": ""}, 16)
    assert shown == (("请A001到3号窗口", "A001 to 3"), "still", "red", 3, "")


@pytest.mark.parametrize(
    ("at", "percent"), [("05:59", 40), ("06:00", 100), ("18:29", 100), ("18:30", 40), ("23:59", 40)]
)
def test_light_by_time_of_day(at: str, percent: int) -> None:
    assert light([(time(18, 30), 40), (time(6), 100)], time.fromisoformat(at)) == percent


def test_no_light_leaves_the_board_alone() -> None:
    assert light([], time(9)) is None


WRONG: list[tuple[Callable[[Any], object], str]] = [
    (
        lambda t: t["idle"].update({"texts": [["{number}"]]}),
        "board_texts.idle.texts: '{number}': {number} is nothing a board can show now",
    ),
    (
        lambda t: t["lost"].update({"texts": [["{name}"]]}),
        "board_texts.lost.texts: '{name}': {name} is nothing a board can show now; known: none",
    ),
    (lambda t: t["idle"].update({"texts": [["{name"]]}), "board_texts.idle.texts: '{name'"),
    (lambda t: t.append("ilde", {"texts": [["x"]]}), "board_texts.ilde: no state of a board; did you mean 'idle'?"),
    (
        lambda t: t["idle"].update({"color": "blue"}),
        "board_texts.idle.color: 'blue' is not one of 'red', 'green' or 'yellow'",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG, ids=[w[1][:28] for w in WRONG])
def test_a_wrong_text_is_said_with_its_place(tmp_path: Path, change: Callable[[Any], object], sentence: str) -> None:
    file = write_hall(tmp_path, lambda hall: (change(hall["board_texts"]), None)[1])
    with pytest.raises(config.ConfigError) as caught:
        config.load(file)
    assert any(sentence in problem for problem in english(caught.value.problems)), caught.value.problems


def test_a_hall_without_texts_of_its_own_has_ours(tmp_path: Path) -> None:
    own = config.load(write_hall(tmp_path))
    bare = config.load(write_hall(tmp_path, lambda hall: hall.remove("board_texts") and None))
    assert {s: bare.board_text(s) for s in BOARD_STATES} == {s: own.board_text(s) for s in BOARD_STATES}
