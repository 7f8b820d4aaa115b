"""制度与培训 through the real store."""

from __future__ import annotations

import pytest

from config import Text
from server.domain import regulations as rg
from server.store.regulation_files import courses, phrases, rules
from server.verbs import regulations
from server.verbs.hub import By, Conflict, Hub
from tests.server.verbs.test_people import MONDAY, crew, refusal

__all__ = ["crew"]


def test_the_files_hold_seven_rules_and_both_kinds_of_phrases() -> None:
    assert len(rules()) == 7 and len(courses()) == 8
    for key, one in phrases().items():
        found = rg.phrases_of(key, one.text)
        assert len(found) == len(one.text.zh.splitlines()) and all(two.words.zh != two.words.en for two in found)


def test_the_hall_issues_its_own_phrases_line_by_line(hub: Hub) -> None:
    asked = len(regulations.current(hub.read()))
    for told, said in (("您好。", "少了“：”"), ("迎接：您好。\n送别：", "第2行“送别：”少了“：”")):
        with refusal(said):
            regulations.issue(hub, By("50"), rg.SAY, 0, told, "")
    with refusal("中文2条、英文1条"):
        regulations.issue(hub, By("50"), rg.NOT, 0, "不知道→我问问\n等着->请稍等", "No → Let me ask")
    regulations.issue(hub, By("50"), rg.SAY, 0, "迎接:您好。\n\n送别：慢走。", "Greeting: Hello.\nFarewell: Goodbye.")
    now = regulations.current_phrases(hub.read())[rg.SAY]
    assert now.version == 1
    assert [(one.when, one.words.zh, one.words.en) for one in rg.phrases_of(rg.SAY, now.text)] == [
        (Text("迎接", "Greeting"), "您好。", "Hello."),
        (Text("送别", "Farewell"), "慢走。", "Goodbye."),
    ]
    assert len(regulations.current(hub.read())) == asked
    with refusal("没有制度“say”"):
        regulations.acknowledge(hub, By("08"), rg.SAY, 1)


def test_a_rule_is_issued_and_read_by_version(hub: Hub) -> None:
    regulations.acknowledge(hub, By("08"), "pledge", 0)
    regulations.issue(hub, By("50"), "pledge", 0, "本厅承诺。", "")
    regulations.issue(hub, By("50"), "pledge", 0, "本厅承诺。", "")
    with pytest.raises(Conflict):
        regulations.issue(hub, By("51"), "pledge", 0, "另一版。", "")
    with pytest.raises(Conflict):
        regulations.acknowledge(hub, By("08"), "pledge", 0)
    for _ in range(2):
        regulations.acknowledge(hub, By("08"), "pledge", 1)
    reader = hub.read()
    assert rg.read_by(regulations.current(reader), regulations.read(reader)) == {("08", "pledge")}
    assert len(regulations.read(reader)) == 2


def test_a_course_is_put_on_record(hub: Hub) -> None:
    regulations.hold(hub, By("50"), MONDAY, "manners", 2, ["08", "09"], tested=True, passed=["08"])
    assert [(one.hours, one.passed) for one in regulations.held(hub.read())] == [(2, ("08",))]
    with refusal("考试合格的人要在参加的人里"):
        regulations.hold(hub, By("50"), MONDAY, "manners", 2, ["08"], tested=True, passed=["09"])
    with refusal("没有排班的工号“90”"):
        regulations.hold(hub, By("50"), MONDAY, "manners", 2, ["90"], tested=False, passed=[])
