"""What people say, type and misspell, and the service that is meant: a table of queries, and what must not happen."""

from __future__ import annotations

import csv
import statistics
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import config
from config import Hall, Text
from config.tables import Everyday
from server.domain.colloquial import plain
from server.domain.search import Found, Index
from tests.steps import lines_of

TABLE = Path(__file__).with_name("search_queries.csv")
QUERIES = [(row["query"], row["first"]) for row in csv.DictReader(TABLE.open(encoding="utf-8"))]
"""A query -> the code of the service, or the place where it is done elsewhere; "": nobody can know."""
HALL = config.load()
INDEX = Index(HALL)


def first(found: Found) -> str:
    return (found.hits[0].code or found.hits[0].where.zh) if found.hits else ""  # type: ignore[union-attr]


def hall(**changes: object) -> Hall:
    return HALL.model_copy(update=changes)


@pytest.mark.parametrize(("query", "wanted"), QUERIES)
def test_the_best_is_first_and_nothing_wrong_is_preselected(query: str, wanted: str) -> None:
    found = INDEX.find(query)
    if wanted:
        assert first(found) == wanted, found
    else:
        assert not found.sure, found


def test_most_answers_are_sure() -> None:
    asked = [query for query, wanted in QUERIES if wanted]
    assert len(asked) >= 400
    assert sum(INDEX.find(query).sure for query in asked) >= 0.85 * len(asked)


def test_every_everyday_word_leads_where_its_row_says() -> None:
    """And a word that stands in two rows to either."""
    names = {code: plain(s.name) for code, s in HALL.services.items()}
    for row in HALL.everyday:
        mine = {code for code, name in names.items() if any(plain(piece) in name for piece in row.names)}
        for word in row.words:
            found = INDEX.find(word)
            assert first(found) in (mine or {row.where.zh}), (word, found.hits[:3])


def test_every_official_name_and_code_is_found_first() -> None:
    for service in HALL.services.values():
        for query in (service.code, service.code.lower(), service.name):
            found = INDEX.find(query)
            assert (first(found), found.sure) == (service.code, True), query
        assert first(INDEX.find(service.name_en)) == service.code


def test_two_letters_of_a_code_list_its_services_and_choose_none() -> None:
    found = INDEX.find("sb")
    assert [hit.code for hit in found.hits[:3]] == ["SB01", "SB02", "SB03"] and not found.sure


def test_words_of_the_hall_itself_and_names_of_another_catalogue() -> None:
    own = HALL.services["SF02"].model_copy(update={"everyday": ("老娘舅",)})
    there = Index(hall(services={**HALL.services, "SF02": own}))
    assert first(there.find("找老娘舅")) == first(there.find("laoniangjiu")) == "SF02"


def test_what_a_hall_does_itself_is_not_sent_elsewhere() -> None:
    card = HALL.services["GA01"].model_copy(
        update={"code": "GA02", "name": "居民身份证申领", "name_en": "Identity card"}
    )
    there = Index(hall(services={**HALL.services, "GA02": card}))
    assert first(INDEX.find("补身份证")) == "派出所户籍窗口"
    for query in ("补身份证", "shenfenzheng", "lost id"):
        found = there.find(query)
        assert first(found) == "GA02" and all(hit.where is None or "身份证" not in hit.text.zh for hit in found.hits)


def test_where_it_is_done_is_said_in_both_languages() -> None:
    hit = INDEX.find("passport").hits[0]
    assert hit.code == "" and hit.where == Text(
        "公安局出入境管理窗口", "the exit-entry office of the public security bureau"
    )


def test_a_place_may_be_anything_and_a_row_without_one_says_nothing() -> None:
    row = Everyday(names=("某事",), words=("某某事",), words_en=(), matter=Text("某事", ""), where=Text("", ""))
    assert Index(hall(everyday=(row,))).find("某某事").hits == ()


@pytest.mark.parametrize("query", ["", " ", "？！", "。", "\n", "😀", "ゥ", "'", "---"])
def test_nothing_asked_is_nothing_found(query: str) -> None:
    assert INDEX.find(query) == Found((), sure=False)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_typed_is_answered_in_order(query: str) -> None:
    found = INDEX.find(query)
    likeness = [hit.likeness for hit in found.hits]
    assert likeness == sorted(likeness, reverse=True) and len(likeness) <= 8
    assert len({(hit.code, hit.text) for hit in found.hits}) == len(likeness)


@pytest.mark.parametrize("word", ["shebaoka", "gongzufang", "zhunshengzheng", "shiyejin", "canjizheng"])
def test_any_one_wrong_letter_is_forgiven(word: str) -> None:
    """One letter left out, doubled, or changed about with the next: never another service preselected, mostly found."""
    right = first(INDEX.find(word))
    wrong = {word[:i] + word[i + 1 :] for i in range(1, len(word))} | {
        word[:i] + word[i] + word[i:] for i in range(len(word))
    }
    wrong |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
    found = [INDEX.find(one) for one in sorted(wrong)]
    assert all(first(one) == right for one in found if one.sure)
    assert sum(first(one) == right for one in found) >= 0.9 * len(found)


def test_a_query_looks_up_and_does_not_walk_over_all_words() -> None:
    """The lines that a query runs, of a tenth of the table: the hall has thousands of words, and a walk over them with
    a dozen lines for each would be many times as many. (On the machine of 2026 it is some 1 ms for 3 500 lines.)
    """
    spent = [lines_of(lambda query=query: INDEX.find(query)) for query, _ in QUERIES[::10]]  # type: ignore[misc]
    assert statistics.median(spent) < 7_000 and statistics.quantiles(spent, n=10)[-1] < 12_000


def test_hits_are_as_many_as_asked_for() -> None:
    assert len(INDEX.find("补贴", most=3).hits) == 3
    assert replace(INDEX.find("补贴").hits[0], said="") != INDEX.find("补贴").hits[0]
