"""What a number for several items has to do: the order, what waits, what is hindered, and one list of papers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import Service, Text
from config.guides import GuideTable
from server.domain import agenda as agendas
from server.domain import events as ev
from server.domain.agenda import Agenda, Paper


def service(code: str, *materials: str, **guide: Any) -> Service:
    return Service(
        code=code,
        name=f"事项{code}",
        name_en=f"Item {code}",
        prefix="A",
        standard_min=5,
        materials=materials,
        promise="",
        online="",
        visits="",
        guide=GuideTable.model_validate({"materials": guide}),
    )


def begun(*items: str, after: dict[str, list[str]] | None = None) -> Agenda:
    event = ev.AgendaSet(ticket=7, day="2026-11-23", package="birth", items=items, after=after or {}, saved=2)
    found = agendas.evolve(None, event, 1.0)
    assert found is not None
    return found


def settled(agenda: Agenda, code: str, outcome: str = "done") -> Agenda:
    found = agendas.evolve(agenda, ev.ItemSettled(ticket=7, counter="1", service=code, outcome=outcome), 5.0)
    assert found is not None
    return found


def test_an_item_waits_for_those_before_it_and_what_was_not_granted_hinders_all_that_follow() -> None:
    one = begun("A", "B", "C", after={"B": ["A"], "C": ["B"]})
    assert [agendas.state(one, code) for code in "ABC"] == ["ready", "waits", "waits"]
    assert agendas.next_item(one) == "A"
    two = settled(one, "A", "受理待办")
    assert [agendas.state(two, code) for code in "ABC"] == ["settled", "ready", "waits"]
    refused = settled(one, "A", "refused")
    assert [agendas.state(refused, code) for code in "ABC"] == ["settled", "hindered", "hindered"]
    assert agendas.next_item(refused) == "" and not agendas.in_one_visit(refused)
    assert agendas.in_one_visit(settled(settled(two, "B"), "C"))


def test_what_an_item_waits_for_and_was_left_out_does_not_hold_it() -> None:
    assert agendas.ready(begun("B", after={"B": ["A"]})) == ["B"]


def test_a_counter_does_in_one_stay_what_is_its_own_and_only_waits_for_that() -> None:
    one = begun("A", "B", "C", "D", after={"B": ["A"], "D": ["C"]})
    assert agendas.here(one, lambda code: code in "AB") == ["A", "B"]
    assert agendas.here(one, lambda code: code in "ABD") == ["A", "B"]
    assert agendas.here(one, lambda code: True) == ["A", "B", "C", "D"]
    assert agendas.here(one, lambda code: code == "B") == []


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        (("done", "done"), "done"),
        (("done", "accepted"), "accepted"),
        (("refused", "incomplete"), "incomplete"),
        (("enquiry", "collected"), "collected"),
    ],
)
def test_the_outcome_of_the_whole_visit(outcomes: tuple[str, ...], whole: str) -> None:
    one = begun("A", "B")
    for code, outcome in zip("AB", outcomes, strict=True):
        one = settled(one, code, outcome)
    assert agendas.overall(one) == whole


def test_a_step_taken_back_restores_the_items_as_they_were() -> None:
    before = begun("A", "B")
    after = settled(before, "A")
    undone = ev.Undone(ticket=7, step="ItemSettled", of=9, back={}, agenda=tuple(agendas.plain(before)))
    assert agendas.evolve(after, undone, 9.0) == before
    other = ev.Undone(ticket=7, step="Finished", of=9, back={})
    assert agendas.evolve(after, other, 9.0) == after


def test_an_item_that_nobody_had_thought_of_comes_to_the_end() -> None:
    assert settled(begun("A", "B"), "X").services == ("A", "B", "X")


def test_papers_of_several_items_are_brought_once_and_copies_add_up() -> None:
    found = agendas.papers(
        [
            service("A", "身份证", "户口簿", 身份证={"checked": True}, 户口簿={"copies": 1, "later": True}),
            service("B", "身份证/社保卡", "户 口 簿", "(照片)"),
            service("C", "户口簿", "照片", 户口簿={"copies": 2, "later": True}, 照片={"originals": 1}),
        ]
    )
    assert found == [
        Paper("身份证", ("A", "B"), 0, 0, True, False),
        Paper("户口簿", ("A", "B", "C"), 0, 3, False, False),
        Paper("照片", ("B", "C"), 1, 0, False, False),
    ]
    assert [agendas.paper_note(one, Text.same).zh for one in found] == [
        "验原件，2项共用",
        "复印件3份，3项共用",
        "原件1份，2项共用",
    ]


@given(
    st.lists(st.lists(st.sampled_from(["身份证", "户口簿", "照片", "身份证/社保卡", "(照片)"]), max_size=4), max_size=5)
)
def test_each_item_finds_every_paper_it_needs_on_the_one_list(wanted: list[list[str]]) -> None:
    items = [service(f"S{n}", *names) for n, names in enumerate(wanted)]
    found = agendas.papers(items)
    assert len({agendas.same(one.name) for one in found}) == len(found)
    for item in items:
        for name in item.materials:
            fitting = {agendas.same(name), *map(agendas.same, name.split("/"))}
            assert any(agendas.same(one.name) in fitting and item.code in one.services for one in found)
    assert agendas.saved(items) == sum(map(len, wanted)) - len(found) >= 0
