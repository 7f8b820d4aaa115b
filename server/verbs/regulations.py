"""制度与培训 as verbs: a rule is issued anew, somebody has read it, a course was held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from config import Text
from server.domain import events as ev
from server.domain.post import AT_COUNTERS
from server.domain.regulations import PARTS, Held, Rule, Unreadable, in_force, pairs
from server.domain.rules import Refused
from server.domain.slip_facts import impersonal
from server.store.reader import Reader
from server.store.regulation_files import courses, phrases, rules
from server.store.transaction import Turn
from server.verbs.hub import By, Conflict, Hub, Unknown

LONGEST = 4000


def current(reader: Reader) -> dict[str, Rule]:
    """The rules as they are in force."""
    return in_force(rules(), _issued(reader))


def current_phrases(reader: Reader) -> dict[str, Rule]:
    """文明用语 and 服务忌语 as they are in force; nobody is asked to acknowledge them."""
    return in_force(phrases(), _issued(reader))


def _issued(reader: Reader) -> list[tuple[float, ev.RegulationIssued]]:
    found = []
    for row in reader.events_between("RegulationIssued", 0.0, float("inf")):
        event = row.happened()
        assert isinstance(event, ev.RegulationIssued)
        found.append((row.at, event))
    return found


def read(reader: Reader) -> list[tuple[str, str, int]]:
    """(staff, rule, version) of everything that was acknowledged."""
    return [
        (row.actor, str(row.field("rule")), int(str(row.field("version"))))
        for row in reader.events_between("RegulationRead", 0.0, float("inf"))
    ]


def _known(reader: Reader, rule: str) -> Rule:
    found = current(reader).get(rule)
    if found is None:
        raise Unknown(f"没有制度“{rule}”。", f"There is no rule '{rule}'.")
    return found


def _readable(key: str, zh: str, en: str) -> None:
    """Phrases have two parts a line, and as many lines in English, where there is any. Raises Refused."""
    told = [pairs(key, text) for text in (zh, en)]
    for name, found in zip((Text("中文", "Chinese"), Text("英文", "English")), told, strict=True):
        if isinstance(found, Unreadable):
            raise Refused(
                f"{name.zh}第{found.line}行“{found.text[:20]}”少了“{PARTS[key]}”：左右两边都要写。",
                f"{name.en}, line {found.line}: '{found.text[:20]}' lacks its '{PARTS[key]}'; write both its sides.",
            )
    counts = [len(found) for found in told]
    if en and counts[0] != counts[1]:
        raise Refused(
            f"中文{counts[0]}条、英文{counts[1]}条：请一条对一条，或把英文全部留空。",
            f"{counts[0]} phrases in Chinese, {counts[1]} in English: match them one by one, or leave English empty.",
        )


def issue(hub: Hub, by: By, rule: str, version: int, zh: str, en: str) -> None:
    """发布: the hall's own text, as the version after `version`; of a rule, everybody is asked to read it anew."""
    zh, en = zh.strip(), en.strip()
    if not zh or len(zh) > LONGEST or len(en) > LONGEST:
        raise Refused(f"请写1到{LONGEST}字的正文。", f"Write a text of 1 to {LONGEST} characters.")
    for text in (zh, en):
        impersonal(text)
    if rule in PARTS:
        _readable(rule, zh, en)

    def decide(turn: Turn) -> None:
        known = current_phrases(turn).get(rule) or _known(turn, rule)
        if (known.text.zh, known.text.en, known.version > 0) == (zh, en or zh, True):
            return
        if known.version != version:
            raise Conflict("刚才已有人发布新版：请刷新后再看。", "Somebody has just issued another: look at it anew.")
        turn.record(ev.RegulationIssued(rule=rule, version=version + 1, zh=zh, en=en), by.actor)

    hub.turn(decide)


def acknowledge(hub: Hub, by: By, rule: str, version: int) -> None:
    """已阅: whoever is logged in has read this version."""

    def decide(turn: Turn) -> None:
        if _known(turn, rule).version != version:
            raise Conflict("制度刚更新：请看新版。", "The rule has just changed: read the new text.")
        if (by.actor, rule, version) not in read(turn):
            turn.record(ev.RegulationRead(rule=rule, version=version), by.actor)

    hub.turn(decide)


def hold(
    hub: Hub, by: By, day: date, course: str, hours: int, staff: Sequence[str], *, tested: bool, passed: Sequence[str]
) -> None:
    """登记培训: a course was held, who was there, and who passed where there was a test."""
    if course not in courses():
        raise Unknown(f"没有培训“{course}”。", f"There is no course '{course}'.")
    people, through = tuple(dict.fromkeys(staff)), tuple(dict.fromkeys(passed))
    if not people or not 1 <= hours <= 99:
        raise Refused("请写课时，勾选参加的人。", "Give the hours and tick who was there.")
    if (through and not tested) or not set(through) <= set(people):
        raise Refused("考试合格的人要在参加的人里。", "Who passed must be among those who were there, with a test.")
    if day > date.fromisoformat(hub.day(hub.now())):
        raise Refused("培训办完再登记。", "Put it on record when it is over.")

    def decide(turn: Turn) -> None:
        for one in people:
            row = turn.staff(one)
            if row is None or row["role"] not in AT_COUNTERS:
                raise Refused(f"没有排班的工号“{one}”：请换人。", f"Nobody on the roster has number '{one}'.")
        event = ev.TrainingHeld(
            day=day.isoformat(), course=course, hours=hours, staff=people, tested=tested, passed=through
        )
        turn.record(event, by.actor)

    hub.act(by, decide, "training", day.isoformat(), course, hours, people, tested, through)


def held(reader: Reader) -> list[Held]:
    """Every course on record, the oldest first."""
    found = []
    for row in reader.events_between("TrainingHeld", 0.0, float("inf")):
        event = row.happened()
        assert isinstance(event, ev.TrainingHeld)
        day = date.fromisoformat(event.day)
        found.append(Held(day, event.course, event.hours, tuple(event.staff), event.tested, tuple(event.passed)))
    return found
