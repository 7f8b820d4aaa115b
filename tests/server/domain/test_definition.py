"""What a register's file may say, and every mistake in one, all at once with its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import config
from config import ConfigError, RegisterTable
from server.domain.definition import Definition, parse, tuned
from tests.both_languages import english

SHIPPED = sorted((config.ROOT / "server" / "registers").glob("*.toml"))
SMALL = (config.ROOT / "tests/data/registers/lost.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_register_that_is_shipped_is_right(file: Path) -> None:
    made = parse(file.read_text(encoding="utf-8"), file.name)
    assert made.key == file.stem
    for table in ("fields", "states", "moves", "clocks"):
        for name, row in getattr(made, table).items():
            assert row.name.zh and row.name.en and row.name.en.isascii(), f"{file.name}: {table}.{name}"


def test_a_new_register_costs_at_most_sixty_lines_and_no_python() -> None:
    assert len(SMALL.splitlines()) <= 60
    made = parse(SMALL, "lost.toml")
    assert [*made.moves_from(None)] == ["find"] and [*made.moves_from("kept")] == ["tell", "give"]
    assert made.private == {"owner_phone"}


def changed(old: str, new: str) -> list[str]:
    """The mistakes of the small register with one thing changed, without its name."""
    assert SMALL.count(old) >= 1, old
    with pytest.raises(ConfigError) as caught:
        parse(SMALL.replace(old, new, 1), "lost.toml")
    return [problem.removeprefix("lost.toml:") for problem in english(caught.value.problems)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "phone", private = true', 'kind = "phone"', "8: fields.owner_phone.private: anything at all"),
        (", keep_days = 7", "", "8: fields.owner_phone.keep_days: missing"),
        ('kind = "counter"', 'kind = "window"', "7: fields.place.kind: 'window' is not one of"),
        ('kind = "counter"', 'kind = "text"', "7: fields.place.private: anything at all"),
        ('kind = "counter"', 'kind = "text", pattern = "["', "7: fields.place.pattern: no regular expression"),
        ('kind = "counter"', 'kind = "counter", keep_days = 3', "7: fields.place.keep_days: only what is private"),
        ("keep_days = 7", "keep_days = 7, cut = true", "8: fields.owner_phone.cut: "),
        ("keep_days = 7", "keep_days = 7, receipt = true", "8: fields.owner_phone.receipt: a private field is shown"),
        ('needs = ["what", "place"]', 'needs = ["what"]', "7: fields.place: no move asks for it"),
        ('needs = ["what", "place"]', 'needs = ["what", "plaice"]', "16: moves.find.needs: 'plaice' is no field"),
        ('from = ["kept"], to = "called"', 'from = ["kep"], to = "called"', "17: moves.tell.from: 'kep' is no state"),
        ('to = "given"', 'to = "gone"', "18: moves.give.to: 'gone' is no state"),
        ('from = ["kept", "called"]', 'from = ["kept"]', "12: states.called: no way from here to a state that is done"),
        ('from = ["kept", "called"]', 'from = ["kept", "given"]', "18: moves.give.from: 'given' is done: what is over"),
        ('from = ["kept"], to = "called"', 'from = ["kept"], to = "kept"', "12: states.called: no move leads here"),
        ('to = "kept", roles', 'from = ["kept"], to = "kept", roles', "15: moves: no move opens a record"),
        ('kind = "done"', 'kind = "void"', "10: states: no state is done"),
        ('end = ["give"]', "end = []", "21: clocks.keep.end: no move ends it"),
        ('end = ["give"]', 'end = ["gave"]', "21: clocks.keep.end: 'gave' is no move"),
        ('stops_in = ["called"]', 'stops_in = ["kept"]', "21: clocks.keep.stops_in: 'kept' is open"),
        (", days = 30", "", "21: clocks.keep: its days come from exactly one place"),
        (", days = 30", ', days = 30, days_of = "legal"', "21: clocks.keep: its days come from exactly one place"),
        (", days = 30", ', days_of = "legal"', "21: clocks.keep.days_of: the days of which service"),
        (", days = 30", ', by = "place", days_by = {}', "21: clocks.keep.by: 'place' is no field of kind choice"),
        (", days = 30", ', by = "what", days_by = { card = 1 }', "21: clocks.keep.days_by: each choice of 'what'"),
        (
            ", days = 30",
            ', days = 30, extends = "tell", extra = "what"',
            "17: moves.tell.once: a term is extended once",
        ),
        (", days = 30", ', days = 30, near = "ring"', "21: clocks.keep.near: 'ring' is no move of this file"),
        (", days = 30", ', days = 30, past = "find"', "21: clocks.keep.past: 'find' asks somebody for something"),
        (", days = 30", ', days = 30, law_of = "keep"', "21: clocks.keep.law_of: 'keep' is no other clock"),
        (
            'roles = ["guide"], needs = ["o',
            'roles = ["guide"], not_by = "tell", needs = ["o',
            "17: moves.tell.not_by: ",
        ),
        (
            'roles = ["guide"], needs = ["o',
            'roles = ["boss"], needs = ["o',
            "17: moves.tell.roles.0: 'boss' is not one",
        ),
        (
            'roles = ["guide"], needs = ["o',
            'roles = ["guide"], late_needs = ["what"], needs = ["o',
            "17: moves.tell.late",
        ),
        ('to = "given", roles', 'to = "given", if = "late", roles', "18: moves.give.if: unknown key"),
        ('number = "SW"', 'number = "sw1"', "3: number: 'sw1': two capital letters"),
        (
            'kind = "choice", choices = { card = ["证件", "Card"], other = ["其他", "Other"] }',
            'kind = "choice"',
            "6: fi",
        ),
        ('kind = "counter"', 'kind = "checklist", of = "materials"', "7: fields.place.of: whose materials"),
        ('key = "lost"', 'key = "lost', "1:7: "),
    ],
)
def test_each_mistake_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert any(problem.startswith(told) for problem in changed(old, new)), changed(old, new)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(SMALL.replace('"SW"', '"s"').replace('end = ["give"]', "end = []").replace('"boss"', ""), "lost.toml")
    assert [re.match(r"lost.toml:(\d+)", p.en)[1] for p in caught.value.problems] == ["3", "21"]  # type: ignore[index]


@pytest.mark.parametrize(("table", "most"), [("fields", 30), ("states", 12), ("moves", 20), ("clocks", 4)])
def test_what_is_too_big_is_no_register(table: str, most: int) -> None:
    row = {
        "fields": 'x{n} = {{ name = ["字", "F"], kind = "date" }}',
        "states": 'x{n} = {{ name = ["态", "S"], kind = "open" }}',
        "moves": 'x{n} = {{ name = ["动", "M"], from = ["kept"], to = "kept", roles = ["guide"] }}',
        "clocks": 'x{n} = {{ name = ["钟", "C"], start = ["find"], end = ["give"], days = 1 }}',
    }[table]
    rows = "\n".join(row.format(n=n) for n in range(most))
    told = changed(f"[{table}]\n", f"[{table}]\n{rows}\n")
    assert any(f"{table}: " in problem and f"at most {most}" in problem for problem in told)


def test_a_hall_changes_words_days_ambers_roles_and_terms_of_keeping_and_nothing_else() -> None:
    own = RegisterTable.model_validate(
        {
            "words": {"moves.give": ["物归原主", "Hand back"]},
            "days": {"keep": 60},
            "amber": {"keep": 5},
            "roles": {"give": ["operator"]},
            "keep_days": {"owner_phone": 1},
        }
    )
    made = tuned(parse(SMALL, "lost.toml"), own, "registers.lost")
    assert made.moves["give"].name.zh == "物归原主" and made.moves["give"].roles == ["operator"]
    assert (made.clocks["keep"].days, made.clocks["keep"].amber, made.fields["owner_phone"].keep_days) == (60, 5, 1)
    odd = RegisterTable.model_validate(
        {"words": {"moves.gone": ["无", "None"]}, "days": {"kept": 1}, "keep_days": {"place": 1}}
    )
    with pytest.raises(ConfigError) as caught:
        tuned(parse(SMALL, "lost.toml"), odd, "registers.lost")
    assert len(caught.value.problems) == 3 and "states" not in RegisterTable.model_fields


def test_the_case_is_the_one_of_the_rules() -> None:
    """The states by their kinds, and which moves both decision clocks know."""
    made: Definition = parse((config.ROOT / "server/registers/case.toml").read_text(encoding="utf-8"), "case.toml")
    kinds = {state.name.zh: state.kind for state in made.states.values()}
    assert kinds == {
        "收件": "open",
        "补正": "waiting",
        "待复核": "open",
        "受理": "open",
        "特别程序": "waiting",
        "待领": "open",
        "已寄出": "waiting",
        "已送达": "done",
        "不予受理": "done",
        "撤回": "void",
        "容缺失效": "void",
    }
    assert made.moves["refuse"].not_by == "propose"
    assert made.clocks["promised"].stops_in == made.clocks["statutory"].stops_in == ["special"]
    assert tomllib.loads(SMALL)["number"] != made.number
