"""The texts of wording.md: numbers as they are read, boards as wide as they are."""

from __future__ import annotations

import pytest

from server import wording
from server.ticket import Counter, Ticket

CARDINALS = [(3, "三"), (10, "十"), (12, "十二"), (20, "二十"), (22, "二十二"), (100, "一百"), (101, "一百零一"), (110, "一百一十"), (999, "九百九十九")]


@pytest.mark.parametrize(("n", "read"), CARDINALS)
def test_a_counter_is_a_cardinal(n: int, read: str) -> None:
    assert wording.cardinal(n) == read


WIDTHS = {
    "请A001到3号窗口": 15, "请A001到12号窗口": 16, "请A1001到3号窗口": 16, "A001到3号窗": 11, "A001→3": 7, "A1001→12": 9,
    "正在办理 A001": 13, "办理A001": 8, "1号窗口 综合受理": 16, "社会救助受理": 12, "暂停服务 请到其他窗口": 21, "暂停服务": 8, "𠮷": 2,
}  # fmt: skip


@pytest.mark.parametrize(("text", "columns"), WIDTHS.items())
def test_width(text: str, columns: int) -> None:
    assert wording.width(text) == columns


def ticket(number: int, state: str, counter: str = "3") -> Ticket:
    return Ticket(id=1, day="2026-11-23", prefix="A", number=number, service="SB01", klass="ordinary", channel="kiosk",
                  state=state, issued_at=0.0, rank=0.0, counter=counter, calls=1)  # fmt: skip


BOARDS = [
    (1, "3", "called", 16, "请A001到3号窗口"),
    (1, "12", "called", 16, "请A001到12号窗口"),
    (1001, "12", "called", 16, "A1001到12号窗"),
    (1, "3", "called", 12, "A001到3号窗"),
    (1, "3", "called", 8, "A001→3"),
    (1001, "12", "called", 8, "请A1001"),
    (1, "desk", "called", 8, "请A001"),
    (1, "3", "serving", 16, "正在办理 A001"),
    (1, "3", "serving", 8, "办理A001"),
]


@pytest.mark.parametrize(("number", "counter", "state", "columns", "text"), BOARDS)
def test_board(number: int, counter: str, state: str, columns: int, text: str) -> None:
    name = f"{counter}号窗口" if counter.isdigit() else "咨询台"
    shown, effect, _ = wording.board_text(
        Counter(counter, "open", "08"), ticket(number, state, counter), name=name, sign="综合受理", columns=columns
    )
    assert shown == text
    assert wording.width(shown) <= columns
    assert effect == ("flash" if state == "called" else "still")


@pytest.mark.parametrize("columns", [8, 12, 16])
@pytest.mark.parametrize("state", ["closed", "open", "paused"])
def test_a_board_without_a_number_fits_too(columns: int, state: str) -> None:
    text, _, _ = wording.board_text(Counter("3", state), None, name="3号窗口", sign="社会救助受理", columns=columns)
    assert wording.width(text) <= columns


def test_counters_text() -> None:
    assert wording.counters_text(["1", "2", "3", "4"], []) == "1-4号窗口"
    assert wording.counters_text(["1", "3", "4", "12"], []) == "1、3-4、12号窗口"
    assert wording.counters_text(["desk"], ["咨询台"]) == "咨询台"
