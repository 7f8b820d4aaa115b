"""Rules by version and who has read them; courses and when they are due again."""

from __future__ import annotations

from datetime import date

import pytest

from config import Text
from server.domain import events as ev
from server.domain import regulations as rg

SAMPLE = {key: rg.Rule(key, Text.same(key), Text.same("范本")) for key in ("pledge", "notice")}


def test_the_newest_text_is_in_force_and_read_anew() -> None:
    issued = [(1.0, ev.RegulationIssued(rule="pledge", version=n, zh=f"第{n}版", en="")) for n in (1, 2)]
    rules = rg.in_force(SAMPLE, [*issued, (2.0, ev.RegulationIssued(rule="gone", version=1, zh="x", en=""))])
    assert (rules["pledge"].version, rules["pledge"].text, rules["notice"].version) == (2, Text("第2版", "第2版"), 0)
    read = rg.read_by(rules, [("08", "pledge", 1), ("08", "notice", 0), ("09", "pledge", 2)])
    assert read == {("08", "notice"), ("09", "pledge")}
    assert rg.acknowledged(rules, ["08", "09"], read) == rg.Share(2, 4)
    assert rg.acknowledged(rules, [], read).share is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [("2026-08-31", 6, "2027-02-28"), ("2026-12-31", 12, "2027-12-31"), ("2027-11-30", 3, "2028-02-29")],
)
def test_months_later(day: str, months: int, then: str) -> None:
    assert rg.months_after(date.fromisoformat(day), months) == date.fromisoformat(then)


def test_a_course_counts_for_those_who_were_there_and_passed() -> None:
    course = rg.Course("manners", Text.same("礼仪"), 12)
    day = date(2026, 1, 15)
    held = [rg.Held(day, "manners", 2, ("08", "09"), True, ("08",)), rg.Held(day, "other", 2, ("09",), False, ())]
    assert rg.standing(course, "08", held) == rg.Standing(day, date(2027, 1, 15))
    assert rg.standing(course, "09", held) == rg.Standing(None, None)
    assert rg.on_schedule([course], ["08", "09"], held, date(2027, 1, 15)) == rg.Share(1, 2)
    assert rg.on_schedule([course], ["08", "09"], held, date(2027, 1, 16)) == rg.Share(0, 2)
