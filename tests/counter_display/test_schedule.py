"""What a wire sends next, with a clock moved by hand."""

from __future__ import annotations

import pytest

from config import BoardTextTable, Text
from counter_display.line.safety import SAFE, digits, lights, questions, safe, texts, unsafe
from counter_display.line.schedule import (
    FLASH_S,
    FLASHES,
    PAGE_S,
    SIGN_S,
    Beat,
    Floor,
    Job,
    Noise,
    Presses,
    Schedule,
    Shown,
    Station,
    pages,
    script,
)

R = 30.0


def wire(*boards: str) -> Schedule:
    return Schedule({board: Station(number) for number, board in enumerate(boards, start=1)}, R)


def text(board: str, address: int, says: str, color: str = "red", number: int = 1) -> Job:
    return Job("text", board, address, says, color, number)


def step(turns: Schedule, now: float, *, dead: str = "") -> Job | None:
    job = turns.next(now)
    if job and job.kind != "text":
        turns.sent(job, now)
    elif job:
        (turns.silent if job.board in dead else turns.answered)(job, now)
    return job


def sent(turns: Schedule, now: float, *, dead: str = "") -> list[str]:
    """Everything that is due at one moment, as "board:text"."""
    found: list[str] = []
    while job := step(turns, now, dead=dead):
        found.append(
            f"{job.board}:{job.text}" if job.kind in ("text", "digits") else f"{job.board} {job.kind} {job.value}"
        )
        assert len(found) < 50
    return found


def test_nothing_is_sent_that_nobody_wants() -> None:
    assert (wire("a").next(0), wire("a").due_in(0), wire().due_in(0)) == (None, float("inf"), float("inf"))


def test_a_text_is_sent_once_and_repeated_every_refresh() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001", color="green"), 0)
    assert step(turns, 0) == text("a", 1, "A001", "green")
    assert (turns.next(0), turns.due_in(0), turns.next(R - 0.01)) == (None, R, None)
    assert sent(turns, R) == ["a:A001"]


def test_the_newest_text_takes_the_place_of_those_before() -> None:
    turns = wire("a", "b")
    for text in ("A001", "A002", "A003"):
        turns.want("a", Shown(text), 0)
    assert sent(turns, 0) == ["a:A003"]


def test_the_same_again_is_not_sent_again() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001", "flash"), 0)
    step(turns, 0)
    turns.want("a", Shown("A001", "flash"), 0.1)
    assert turns.next(0.1) is None


def test_the_color_of_numbers_goes_from_the_hubs_word_to_the_frame() -> None:
    told = {
        "boards": {
            "a": {"text": "请A001", "color": "red", "number_color": "green"},
            "b": {"text": "x", "number_color": "blue"},
        }
    }
    shown = texts(["a", "b"], told)
    assert (shown["a"].number_color, shown["b"].number_color) == ("green", "")
    turns = wire("a")
    turns.want("a", shown["a"], 0)
    job = turns.next(0)
    assert job and (job.text, job.color, job.number_color) == ("请A001", "red", "green")


def test_a_new_call_word_flashes_the_same_text_again() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001", "flash", "red", "1"), 0)
    assert sent(turns, 0) == ["a:A001"]
    turns.want("a", Shown("A001", "flash", "red", "2"), 0.1)
    assert sent(turns, 0.1) == ["a:A001"]


def test_a_flash_is_text_and_blank_three_times_and_then_still() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001", "flash"), 0)
    seen = [sent(turns, tick * FLASH_S) for tick in range(9)]
    assert seen == [["a:A001"], ["a: "]] * 3 + [["a:A001"], [], []]
    assert turns.due_in(6 * FLASH_S) == R


def test_a_flash_waits_for_new_texts_and_does_not_delay_them() -> None:
    turns = wire("a", "b", "c")
    turns.want("a", Shown("A001", "flash"), 0)
    assert sent(turns, 0) == ["a:A001"]
    turns.want("b", Shown("B001"), FLASH_S)
    turns.want("c", Shown("C001"), FLASH_S)
    assert sent(turns, FLASH_S) == ["b:B001", "c:C001", "a: "]


def test_a_new_text_ends_a_flash() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001", "flash"), 0)
    sent(turns, 0)
    turns.want("a", Shown("暂停服务"), FLASH_S)
    assert sent(turns, FLASH_S) == ["a:暂停服务"] and turns.due_in(FLASH_S) == R


def test_a_text_that_came_while_an_older_one_was_on_its_way_is_still_sent() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001"), 0)
    job = turns.next(0)
    assert job
    turns.want("a", Shown("A002"), 0.01)
    turns.answered(job, 0.05)
    assert sent(turns, 0.05) == ["a:A002"]
    job = text("a", 1, "A001")
    turns.silent(job, 0.06)  # the old one's silence says nothing of the new
    assert turns.health()["a"].state == "ok"


def test_a_dead_board_gets_two_more_tries_behind_the_others_and_is_then_unreachable() -> None:
    turns = wire("a", "b", "c")
    for board in "abc":
        turns.want(board, Shown(board.upper()), 0)
    assert sent(turns, 0, dead="a") == ["a:A", "b:B", "c:C", "a:A", "a:A"]
    assert {board: health.state for board, health in turns.health().items()} == {
        "a": "unreachable",
        "b": "ok",
        "c": "ok",
    }
    assert "no answer after 3 tries" in turns.health()["a"].detail


def test_an_unreachable_board_is_tried_once_at_each_refresh_and_for_each_new_text() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001"), 0)
    sent(turns, 0, dead="a")
    assert sent(turns, R, dead="a") == ["a:A001"]
    turns.want("a", Shown("A002", "flash"), R + 1)
    assert sent(turns, R + 1, dead="a") == ["a:A002"]
    assert sent(turns, R + 1 + FLASH_S, dead="a") == []
    assert sent(turns, 2 * R + 1) == ["a:A002"] and turns.health()["a"].state == "ok"


def test_a_dead_board_never_starves_new_texts_of_others() -> None:
    turns = wire("a", "b")
    turns.want("a", Shown("A001"), 0)
    assert step(turns, 0, dead="a")
    turns.want("b", Shown("B001"), 0.1)
    assert (step(turns, 0.2, dead="a") or 0, turns.health()["b"].state) == (text("b", 2, "B001"), "ok")


def test_a_wire_that_comes_back_is_told_everything_anew() -> None:
    turns = wire("a", "b", "c")
    turns.want("a", Shown("A001", "flash"), 0)
    turns.want("b", Shown("B001"), 0)
    sent(turns, 0)
    turns.closed("wire west: unplugged")
    assert {health.state for health in turns.health().values()} == {"unreachable"}
    turns.opened(5)
    assert sent(turns, 5) == ["a:A001", "b:B001"] and turns.health()["c"].state == "unknown"


def test_a_call_that_came_while_the_wire_was_away_flashes_when_it_is_back() -> None:
    turns = wire("a")
    turns.closed("wire west: unplugged")
    turns.want("a", Shown("A001", "flash"), 0)
    turns.opened(1)
    assert [sent(turns, 1), sent(turns, 1 + FLASH_S)] == [["a:A001"], ["a: "]]


@pytest.mark.parametrize(
    ("heard", "now", "is_unsafe"),
    [
        (None, 1.9, False),
        (None, 2.0, True),
        (0.5, 2.0, False),
        (0.5, 60.4, False),
        (0.5, 60.5, True),
        (100, 130, False),
    ],
)
def test_when_boards_may_not_be_believed(heard: float | None, now: float, is_unsafe: bool) -> None:
    assert unsafe(0.0, heard, now) is is_unsafe


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ({"text": "A", "effect": "flash", "color": "green"}, Shown("A", "flash", "green")),
        ({"text": "A", "effect": "flash", "color": "red", "call": 7}, Shown("A", "flash", "red", "[('call', 7)]")),
        ({"text": "A", "color": "blue"}, Shown("A")),
        ({"text": 5}, SAFE),
        ("A001", SAFE),
        (None, SAFE),
    ],
)
def test_the_hubs_word_for_a_board(entry: object, shown: Shown) -> None:
    assert texts(["1"], {"seq": 1, "boards": {"1": entry, "of another wire": {}}}) == {"1": shown}


def test_a_board_the_hub_does_not_speak_of_shows_the_safe_text() -> None:
    assert texts(["1"], {}) == texts(["1"], {"boards": []}) == {"1": SAFE}


# --- what a text is made of -----------------------------------------------------------------------


PAGES = [
    ("请A001到3号窗口", 16, ["请A001到3号窗口"]),
    ("暂停服务 请到其他窗口", 8, ["暂停服务", "请到其他", "窗口"]),
    ("暂停服务 请到其他窗口", 12, ["暂停服务 请", "到其他窗口"]),
    ("请A1001号到3号窗口", 8, ["请A1001", "号到3号", "窗口"]),
    ("No. A001 to counter 3", 8, ["No. A001", "to", "counter", "3"]),
    ("A1001", 4, ["A1001"]),
    ("欢迎光临", 0, ["欢迎光临"]),
    ("", 8, [""]),
    (" ", 8, [" "]),
]


@pytest.mark.parametrize(("says", "columns", "parts"), PAGES)
def test_a_wide_text_is_shown_in_parts_and_a_number_is_never_cut(says: str, columns: int, parts: list[str]) -> None:
    assert pages(says, columns) == parts


def test_a_script_is_a_flash_and_then_what_goes_round() -> None:
    flash = [Beat("A001", "still", FLASH_S), Beat(" ", "still", FLASH_S)] * FLASHES
    assert script(Shown("A001", "flash"), 16, False, R) == ([*flash, Beat("A001", "still", R)], 6)
    assert script(Shown("A001", "flash"), 16, True, R) == ([Beat("A001", "flash", 3.0), Beat("A001", "still", R)], 1)
    assert script(Shown("甲", more=("乙",), seconds=6), 16, False, R) == (
        [Beat("甲", "still", 6), Beat("乙", "still", 6)],
        0,
    )
    assert script(Shown("甲", more=("乙",)), 16, False, R) == ([Beat("甲", "still", R)], 0)
    wide = script(Shown("暂停服务 请到其他窗口", "scroll"), 8, False, R)
    assert wide == (
        [Beat("暂停服务", "still", PAGE_S), Beat("请到其他", "still", PAGE_S), Beat("窗口", "still", PAGE_S)],
        0,
    )


def test_texts_take_turns_and_a_new_one_goes_before_them() -> None:
    turns = wire("a", "b")
    turns.want("a", Shown("甲", more=("乙",), seconds=6), 0)
    assert [sent(turns, tick * 6.0) for tick in range(4)] == [["a:甲"], ["a:乙"], ["a:甲"], ["a:乙"]]
    turns.want("b", Shown("B"), 24)
    assert sent(turns, 24) == ["b:B", "a:甲"]


def test_other_texts_to_take_turns_with_do_not_flash_the_same_call_again() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001", "flash", "red", "1"), 0)
    [sent(turns, tick * FLASH_S) for tick in range(8)]
    turns.want("a", Shown("A001", "flash", "red", "1", ("No. A001",), 3), 10)
    assert [sent(turns, 10 + tick * FLASH_S) for tick in range(4)] == [["a:A001"], [], [], []]


def test_a_board_that_never_answers_is_believed() -> None:
    turns = Schedule({"a": Station(1, answers=False)}, R)
    turns.want("a", Shown("A001"), 0)
    job = turns.next(0)
    assert job
    turns.sent(job, 0)
    assert (turns.next(0), turns.due_in(0), turns.health()["a"].state) == (None, R, "ok")
    assert "never answers" in turns.health()["a"].detail


def test_a_board_that_refuses_says_why() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001"), 0)
    for _ in range(3):
        job = turns.next(0)
        assert job
        turns.silent(
            job, 0, Text("有应答但拒收（错误 05）：请检查协议", "answers, but refuses: error 05; check its protocol")
        )
    assert turns.health()["a"] == (
        "unreachable",
        "有应答但拒收（错误 05）：请检查协议。\nanswers, but refuses: error 05; check its protocol",
    )


def test_light_is_told_once_when_it_changes_and_when_the_wire_comes_back() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001"), 0)
    turns.shine("a", 40, 0)
    assert sent(turns, 0) == ["a:A001", "a light 40"]
    turns.shine("a", 40, 1)
    assert sent(turns, 1) == []
    turns.shine("a", None, 2)
    turns.shine("a", 100, 3)
    assert sent(turns, 3) == ["a light 100"]
    turns.opened(4)
    assert sent(turns, 4) == ["a:A001", "a light 100"]


# --- pads and raters ------------------------------------------------------------------------------


def padded(*boards: str) -> Schedule:
    return Schedule({board: Station(n) for n, board in enumerate(boards, start=1)}, R, {"p": 21}, {"r": 22})


def test_a_pad_is_answered_before_any_board() -> None:
    turns = padded("a")
    turns.count("p", " 001", 0)
    assert sent(turns, 0) == ["p: 001"]
    turns.want("a", Shown("A001"), 1)
    turns.answer("p", True, "", 1)
    assert sent(turns, 1) == ["p sign 1", "p beep 0", "a:A001"]
    assert sent(turns, 1 + SIGN_S) == ["p: 001"]  # the sign has gone


def test_a_refusal_beeps_twice_and_a_late_sign_is_not_shown() -> None:
    turns = padded()
    turns.answer("p", False, "", 0)
    assert sent(turns, 0) == ["p sign 0", "p beep 0", "p beep 0"]
    turns.answer("p", True, "", 5)
    assert sent(turns, 5 + 2 * SIGN_S) == []


def test_new_digits_wait_for_the_sign_and_are_repeated() -> None:
    turns = padded()
    turns.count("p", "   3", 0)
    sent(turns, 0)
    turns.answer("p", True, "", 10)
    turns.count("p", " 001", 10.1)
    assert sent(turns, 10.1) == ["p sign 1", "p beep 0"] and sent(turns, 10.5) == []
    assert sent(turns, 10 + SIGN_S) == ["p: 001"] and sent(turns, 10 + SIGN_S + R) == ["p: 001"]


def test_a_pad_shows_what_was_asked_for_and_then_its_display_again() -> None:
    turns = padded()
    turns.count("p", "   3", 0)
    sent(turns, 0)
    turns.answer("p", True, "21", 1)
    assert sent(turns, 1) == ["p:21", "p beep 0"] and sent(turns, 1 + 3 * SIGN_S) == ["p:   3"]


def test_a_rater_asks_once_for_each_question() -> None:
    turns = padded()
    turns.ask("r", "", 0)
    turns.ask("r", "1.1.7", 0)
    turns.ask("r", "1.1.7", 1)
    assert sent(turns, 1) == ["r ask 0"]
    turns.opened(1.5)  # whatever was asked before the adapter was pulled is asked again
    assert sent(turns, 1.5) == ["r ask 0"]
    turns.ask("r", "1.1.9", 2)
    turns.ask("r", "", 3)  # answered, or too late
    assert sent(turns, 3) == []


# --- when the wire is free ------------------------------------------------------------------------


def test_nobody_speaks_into_our_own_frame_or_into_what_is_being_said() -> None:
    floor = Floor()
    assert floor.free_in(0) == 0
    floor.spoke(0, 0.030, 0.010)
    assert (floor.free_in(0), floor.free_in(0.04)) == (pytest.approx(0.04), 0)
    floor.heard(1.0)
    assert (floor.free_in(1.0), floor.free_in(1.02)) == (pytest.approx(Floor.QUIET_S), 0)
    floor.heard(2.0)
    floor.done(2.0, 0.010)  # the end of an answer: no need to wait for more of it
    assert floor.free_in(2.0) == pytest.approx(0.010)


def test_behind_an_answer_only_its_own_silence_is_kept_and_never_into_our_own_frame() -> None:
    floor = Floor()
    floor.spoke(0, 0.030, 0.010)
    floor.heard(0.032)
    floor.done(0.032, 0.004)
    assert floor.free_in(0.032) == pytest.approx(0.004)  # not the 10 ms of a frame that nobody answers
    floor.spoke(1.0, 0.030, 0.010)
    floor.done(1.010, 0.0)  # a press in the middle of it
    assert floor.free_in(1.010) == pytest.approx(0.020)


def test_a_device_that_never_stops_is_spoken_over() -> None:
    floor, now = Floor(), 0.0
    while now < 0.25:
        floor.heard(now)
        assert floor.free_in(now) > 0
        now += 0.01
    floor.heard(0.31)
    assert floor.free_in(0.31) > 0  # it had stopped meanwhile
    for tick in range(32, 70):
        floor.heard(tick / 100)
    assert floor.free_in(0.70) == 0


def test_a_little_noise_is_forgotten_and_a_lot_is_not() -> None:
    noise = Noise()
    assert not any(noise.heard(5, now) for now in range(100))
    assert any(noise.heard(9, now * 0.06) for now in range(2000, 2030))


def test_a_frame_repeated_until_its_echo_is_one_press() -> None:
    presses = Presses()
    assert [presses.new(21, b"a", now) for now in (0, 0.1, 0.5, 0.9, 1.41)] == [True, False, False, False, True]
    assert presses.new(22, b"a", 1.42) and presses.new(21, b"b", 1.43)
    assert not presses.new(21, b"a", 1.44)  # still the first press, repeated beside the second until a busy wire echoes
    assert presses.new(21, b"a", 1.95)


# --- the hub's word -------------------------------------------------------------------------------


def test_the_hubs_word_for_texts_that_take_turns() -> None:
    entry = {"text": "甲", "effect": "still", "color": "green", "call": 0, "more": ["乙"], "seconds": 6, "light": 40}
    assert texts(["1"], {"boards": {"1": entry}}) == {"1": Shown("甲", "still", "green", "[('call', 0)]", ("乙",), 6.0)}
    assert texts(["1"], {"boards": {"1": {**entry, "more": [5]}}})["1"].more == ()
    assert lights(["1", "2"], {"boards": {"1": entry, "2": {"light": 900}}}) == {"1": 40, "2": None}


def test_the_hubs_word_for_pads_and_raters() -> None:
    told = {"pads": {"1": {"digits": " 001"}, "2": {"digits": "x"}, "3": 7}, "raters": {"1": {"ask": "1.1.7"}}}
    assert digits(["1", "2", "3", "4"], told) == {"1": " 001", "2": "", "3": "", "4": ""}
    assert questions(["1", "2"], told) == {"1": "1.1.7", "2": ""}


def test_the_safe_text_is_the_halls_and_fits() -> None:
    table = BoardTextTable(texts=[["请听大厅广播叫号", "请听广播"], ["Listen"]], color="yellow", seconds=4)
    assert safe(table, 8) == Shown("请听广播", "still", "yellow", "", ("Listen",), 4.0)
    assert texts(["1"], {}, {"1": safe(table, 16)})["1"].text == "请听大厅广播叫号"
