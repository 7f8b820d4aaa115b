"""Guides in the hall's file, and the tables beside it: read, refused with what would be right, joined to the items."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from config import ConfigError

HALL = config.load()
TEXT = (config.ROOT / "config.toml").read_text(encoding="utf-8")
QUANZHOU = (
    "序号,事项编码,事项名称,事项类别,申请材料,受理部门,服务对象,法定时限（工作日）,承诺时限(工作日),是否收费,备注,是否即办事项,"
    '是否全程网办事项,申请材料齐全情况下最多跑几趟,是否需要申请人本人亲自办理,"是否可以同城通办，多点办理",标准分钟'
)


def with_files(folder: Path, **files: bytes) -> config.Hall:
    """The hall with its own tables in `folder`, each under the key that names it."""
    text = TEXT
    for key, data in files.items():
        (folder / f"{key}.csv").write_bytes(data)
        old = f'{key} = "data/catalogue.csv"' if key == "catalogue" else f'{key} = ""'
        assert old in text
        text = text.replace(old, f'{key} = "{folder / key}.csv"', 1)
    return config.parse(text)


def refused(text: str) -> str:
    with pytest.raises(ConfigError) as error:
        config.parse(text)
    return "\n".join(f"{one.zh}\n{one.en}" for one in error.value.problems)


def test_a_guide_belongs_to_its_item() -> None:
    guide = HALL.services["MZ06"].guide
    assert [step.name.zh for step in guide.steps] == ["受理", "审核", "发放"]
    assert guide.materials["户口簿"].copies == 1 and guide.materials["户口簿"].licence is True
    assert HALL.services["SB02"].guide.steps == []


@pytest.mark.parametrize(
    ("code", "may"),
    [("MZ06", ("户口簿", "银行账户")), ("SB01", ("照片",)), ("SB02", ("身份证", "变更证明"))],
)
def test_what_may_follow_is_what_the_guide_names_and_all_where_there_is_none(code: str, may: tuple[str, ...]) -> None:
    assert HALL.services[code].may_follow == may


def test_what_may_not_follow_is_left_out_where_none_is_named() -> None:
    text = TEXT.replace(
        '"费用清单" = { source = "other", originals = 1, later = true }', '"费用清单" = { source = "other" }'
    )
    assert config.parse(text).services["YB02"].may_follow == ("费用清单", "诊断证明", "病历")


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        ("[guides.MZ06]", "[guides.MZ66]", "MZ66", "guides.MZ66"),
        ('"户口簿" = { source', '"户口薄" = { source', "MZ06的申请材料", "material of MZ06"),
        ('level = "street"', 'level = "province"', "应是其中之一", "is not one of"),
        ('reviewed = "2026-10-12"', 'reviewed = "12.10."', "reviewed", "reviewed"),
        ('url = "https://zwfw.fujian.gov.cn/"   ', 'url = "zwfw.fujian.gov.cn"   ', "不是网址", "not an address"),
    ],
)
def test_a_mistake_says_where_it_is_and_what_would_be_right(old: str, new: str, zh: str, en: str) -> None:
    assert old in TEXT
    told = refused(TEXT.replace(old, new, 1))
    assert zh in told and en in told and "config.toml:" in told


def test_the_columns_of_quanzhous_list_form_are_read(tmp_path: Path) -> None:
    rows = [QUANZHOU]
    for code in HALL.services:
        rows.append(f"1,{code},事项{code},公共服务,身份证；户口簿,人社,个人,20,5,否,,否,是,1,是,否,8")
    guides = TEXT.index("\n# Guides (办事指南)")
    folder = tmp_path / "catalogue.csv"
    folder.write_text("\n".join(rows), encoding="gb18030")
    text = TEXT[:guides] + TEXT[TEXT.index("\n# Classes of visitors.") :]
    one = config.parse(text.replace("data/catalogue.csv", str(folder), 1)).services["SB01"]
    assert (one.legal, one.promise, one.visits, one.in_person, one.anywhere) == ("20工作日", "5工作日", "1", "是", "否")
    assert (one.category, one.audience, one.online) == ("公共服务", "个人", "是")


def test_the_list_of_powers_is_read_with_every_mistake_at_once(tmp_path: Path) -> None:
    good = "权责编号,事项名称,实施部门,事项编码,未进驻原因\n1,参保,人社,SB02；SB03,\n2,巡查,城管,,执法事项\n"
    powers = with_files(tmp_path, power_list=good.encode()).powers
    assert [(one.number, one.services, one.reason) for one in powers] == [
        ("1", ("SB02", "SB03"), ""),
        ("2", (), "执法事项"),
    ]
    bad = "权责编号,事项名称,事项编码\n1,参保,XX99\n1,巡查,\n,无号,\n"
    with pytest.raises(ConfigError) as error:
        with_files(tmp_path, power_list=bad.encode())
    told = "\n".join(one.zh for one in error.value.problems)
    assert "第2行" in told and "XX99" in told and "权责编号1出现两次" in told and "第4行" in told
