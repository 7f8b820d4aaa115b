"""开厅清单: what a new hall lacks, in order; done is done; nothing once it is put away."""

from __future__ import annotations

from dataclasses import replace

import config
from server.domain import opening_list
from server.domain.opening_list import Facts, missing

STARTER = (config.ROOT / "config" / "starter.toml").read_text(encoding="utf-8")
NEW = config.parse(STARTER, folder=config.ROOT)
ALL = Facts(seen=("kiosk K1", "printer p80", "board 1", "television"), posts=2, roles={"manager": 1, "operator": 3})


def ids(hall: config.Hall, facts: Facts, *ticked: str) -> list[str]:
    return [step.id for step in missing(hall, facts, ticked)]


def test_a_hall_as_the_starter_file_has_it_lacks_everything() -> None:
    assert ids(NEW, Facts(demonstration=True)) == [
        "tel_consult",
        "tel_complaint",
        "catalogue",
        "manager",
        "operators",
        "posts",
        "kiosk K1",
        "printer p80",
        "television",
        "wire west",
        "backup",
    ]


def test_what_is_there_is_not_missing() -> None:
    assert ids(NEW, ALL) == ["tel_consult", "tel_complaint", "backup"]
    real = NEW.model_copy(
        update={"hall": NEW.hall.model_copy(update={"tel_consult": "0595-22178801", "tel_complaint": "12345"})}
    )
    assert ids(real, ALL) == ["backup"]
    assert ids(real, ALL, "backup") == []
    assert ids(real, replace(ALL, saved=True)) == []
    elsewhere = real.model_copy(update={"backup": real.backup.model_copy(update={"time": None})})
    assert ids(elsewhere, ALL) == []  # another program saves it


def test_boards_of_one_wire_are_one_step_that_names_those_still_silent() -> None:
    hall = config.load(config.ROOT / "config.toml")
    west = next(s for s in missing(hall, Facts(seen=("board 1", "board 3"))) if s.id == "wire west")
    assert west.text == ("窗口屏还没有应答过：2号窗口、4号窗口", "Boards that never answered: Counter 2, Counter 4")
    assert "doctor west" in west.todo.zh and "doctor west" in west.todo.en
    every = tuple(f"board {b}" for b, table in hall.boards.items() if table.wire == "west")
    assert "wire west" not in ids(hall, Facts(seen=every)) and "wire west" not in ids(hall, Facts(), "wire west")


def test_a_demonstrations_banner_is_named_with_what_to_do() -> None:
    shown = NEW.model_copy(
        update={"hall": NEW.hall.model_copy(update={"banner": "演示数据", "banner_en": "Demonstration data"})}
    )
    step = next(s for s in missing(shown, ALL) if s.id == "banner")
    assert step.text == ("还挂着“演示数据”横幅", "The banner 'Demonstration data' is still up")
    assert step.link == "/admin/tables/hall" and "管理" in step.todo.zh and "Admin" in step.todo.en


def test_a_ticked_step_is_done_and_the_ticked_list_is_gone() -> None:
    assert "television" not in ids(NEW, Facts(), "television")
    assert ids(NEW, Facts(), opening_list.WHOLE) == []


def test_each_step_says_what_to_do_in_both_languages() -> None:
    for step in missing(NEW, Facts(demonstration=True)):
        assert step.text.zh and step.text.en and step.todo.zh.endswith(("。", "）。")) and step.todo.en.endswith(".")
