"""The catalogue handed on and taken in again: in Quanzhou's columns and in every one, as CSV and as XLSX."""

from __future__ import annotations

import csv
import io

import pytest

import config
from config import catalogue_file
from intake import table_file
from server.reports.forms import catalogue_table

HALL = config.load()
KNOWN = HALL.services
HEADER = (
    "序号,事项名称,事项类别,申请材料,受理部门,服务对象,法定时限(工作日),承诺时限(工作日),是否收费,备注,是否即办事项,是否全程网办事项,"
    "申请材料齐全情况下最多跑几趟,是否需要申请人本人亲自办理,是否可以同城通办|多点办理"
)


def exported(form: str, format_: str) -> bytes:
    return catalogue_table.made(*catalogue_file.table(KNOWN.values(), form), format_)


def of(*rows: str) -> catalogue_file.Merged:
    return catalogue_file.merged("\n".join(rows).encode(), KNOWN, "W")


def test_the_columns_are_those_of_the_list_form() -> None:
    header, rows = catalogue_file.table(KNOWN.values(), "quanzhou")
    assert header == [name.replace("|", ",") for name in HEADER.split(",")]
    assert rows[0][:2] == ["1", "社会保障卡申领(个人社会保险登记)"] and rows[0][6:8] == ["10", "7"]
    assert rows[1][7] == "即办" and all(len(row) == 15 for row in rows)
    shipped = (config.ROOT / "data" / "catalogue.csv").read_text(encoding="utf-8").splitlines()[0]
    assert catalogue_file.table(KNOWN.values(), "whole")[0] == shipped.split(",")


@pytest.mark.parametrize("form", catalogue_file.FORMS)
@pytest.mark.parametrize("format_", catalogue_table.FORMATS)
def test_what_went_out_comes_back_as_it_was(form: str, format_: str) -> None:
    found = catalogue_file.merged(exported(form, format_), KNOWN, "W")
    assert found.problems == [] and found.added == [] and found.left == []
    assert found.services == KNOWN


def test_a_cell_that_a_spreadsheet_takes_for_a_formula_comes_back() -> None:
    odd = {**KNOWN, "SB01": KNOWN["SB01"].model_copy(update={"remark": "-1起", "basis": "=第6条", "audience": "@个人"})}
    for format_ in catalogue_table.FORMATS:
        data = catalogue_table.made(*catalogue_file.table(odd.values(), "whole"), format_)
        assert catalogue_file.merged(data, KNOWN, "W").services == odd


def test_a_list_lays_over_what_it_names_and_leaves_the_rest() -> None:
    found = of("事项名称,承诺时限(工作日),申请材料齐全情况下最多跑几趟", "社会保险登记变更/注销,3,0")
    one = found.services["SB02"]
    assert (one.promise, one.visits, one.legal, one.materials) == ("3工作日", "0", "10工作日", ("身份证", "变更证明"))
    assert found.problems == [] and "SB01" in found.left and "SB02" not in found.left
    assert found.services["SB01"] == KNOWN["SB01"]


def test_a_code_counts_before_a_name_and_a_new_item_is_added() -> None:
    found = of("事项编码,事项名称,标准分钟,申请材料", "SB02,登记变更,5,身份证", "NW01,新事项,9,照片、申请表")
    assert found.services["SB02"].name == "登记变更" and found.services["SB02"].materials == ("身份证",)
    assert found.added == ["NW01"] and found.services["NW01"].materials == ("照片", "申请表")


def test_every_mistake_is_told_with_its_row_and_nothing_is_used() -> None:
    found = of("事项名称,标准分钟", "没有的事项,", "社会保险登记变更/注销,很久", "失业登记,8", "失业登记,8")
    told = "\n".join(one.zh for one in found.problems)
    assert "第2行" in told and "目录里没有" in told and "第3行" in told and "标准分钟" in told
    assert "第5行: JY01出现两次" in told
    assert "事项名称" in "\n".join(one.zh for one in of("名字,材料", "a,b").problems)


def test_the_csv_is_a_csv_of_one_line_each() -> None:
    text = exported("quanzhou", "csv").decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == len(KNOWN) + 1
    assert table_file.read(exported("whole", "csv"), catalogue_file.WHOLE, catalogue_file.WHOLE).mistakes == []
