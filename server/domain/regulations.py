"""制度与培训: which version of each rule is in force and who has read it; which course is due again for whom. Pure.

What counts as read is the version in force alone, so a new text asks everybody anew (docs/training.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from config import Text
from server.domain import events as ev


@dataclass(frozen=True)
class Rule:
    """A rule as it is in force; version 0 is the program's sample, which the hall has not issued."""

    key: str
    name: Text
    text: Text
    version: int = 0
    since: float = 0.0


def in_force(samples: Mapping[str, Rule], issued: Iterable[tuple[float, ev.RegulationIssued]]) -> dict[str, Rule]:
    """Every rule with its newest text, from what was issued in order."""
    found = dict(samples)
    for at, event in issued:
        if event.rule in found:
            name = found[event.rule].name
            found[event.rule] = Rule(event.rule, name, Text(event.zh, event.en or event.zh), event.version, at)
    return found


class Phrase(NamedTuple):
    """What is said, when; or what is not said, and what instead."""

    words: Text
    when: Text | None = None
    instead: Text | None = None


SAY, NOT = "say", "not"
"""文明用语 and 服务忌语 as texts of the hall beside its rules, one phrase a line."""
PARTS = {SAY: "：", NOT: "→"}
"""What stands between a moment and its words, and between what is not said and what is instead."""


class Unreadable(NamedTuple):
    """A line of a text of phrases that has not its two parts."""

    line: int
    text: str


def pairs(key: str, text: str) -> list[tuple[str, str]] | Unreadable:
    """The lines of a text of phrases, each in its two parts; empty lines say nothing."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        told = line.replace(":", "：", 1) if key == SAY and "：" not in line else line.replace("->", "→", 1)
        first, mark, rest = (part.strip() for part in told.partition(PARTS[key]))
        if not line.strip():
            continue
        if not (first and mark and rest):
            return Unreadable(number, line.strip())
        found.append((first, rest))
    return found


def phrases_of(key: str, text: Text) -> list[Phrase]:
    """The phrases of a text that was issued; where the English has not as many lines, the Chinese stands for it."""
    zh, en = pairs(key, text.zh), pairs(key, text.en)
    if isinstance(zh, Unreadable):
        return []
    if isinstance(en, Unreadable) or len(en) != len(zh):
        en = zh
    both = [(Text(a, x), Text(b, y)) for (a, b), (x, y) in zip(zh, en, strict=True)]
    return [Phrase(b, when=a) if key == SAY else Phrase(a, instead=b) for a, b in both]


def read_by(rules: Mapping[str, Rule], told: Iterable[tuple[str, str, int]]) -> set[tuple[str, str]]:
    """(staff, rule) of everybody who has read what is in force; `told`: (staff, rule, version)."""
    return {(staff, key) for staff, key, version in told if key in rules and rules[key].version == version}


class Share(NamedTuple):
    """A ratio with what it is of."""

    numerator: int
    denominator: int

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None


def acknowledged(rules: Mapping[str, Rule], staff: Iterable[str], read: set[tuple[str, str]]) -> Share:
    """Acknowledged %: of every person and rule, those read in the version in force."""
    pairs = [(one, key) for one in staff for key in rules]
    return Share(sum(pair in read for pair in pairs), len(pairs))


@dataclass(frozen=True)
class Course:
    """A kind of course, due again so many months after the last."""

    key: str
    name: Text
    months: int


@dataclass(frozen=True)
class Held:
    """A course that was held; `passed` of those who were there, where there was a test."""

    day: date
    course: str
    hours: int
    staff: tuple[str, ...]
    tested: bool
    passed: tuple[str, ...]

    def counts_for(self, staff: str) -> bool:
        """Whether the person has had it: was there, and passed where there was a test."""
        return staff in self.staff and (not self.tested or staff in self.passed)


def months_after(day: date, months: int) -> date:
    """The same day of a later month; its last day where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    after = date(year + month // 12, month % 12 + 1, 1)
    last = (after - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


class Standing(NamedTuple):
    """A person and a course: the last that counts, and the day by which the next is due; never had: due at once."""

    last: date | None
    due: date | None

    def on_schedule(self, today: date) -> bool:
        return self.due is not None and today <= self.due


def standing(course: Course, staff: str, held: Iterable[Held]) -> Standing:
    last = max((one.day for one in held if one.course == course.key and one.counts_for(staff)), default=None)
    return Standing(last, months_after(last, course.months) if last else None)


def on_schedule(courses: Iterable[Course], staff: Iterable[str], held: Iterable[Held], today: date) -> Share:
    """On-schedule %: of every person and course, those that are not due."""
    told, kinds = list(held), list(courses)
    pairs = [standing(course, one, told) for one in staff for course in kinds]
    return Share(sum(one.on_schedule(today) for one in pairs), len(pairs))
