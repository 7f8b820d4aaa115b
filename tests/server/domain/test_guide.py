"""A guide's versions: the difference in words, what was saved, what it lacks, how old its review is."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

import config
from config import GuideTable, Service, Text
from server.domain import guide
from server.domain.guide import Saved, Version

HALL = config.load()
CARD = HALL.services["SB01"]


def changed(service: Service, told: dict[str, Any] | None = None, **fields: Any) -> Service:
    """A service with other fields, and other things in its guide."""
    table = GuideTable.model_validate({**service.guide.model_dump(), **(told or {})})
    return service.model_copy(update={"guide": table, **fields})


def words(before: Service | None, after: Service | None) -> list[Text]:
    return guide.difference(before and guide.content(before), after and guide.content(after))


def test_what_it_says_is_plain_and_holds_nothing_empty() -> None:
    told = guide.content(CARD)
    assert told["materials"]["照片"]["how"] == [
        "近期正面免冠，白色背景。",
        "Recent, facing the camera, no hat, white background.",
    ]
    assert told["steps"][0][0] == "受理：窗口核对身份证和照片，当场出受理凭证。"
    assert told["reviewed"] == "2026-10-12" and told["delegated"] is True and told["promise"] == "7工作日"
    assert not [name for name, value in told.items() if value in ("", None, [], {})]
    assert guide.content(HALL.services["SB02"])["materials"] == {"身份证": {}, "变更证明": {}}


@pytest.mark.parametrize(
    ("before", "after", "zh", "en"),
    [
        (
            CARD,
            changed(CARD, promise="即办"),
            "承诺时限：“7工作日”改为“即办”",
            "Promised term: '7工作日' is now '即办'",
        ),
        (CARD, changed(CARD, legal=""), "法定时限：删去“10工作日”", "Legal term: '10工作日' taken out"),
        (CARD, changed(CARD, audience="个人"), "服务对象：补上“个人”", "For whom: '个人' added"),
        (
            CARD,
            changed(CARD, {"level": "counter"}),
            "谁来办：“街道”改为“窗口即办”",
            "Who decides: 'Street office' is now 'At the counter'",
        ),
        (CARD, changed(CARD, {"delegated": False}), "授权到位：“是”改为“否”", "Empowered: 'yes' is now 'no'"),
        (
            CARD,
            changed(
                CARD, {"materials": {**CARD.guide.materials, "照片": {"copies": 2, "source": "own", "later": True}}}
            ),
            "材料“照片”的复印件份数：补上“2”",
            "Material '照片', copies: '2' added",
        ),
        (
            CARD,
            changed(CARD, {"conditions": []}),
            "受理条件：删去“在本市参保或者就业、居住，还没有社会保障卡的人。”",
            "Condition: 'People insured",
        ),
        (CARD, changed(CARD, materials=("身份证",)), "材料：不再要“照片”", "Materials: '照片' is asked for no more"),
        (CARD, changed(CARD, materials=(*CARD.materials, "申请表")), "材料：增加“申请表”", "asked for in addition"),
        (CARD, changed(CARD, {"steps": CARD.guide.steps[::-1]}), "办理流程：调整了顺序", "Step: in another order"),
        (None, CARD, "首次登记", "Written down for the first time"),
        (CARD, None, "事项已取消", "The service was taken out"),
    ],
)
def test_the_difference_is_said_in_words(before: Service | None, after: Service | None, zh: str, en: str) -> None:
    told = words(before, after)
    assert any(zh in one.zh and en in one.en for one in told), told


def test_nothing_differs_from_itself_and_each_change_is_one_line() -> None:
    for service in HALL.services.values():
        assert words(service, service) == []
    assert len(words(CARD, changed(CARD, promise="5工作日", fee="是"))) == 2


@pytest.mark.parametrize(
    ("fields", "saved", "zh", "en"),
    [
        ({"materials": ("身份证",)}, Saved(2, 0, 0), "材料减少2份", "2 fewer materials"),
        ({"promise": "即办"}, Saved(0, 7, 0), "时限减少7个工作日", "7 fewer working days"),
        ({"promise": "10工作日"}, Saved(0, -3, 0), "时限增加3个工作日", "3 more working days"),
        ({"visits": "0"}, Saved(0, 0, 1), "跑动减少1趟", "1 fewer visit"),
        ({"promise": ""}, Saved(), "", ""),
        ({"promise": "30自然日"}, Saved(), "", ""),
        ({"visits": "视情况"}, Saved(), "", ""),
    ],
)
def test_what_was_saved(fields: dict[str, Any], saved: Saved, zh: str, en: str) -> None:
    found = guide.saved(guide.content(CARD), guide.content(changed(CARD, **fields)))
    assert found == saved and guide.said(found) == (zh, en)
    assert guide.saved(None, guide.content(CARD)) == Saved()


def test_savings_add_up_over_every_row_of_versions() -> None:
    steps = [
        changed(CARD, promise=f"{n}工作日", visits=str(n % 3), materials=CARD.materials[: n % 4]) for n in range(9)
    ]
    told = [guide.content(one) for one in steps]
    each = sum((guide.saved(a, b) for a, b in itertools.pairwise(told)), Saved())
    assert each == guide.saved(told[0], told[-1])


def test_versions_are_counted_and_only_what_changed_is_a_new_one() -> None:
    changed_now, gone = guide.changes({}, HALL.services.values())
    assert set(changed_now) == set(HALL.services) and gone == []
    known = guide.versions([(1.0, changed_now, ())])
    assert guide.changes(known, HALL.services.values()) == ({}, [])
    others = {**HALL.services, "SB01": changed(CARD, promise="即办")}
    del others["SB02"]
    found, gone = guide.changes(known, others.values())
    assert list(found) == ["SB01"] and gone == ["SB02"]
    then = guide.versions([(1.0, changed_now, ()), (2.0, found, gone)])
    assert [one.number for one in then["SB01"]] == [1, 2] and then["SB02"][-1] == Version(2, 2.0, None)
    assert guide.changes(then, others.values()) == ({}, []), "what went is not taken out twice"


def test_what_it_lacks_is_named() -> None:
    assert guide.lacking(CARD) == []
    told = [one.zh for one in guide.lacking(HALL.services["SB02"])]
    assert told == ["受理条件", "办理流程", "谁来办", "授权到位", "网上办事大厅", "审核日期", "每份材料的来源和份数"]
    half = changed(CARD, {"materials": {"身份证": CARD.guide.materials["身份证"]}})
    assert [one.zh for one in guide.lacking(half)] == ["每份材料的来源和份数"]


def test_the_age_of_a_review() -> None:
    assert guide.age(CARD, date(2026, 11, 23)) == 42
    assert guide.age(CARD, date(2026, 1, 1)) == 0 and guide.age(HALL.services["SB02"], date(2026, 11, 23)) is None


def test_how_a_material_is_brought() -> None:
    told = guide.note(HALL.services["MZ06"].guide.materials["户口簿"])
    assert told == (
        "复印件1份，验原件，可用电子证照，可以后补",
        "1 copy, original shown, e-licence will do, may follow",
    )
    assert guide.note(CARD.guide.materials["照片"]).zh == "原件1份，可以后补；近期正面免冠，白色背景"
    assert guide.note(None) == ("", "")
    assert guide.decides(CARD) == ("街道，已授权窗口", "Street office, counter empowered")
    assert guide.decides(HALL.services["YB02"]).zh == "区"
