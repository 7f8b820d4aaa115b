"""What a wire sends next, with a clock moved by hand."""

from __future__ import annotations

import pytest

from counter_display.safety import SAFE, texts, unsafe
from counter_display.turns import FLASH_S, Job, Shown, Turns

R = 30.0


def wire(*boards: str) -> Turns:
    return Turns({board: number for number, board in enumerate(boards, start=1)}, R)


def step(turns: Turns, now: float, *, dead: str = "") -> Job | None:
    job = turns.next(now)
    if job:
        (turns.silent if job.board in dead else turns.answered)(job, now)
    return job


def sent(turns: Turns, now: float, *, dead: str = "") -> list[str]:
    """Everything that is due at one moment, as "board:text"."""
    found: list[str] = []
    while job := step(turns, now, dead=dead):
        found.append(f"{job.board}:{job.text}")
        assert len(found) < 50
    return found


def test_nothing_is_sent_that_nobody_wants() -> None:
    assert (wire("a").next(0), wire("a").due_in(0), wire().due_in(0)) == (None, float("inf"), float("inf"))


def test_a_text_is_sent_once_and_repeated_every_refresh() -> None:
    turns = wire("a")
    turns.want("a", Shown("A001", color="green"), 0)
    assert step(turns, 0) == Job("a", 1, "A001", "green", 1)
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
    job = Job("a", 1, "A001", "red", 1)
    turns.silent(job, 0.06)  # the old one's silence says nothing of the new
    assert turns.health()["a"].state == "ok"


def test_a_dead_board_gets_two_more_tries_behind_the_others_and_is_then_unreachable() -> None:
    turns = wire("a", "b", "c")
    for board in "abc":
        turns.want(board, Shown(board.upper()), 0)
    assert sent(turns, 0, dead="a") == ["a:A", "b:B", "c:C", "a:A", "a:A"]
    assert {board: health.state for board, health in turns.health().items()} == {"a": "unreachable", "b": "ok", "c": "ok"}
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
    assert (step(turns, 0.2, dead="a") or 0, turns.health()["b"].state) == (Job("b", 2, "B001", "red", 1), "ok")


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
    [(None, 1.9, False), (None, 2.0, True), (0.5, 2.0, False), (0.5, 60.4, False), (0.5, 60.5, True), (100, 130, False)],
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
