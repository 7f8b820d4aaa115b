"""One text in two languages: what is said, what is sent, and that nobody makes either by hand."""

from __future__ import annotations

import ast

import pytest

import config
from config import Text, Told

NUMBER = Text("号票", "Ticket")


def test_a_text_on_paper_on_a_screen_and_in_json() -> None:
    assert str(NUMBER) == "号票 Ticket"
    assert (NUMBER.said("zh"), NUMBER.said("en")) == ("号票", "Ticket")
    assert NUMBER.json() == {"zh": "号票", "en": "Ticket"}
    assert NUMBER.json("name") == {"name": "号票", "name_en": "Ticket"}


def test_without_english_a_screen_says_chinese() -> None:
    assert Text("号票", "").said("en") == "号票"


def test_the_same_in_both_languages_is_written_once() -> None:
    assert str(Text.same("A012")) == "A012"


def test_who_is_told_something_hears_chinese_first() -> None:
    told = Told("请先叫号。", "Call a number first.")
    assert (str(told), told.en, told.text) == ("请先叫号。", "Call a number first.", Text(str(told), told.en))
    assert Told("config.toml:3: …").en == "config.toml:3: …"


def test_a_table_of_the_configuration_has_its_name_as_a_text() -> None:
    hall = config.load()
    assert hall.counters["3"].text == Text("3号窗口", "Counter 3") == hall.counter_name("3")
    assert hall.class_name("gone") == hall.service_name("gone") == Text("gone", "gone")
    assert hall.counter_name("9") == Text("9号窗口", "Counter 9")
    assert hall.counter_name("gone") == Text("“gone”窗口", "Counter gone")
    assert all(isinstance(reason, Text) for reason in hall.console.pause_reasons + hall.people.substitution_reasons)


@pytest.mark.parametrize("room", ["server", "kiosk"])
def test_a_text_becomes_json_at_one_place(room: str) -> None:
    """No dictionary with "zh" and "en" is written out: `Text.json` makes it."""
    by_hand = [
        f"{file.relative_to(config.ROOT)}:{node.lineno}"
        for file in (config.ROOT / room).rglob("*.py")
        if file.name != "samples.py"  # the hub's answers, as a kiosk hears them
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Dict)
        if {"zh", "en"} <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if ast.unparse(node) != "{'zh': 'cmn', 'en': 'en'}"  # which voice speaks a language
    ]
    assert by_hand == []
