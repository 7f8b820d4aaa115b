"""Edits of a hall's files keep what nobody touched: comments, order, other columns, line ends."""

from __future__ import annotations

import difflib
import tomllib
from typing import Any

import pytest

import config
import slip_forms
from config import described, fields
from config.editing import Edit, NotEdited, edited
from config.labels import LABELS, PARTS, ROW_NAMES, TITLES
from server.domain.slip_facts import NAMES

FILES = described.on_disk(config.ROOT / "config.toml")


def lines(before: bytes, after: bytes) -> list[str]:
    """What is different, as - and + lines."""
    told = difflib.unified_diff(before.decode().splitlines(), after.decode().splitlines(), n=0, lineterm="")
    return [line for line in told if line[:1] in "+-" and line[:3] not in ("---", "+++")]


def change(*edits: Edit, name: str = "config.toml") -> list[str]:
    return lines(FILES[name], edited(FILES, "config.toml", edits)[name])


def test_a_hall_on_disk_has_the_tables_it_names() -> None:
    assert set(FILES) == {"config.toml", "data/catalogue.csv", "data/catalogue.en.csv", "data/calendar.csv"}
    assert described.checked(FILES, config.ROOT / "config.toml").services.keys() == config.load().services.keys()


def test_one_value_keeps_its_comment_and_the_comments_column() -> None:
    was = f"lapse_min = 30{' ' * 30}# A passed number (过号) may be taken back within this many minutes."
    assert change(Edit("tickets", "", "lapse_min", 5)) == [f"-{was}", f"+{was.replace('30 ', '5  ')}"]


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (Edit("hall", "", "name", "新门街便民服务中心"), ("hall", "name")),
        (Edit("hours", "1", "open", ["09:00-12:00"]), ("hours", 1, "open")),
        (Edit("counters", "4", "prefers_services", ["MZ01"]), ("counters", "4", "prefers_services")),
        (Edit("boards", "1", "light", [["07:00", 80]]), ("boards", "1", "light")),
        (Edit("raters", "1", "levels", {"04": 5}), ("raters", "1", "levels")),
        (Edit("console", "", "pause_reasons", [["开会", "Meeting"]]), ("console", "pause_reasons")),
        (Edit("counters", "2", "prefer_min", 15), ("counters", "2", "prefer_min")),
        (Edit("board_texts", "idle", "texts", [["甲", "乙"]]), ("board_texts", "idle", "texts")),
        (Edit("forms", "ticket", "texts", {"hint": ["甲\n乙", "a", "bold"]}), ("forms", "ticket", "texts")),
    ],
)
def test_one_value_changes_and_every_comment_stays(edit: Edit, place: tuple[str | int, ...]) -> None:
    made = edited(FILES, "config.toml", [edit])["config.toml"].decode()
    wanted: Any = tomllib.loads(FILES["config.toml"].decode())
    home = wanted
    for step in place[:-1]:
        home = home[step]
    home[place[-1]] = edit.value
    assert tomllib.loads(made) == wanted
    was = FILES["config.toml"].decode()
    assert [line.partition("#")[2] for line in made.splitlines() if "# " in line] == [
        line.partition("#")[2] for line in was.splitlines() if "# " in line
    ]


def test_a_value_that_is_left_out_has_its_default() -> None:
    made = edited(FILES, "config.toml", [Edit("tickets", "", "lapse_min", None)])
    assert "lapse_min" not in tomllib.loads(made["config.toml"].decode())["tickets"]
    assert described.rows_of(made, "config.toml")["tickets"][""]["lapse_min"] == 30


def test_a_row_that_goes_leaves_the_comment_of_the_next_one() -> None:
    assert change(Edit("counters", "3", "", None)) == [
        "-[counters.3]",
        '-name = "3号窗口"',
        '-name_en = "Counter 3"',
        '-sign = "综合受理"',
        '-kind = "general"',
        '-services = "all"',
        "-",
    ]


def test_a_new_row_stands_behind_the_last_one_before_the_next_tables_comment() -> None:
    made = edited(FILES, "config.toml", [Edit("counters", "7", "", {"name": "7号窗口", "name_en": "Counter 7"})])
    text = made["config.toml"].decode()
    assert '\nservices = ["ZX01"]\n\n[counters.7]\nname = "7号窗口"\nname_en = "Counter 7"\n\n# Kiosks:' in text


def test_rows_of_hours_are_known_by_their_place() -> None:
    made = edited(FILES, "config.toml", [Edit("hours", "0", "", None)])
    assert [row["from"] for row in described.rows_of(made, "config.toml")["hours"].values()] == ["06-01"]
    more = edited(FILES, "config.toml", [Edit("hours", "", "", {"days": [6], "open": ["09:00-12:00"]})])
    assert described.rows_of(more, "config.toml")["hours"]["2"]["days"] == [6]


def test_a_table_that_was_not_there_is_made() -> None:
    edits = [Edit("screens", "pickup", "", None), Edit("screens", "new", "", {"name": "新区", "name_en": "New"})]
    made = edited(FILES, "config.toml", edits)
    assert tomllib.loads(made["config.toml"].decode())["screens"] == {"new": {"name": "新区", "name_en": "New"}}


@pytest.mark.parametrize(
    "edit", [Edit("counters", "99", "", None), Edit("hours", "7", "", None), Edit("counters", "99", "sign", "甲")]
)
def test_what_is_gone_is_said(edit: Edit) -> None:
    with pytest.raises(NotEdited, match="已被删除"):
        edited(FILES, "config.toml", [edit])


def test_an_id_that_is_taken_is_said() -> None:
    with pytest.raises(NotEdited, match="另取一个编号"):
        edited(FILES, "config.toml", [Edit("counters", "3", "", {"name": "甲", "name_en": "A"})])


def test_a_cell_of_a_csv_keeps_the_other_cells() -> None:
    told = change(Edit("services", "SB01", "标准分钟", "12"), name="data/catalogue.csv")
    assert len(told) == 2 and told[1].replace(",12,", ",8,") == told[0].replace("-", "+", 1)


def test_a_new_day_stands_in_its_place() -> None:
    edit = Edit("calendar", "2026-12-24", "", {"kind": "临时闭厅", "name": "停电", "source_doc": "本中心通知"})
    made = edited(FILES, "config.toml", [edit])
    assert described.rows_of(made, "config.toml")["calendar"]["2026-12-24"]["kind"] == "临时闭厅"
    days = [*described.rows_of(made, "config.toml")["calendar"]]
    assert days == sorted(days)


def test_marks_and_line_ends_of_a_csv_stay() -> None:
    files = {
        **FILES,
        "data/calendar.csv": "\ufeffdate,kind\r\n2026-01-01,法定节假日\r\n".encode(),
    }
    made = edited(files, "config.toml", [Edit("calendar", "2026-01-01", "name", "元旦")])["data/calendar.csv"]
    assert made == "\ufeffdate,kind,name\r\n2026-01-01,法定节假日,元旦\r\n".encode()


def test_a_spreadsheet_is_not_written_over() -> None:
    files = {**FILES, "data/catalogue.csv": b"PK\x03\x04"}
    with pytest.raises(NotEdited, match="另存为"):
        edited(files, "config.toml", [Edit("services", "SB01", "标准分钟", "12")])


def test_the_version_tells_one_hall_from_another() -> None:
    other = edited(FILES, "config.toml", [Edit("calendar", "2026-12-24", "", {"kind": "临时闭厅"})])
    assert described.version(FILES) == described.version(dict(reversed(FILES.items()))) != described.version(other)


# --- the forms of the administration ----------------------------------------------------------------------------------

EVERY_TABLE = (*config.TABLES, *described.COLUMNS)


def test_every_key_has_its_label_and_no_label_is_without_a_key() -> None:
    assert {*TITLES} == {*LABELS} == {*EVERY_TABLE}
    for table in EVERY_TABLE:
        assert {*LABELS[table]} == {*described.keys(table)}, table
        assert all(zh and en for zh, en, _ in LABELS[table].values()), table


def test_rows_that_the_program_names_are_called_as_everywhere() -> None:
    kinds = {kind: NAMES[kind] for kind in slip_forms.FORMS}
    assert kinds | {state: ROW_NAMES[state] for state in config.BOARD_STATES} == ROW_NAMES


@pytest.mark.parametrize("table", EVERY_TABLE)
def test_a_form_that_nobody_touched_changes_nothing(table: str) -> None:
    """Every value of the demo's hall goes through its boxes and comes out as it was."""
    for row, values in described.rows_of(FILES, "config.toml")[table].items():
        for field in fields.fields(table):
            value = values[field.key]
            back = fields.value(field, fields.boxes(field, value), all_of_them=value == "all")
            assert back == value, (table, row, field.key)


@pytest.mark.parametrize(("table", "key"), sorted(fields.REFERS))
def test_a_key_that_names_rows_of_another_table_offers_them(table: str, key: str) -> None:
    field = next(one for one in fields.fields(table) if one.key == key)
    assert [cell.kind for cell in field.cells] == ["refer"]
    assert field.cells[0].refers in EVERY_TABLE


@pytest.mark.parametrize(
    ("table", "key", "typed", "value"),
    [
        ("tickets", "lapse_min", [["40"]], 40),
        ("tickets", "lapse_min", [["vierzig"]], "vierzig"),
        ("hall", "wait_pledge_min", [["２０"]], 20),
        ("screen", "diagonal", [["43"]], 43),
        ("printers", "patience", [["0.5"]], 0.5),
        ("hours", "open", [["08:00-12:00"], [""]], ["08:00-12:00"]),
        ("hours", "days", [["1"], ["6"]], [1, 6]),
        ("boards", "light", [["07:00", "80"]], [["07:00", 80]]),
        ("raters", "levels", [["04", "5"], ["", ""]], {"04": 5}),
        ("board_texts", "texts", [["长的\r\n短"], ["另一条"]], [["长的", "短"], ["另一条"]]),
        (
            "forms",
            "texts",
            [["hint", "甲", "a", ""], ["tail", "乙", "b", "bold"]],
            {"hint": ["甲", "a"], "tail": ["乙", "b", "bold"]},
        ),
        ("registers", "roles", [["accept", "manager"]], {"accept": ["manager"]}),
        ("kiosks", "size", [["1920", "1080"]], [1920, 1080]),
        ("kiosks", "rotate", [["90"]], 90),
        ("voice", "notices", [["true"]], True),
        ("voice", "notices", [], False),
        ("report", "weekly_on", [["5"]], 5),
    ],
)
def test_what_is_typed_stands_in_the_file_as_it_should(
    table: str, key: str, typed: list[list[str]], value: Any
) -> None:
    field = next(one for one in fields.fields(table) if one.key == key)
    assert fields.value(field, typed) == value


def test_all_is_a_word_of_its_own() -> None:
    field = next(one for one in fields.fields("counters") if one.key == "services")
    assert fields.value(field, [["SB01"]], all_of_them=True) == "all"
    assert fields.value(field, [["SB01"]]) == ["SB01"]


def test_each_key_of_a_table_within_a_table_is_named() -> None:
    """And its boxes make what the file has again, with nothing that is only a default."""
    nested = [f for table in config.TABLES for f in fields.fields(table) if f.shape in ("tables", "named")]
    assert {(f.table, f.key) for f in nested} == {*PARTS}
    for field in nested:
        assert {cell.key for cell in field.cells} == {*PARTS[field.table, field.key]}
        assert all(cell.name.zh and cell.name.en != cell.key for cell in field.cells), field.key
    field = next(f for f in nested if f.key == "materials")
    told = {"照片": {"copies": 2, "checked": True, "licence": False, "how": ["一寸", "Small"]}, "表": {}}
    assert fields.value(field, fields.boxes(field, told)) == told
    spoken = {"照片": {"copies": 0, "checked": False, "source": ""}}
    assert fields.value(field, fields.boxes(field, spoken)) == {"照片": {}}
    odd = {"照片": {"copies": "两份"}}
    assert fields.value(field, fields.boxes(field, odd)) == odd  # the checker says what is wrong with it
