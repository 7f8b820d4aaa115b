"""Words: Chinese as it is, English complete, nothing lost when a translation is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import config
import words

KIOSK = sorted((config.ROOT / "kiosk").rglob("*.py"))


def sentences(path: Path) -> list[str]:
    """Every text inside say("…") of a module, and the weekdays, which are said through a table."""
    return [str(text) for _, text, _, _ in extract_from_file("python", path, keywords={"say": None, "_": None})]


def catalog(language: str) -> dict[str, str]:
    with words.catalog_path(language).open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_chinese_needs_no_catalog() -> None:
    assert words.say("zh")("请取走号票") == "请取走号票"


def test_english_is_read_from_its_po_file() -> None:
    assert words.say("en")("请取走号票") == "Please take your ticket"


def test_a_missing_translation_stays_chinese() -> None:
    assert words.say("en")("没有人翻译过这一句") == "没有人翻译过这一句"


def test_an_unknown_language_is_named_with_those_there_are() -> None:
    with pytest.raises(LookupError, match="'fr'; there are zh, en"):
        words.say("fr")


def test_the_kiosk_says_something() -> None:
    assert sum(len(sentences(path)) for path in KIOSK) > 50


@pytest.mark.parametrize("path", KIOSK, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", words.languages()[1:])
def test_every_sentence_of_the_kiosk_is_translated(path: Path, language: str) -> None:
    known = catalog(language)
    assert [text for text in sentences(path) if not known.get(text)] == []


@pytest.mark.parametrize("language", words.languages()[1:])
def test_weekdays_and_what_to_bring_are_translated(language: str) -> None:
    """They are said through tables and the catalogue, where no extraction finds them.

    Working days are counted instead.
    """
    from kiosk.screens.sentences import WEEKDAYS

    services = config.load().services.values()
    materials = {material for service in services for material in service.materials}
    facts = {text for s in services for text in (s.department, s.promise, s.legal) if text and "工作日" not in text}
    assert {text for text in {*WEEKDAYS, *materials, *facts} if not catalog(language).get(text)} == set()


@pytest.mark.parametrize("language", words.languages()[1:])
def test_a_translation_has_no_place_holder_of_its_own(language: str) -> None:
    """{month_name} is offered beside {month}: English dates have no month numbers."""
    for text, translated in catalog(language).items():
        extra = set(re.findall(r"\{(\w+)\}", translated)) - set(re.findall(r"\{(\w+)\}", text))
        assert extra <= ({"month_name"} if "{month}" in text else set()), text
