"""What may go down and what is the hall's own; which of several circulars count; how they come into a hall's file."""

from __future__ import annotations

from typing import Any

import pytest

from config.editing import Edit
from config.tables import TABLES
from server.domain import circular
from server.domain.changes import ADMINISTRATORS, ADMINISTRATORS_KEYS
from server.domain.circular import PARTS, Answer, Circular, Due, Malformed, Standing
from server.domain.item_lists import NAMES


def made(
    number: int, at: float = 100.0, place: str = "qu", depth: int = 0, part: str = "promises", **rows: Any
) -> Standing:
    told = Circular(
        number=number, part=part, place=place, effective_at=at, paper="审〔2026〕7号", note="统一", rows=rows
    )  # fmt: skip
    return Standing(told, depth, circular.sha256(told.text()))


def said(*pairs: tuple[Standing, str]) -> dict[tuple[int, str], Answer]:
    return {(one.circular.number, one.sha256): Answer(answer) for one, answer in pairs}


def pledge(minutes: int) -> dict[str, Any]:
    return {"hall": {"": {"wait_pledge_min": minutes}}}


def test_what_keeps_the_machine_and_what_is_the_halls_own_never_goes_down() -> None:
    may = {(table, key) for _, tables in PARTS.values() for table, keys in tables.items() for key in keys}
    assert not may & ADMINISTRATORS_KEYS
    tables = {table for table, _ in may}
    assert not tables & {
        *ADMINISTRATORS,
        "counters",
        "kiosks",
        "printers",
        "wires",
        "boards",
        "pads",
        "raters",
        "zones",
    }
    for table, key in may:
        model = TABLES.get(table)
        assert model is None or key in {field.alias or name for name, field in model.model_fields.items()}, (table, key)


@pytest.mark.parametrize(
    ("part", "rows", "word"),
    [
        ("promises", {"counters": {"3": {"sign": "x"}}}, "[counters]"),
        ("promises", {"hall": {"": {"name": "x"}}}, "hall.name由大厅自己定"),
        ("promises", {"hall": {"": None}}, "[hall]里还有大厅自己的内容，不能删除"),
        ("promises", {"hub": {"": {"listen": "0.0.0.0:1"}}}, "[hub]"),
        ("catalogue", {"services": {"SB01": {"号段前缀": "B"}}}, "号段前缀"),
        ("promises", {"hall": {}}, "什么也没有"),
        ("shell", {"hall": {"": {"name": "x"}}}, "没有“shell”"),
        ("lists", {"lists": {"powers": {"items": ["SB01"]}}}, "没有清单“powers”"),
        ("lists", {"lists": {"in_hall": {"items": []}}}, "lists.in_hall.items要列出事项编码"),
        ("lists", {"lists": {"in_hall": {"items": "SB01"}}}, "lists.in_hall.items要列出事项编码"),
        ("lists", {"lists": {"in_hall": {"items": ["SB01", 2]}}}, "lists.in_hall.items要列出事项编码"),
        ("lists", {"lists": {"in_hall": {"items": ["SB01", "SB02", "SB01"]}}}, "SB01写了两次"),
        ("lists", {"lists": {"in_hall": {"effective": "2027-01-01"}}}, "lists.in_hall.effective由大厅自己定"),
        ("lists", {"lists": {"in_hall": None}}, "不能删除"),
        ("promises", {"lists": {"in_hall": {"items": ["SB01"]}}}, "[lists]不能"),
    ],
)
def test_the_rest_is_refused_with_its_reason(part: str, rows: circular.Rows, word: str) -> None:
    assert word in "".join(one.zh for one in circular.problems(part, rows))


def test_the_three_lists_may_go_down() -> None:
    assert circular.problems("lists", {"lists": {kind: {"items": ["SB01", "SB02"]} for kind in NAMES}}) == []


def test_what_may_go_down_has_no_problem_and_comes_back_from_its_text() -> None:
    one = made(7, **pledge(15)).circular
    assert circular.problems(one.part, one.rows) == [] and circular.read(one.text()) == one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"number":1}',
        made(0).circular.text(),
        '{"rows":{"hall":3}}',
        pytest.param("[" * 200_000, id="deep"),
    ],
)
def test_bytes_that_are_no_circular(text: str) -> None:
    with pytest.raises(Malformed):
        circular.read(text)


def test_the_later_day_counts_then_the_higher_number_and_what_was_refused_does_not() -> None:
    first, second, third = made(1, 100), made(2, 90), made(3, 100)
    assert circular.in_force([third, second, first], {}, 95) == [second]
    assert circular.in_force([third, second, first], {}, 100) == [third]
    assert circular.in_force([third, second, first], said((third, "refused")), 100) == [first]


def test_what_is_due_is_applied_once_and_what_is_to_come_checked_once() -> None:
    past, now, later = made(1, 80), made(2, 90), made(3, 200)
    assert circular.due([past, now, later], {}, 100) == [Due("apply", now), Due("check", later)]
    assert circular.due([past, now, later], said((now, "applied"), (later, "fits")), 100) == []
    assert circular.due([past, now, later], said((now, "held")), 100)[0] == Due("apply", now), "tried again"
    assert circular.due([past, now, later], said((now, "applied"), (later, "fits")), 200) == [Due("apply", later)]
    assert circular.due([past, now], said((now, "refused"), (past, "applied")), 100) == []


def test_the_same_number_with_another_content_is_another_one() -> None:
    before, after = made(1, **pledge(15)), made(1, **pledge(10))
    assert circular.due([after], said((before, "applied")), 100) == [Due("apply", after)]


def test_the_nearest_place_wins_value_by_value() -> None:
    city = made(5, place="qu", hall={"": {"wait_pledge_min": 30}}, registers={"case": {"days": {"a": 5}}})
    street = made(4, place="north", depth=1, **pledge(15))
    other = made(6, place="north", depth=1, part="notices", hall={"": {"ticker": []}})
    wanted = circular.overlaid(city, [city, street, other], {}, 100)
    assert wanted == {"hall": {"": {"wait_pledge_min": 15}}, "registers": {"case": {"days": {"a": 5}}}}


def test_edits_change_what_is_named_and_not_as_it_is_wanted() -> None:
    now: Any = {
        "hall": {"": {"wait_pledge_min": 20, "name": "本厅"}},
        "calendar": {"2027-01-01": {"kind": "holiday", "name": "元旦"}, "2027-01-02": {"kind": "workday", "name": ""}},
    }
    wanted: circular.Rows = {
        "hall": {"": {"wait_pledge_min": 15}},
        "calendar": {
            "2027-01-01": {"kind": "holiday"},
            "2027-01-02": None,
            "2027-01-03": {"kind": "workday"},
            "2027-01-04": None,
        },
    }
    assert circular.edits(now, wanted) == [
        Edit("hall", "", "wait_pledge_min", 15),
        Edit("calendar", "2027-01-02", "", None),
        Edit("calendar", "2027-01-03", "", {"kind": "workday"}),
    ]


def test_rows_that_a_newer_one_does_not_name_stay_and_are_told() -> None:
    older: circular.Rows = {
        "publications": {"a": {"title": "二"}, "b": {"title": "三"}, "c": None},
        "registers": {"case": {"days": {"x": 1}}},
        "hall": {"": {"wait_pledge_min": 15}},
    }
    assert circular.staying(older, {"publications": {"a": {"title": "一"}}}) == ["publications.b"]
    assert circular.staying(older, {"publications": {"a": None, "b": {"title": "三"}}}) == []


@pytest.mark.parametrize(
    ("part", "row"),
    [("promises", "registers.case"), ("phrases", "registers.case"), ("phrases", "forms.ticket"),
     ("phrases", "board_texts.all"), ("phrases", "messages.ready")],
)  # fmt: skip
def test_a_row_with_the_halls_own_values_is_never_taken_away(part: str, row: str) -> None:
    table, _, key = row.partition(".")
    problems = circular.problems(part, {table: {key: None}})
    assert f"[{row}]里还有大厅自己的内容，不能删除" in "".join(one.zh for one in problems)


@pytest.mark.parametrize("table", circular.WHOLE)
def test_a_row_that_the_district_may_own_can_go(table: str) -> None:
    part = next(part for part, (_, tables) in PARTS.items() if table in tables)
    assert circular.problems(part, {table: {"x": None}}) == []
