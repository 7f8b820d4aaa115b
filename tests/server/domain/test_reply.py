"""What somebody answers by text message: a level only where it can mean nothing else."""

from __future__ import annotations

import pytest

from server.domain import reply
from server.domain.rating import LEVELS
from server.domain.reply import UNCLEAR, Reply


@pytest.mark.parametrize(
    ("text", "level", "more"),
    [
        ("5", 5, ""), (" ４ \n", 4, ""), ("３。", 3, ""), ("②", 2, ""), ("1️⃣", 1, ""), ("5分", 5, ""),
        ("三星", 3, ""), ("五", 5, ""),
        ("非常满意", 5, ""), ("满意！", 4, ""), ("基本满意", 3, ""), ("不满意", 2, ""), ("非常不满意", 1, ""),
        ("很满意", 5, ""),
        ("5非常满意", 5, ""), ("1 非常不满意", 1, ""), ("Very satisfied", 5, ""), ("dissatisfied.", 2, ""),
        ("2，排队太久，没人管", 2, "排队太久，没人管"), ("满意 谢谢", 4, "谢谢"), ("【5】", 5, ""),
        ("2 等了3小时", 2, "等了3小时"),
    ],
)  # fmt: skip
def test_a_level_as_people_write_it(text: str, level: int, more: str) -> None:
    found = reply.read(text)
    assert (found.kind, found.level) == ("level", level)
    assert found.text.replace(",", "，") == more


@pytest.mark.parametrize(
    ("text", "found"),
    [("a012号，5", ("A012", ",5")), ("Ａ０１２ 5", ("A012", " 5")), ("A012号5", ("A012", "5")),
     ("A0125", ("", "A0125")), ("5 A012", ("", "5 A012")), ("A013 5", ("", "A013 5"))],
)  # fmt: skip
def test_a_number_stands_in_front(text: str, found: tuple[str, str]) -> None:
    assert reply.of_number(text, ["A012"]) == found


@pytest.mark.parametrize(
    "text",
    ["", "6", "0", "12", "55", "1个小时都没人", "4、5", "4 满意？不，不满意", "5不满意", "1非常满意", "不是很满意", 
     "好的", "一般吧", "一个都没办",
     "谢谢", "请问几点开门", "-", "😀", "5G信号不好", "4, 不满意", "三楼没人",
     "取消", "一 般", "5:30下班吗", "3.5"],
)  # fmt: skip
def test_what_could_mean_two_things_is_no_rating(text: str) -> None:
    assert reply.read(text) == UNCLEAR


@pytest.mark.parametrize("text", ["T", "t", "ＴＤ", "退订", "退订。", "stop", "STOP!", "取消提醒"])
def test_no_more_messages(text: str) -> None:
    assert reply.read(text) == Reply("stop")


def test_every_level_is_understood_by_its_own_name() -> None:
    for level, text in LEVELS.items():
        assert [reply.read(said).level for said in (text.zh, text.en, str(level))] == [level] * 3


def test_of_a_long_one_no_more_is_kept_than_of_a_page() -> None:
    assert len(reply.read("1 " + "慢" * 2000).text) == reply.TEXT_MOST
