"""The one clock of everything that has a deadline: days used, days left, the due date, its colour. Pure.

The day of the starting move is day zero. A day counts if it is a working day and the clock was running at its end; the
due date is the day on which the count reaches the term, and late means today is after it, never a time of day. So a
pause that begins and ends on one day stops nothing, and there are no hours and no lunch breaks here.

Nothing of this is stored: it follows from the moves of a record, the calendar and today. While a clock is stopped it
has no due date, only days left; a date that needs a year of which the calendar knows nothing is provisional (暂定).
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import Literal, NamedTuple

from config import Hall, Text
from server.domain.worktime import is_working_day

Unit = Literal["working", "calendar"]
Colour = Literal["green", "amber", "red", "black"]
"""green; amber: near the limit (黄牌); red: past it (红牌); black: past the statutory term too."""

COLOURS: dict[str, Text] = {
    "green": Text("期限内", "In time"),
    "amber": Text("黄牌：临近期限", "Amber: due soon"),
    "red": Text("红牌：已超期", "Red: overdue"),
    "black": Text("红牌：已超法定期限", "Red: past the statutory term"),
}


class WorkingDays:
    """Which days are working days, by arithmetic: any number of them between two dates, or the n-th after one.

    `years` are those of which the calendar knows something; Monday to Friday stand in for the others. `version` tells
    two calendars apart.
    """

    def __init__(self, odd: Iterable[tuple[date, bool]] = (), years: Collection[int] = ()) -> None:
        """`odd`: days that the calendar makes working days (True) or days off (False)."""
        changed = sorted((day, works) for day, works in odd if works != (day.isoweekday() <= 5))
        self.years = frozenset(years)
        self._odd = [day.toordinal() for day, _ in changed]
        self._sums = [0, *accumulate(1 if works else -1 for _, works in changed)]
        self._known = [*_whole(self.years)]
        self._found: dict[tuple[int, int], int] = {}
        """What was searched for once: thousands of records ask for the same few hundred."""
        said = f"{sorted(self.years)} {[(day.isoformat(), works) for day, works in changed]}"
        self.version = hashlib.sha256(said.encode()).hexdigest()[:12]

    @classmethod
    def of(cls, hall: Hall) -> WorkingDays:
        """A hall's calendar, by the rule of `worktime.is_working_day`."""
        return cls(((day, is_working_day(hall, day)) for day in hall.days), {day.year for day in hall.days})

    def until(self, ordinal: int) -> int:
        """Working days up to a day and with it. Ordinal 1, of year 1, was a Monday."""
        weeks, rest = divmod(ordinal, 7)
        return 5 * weeks + min(rest, 5) + self._sums[bisect_right(self._odd, ordinal)]

    def between(self, after: int, last: int) -> int:
        """Working days after one day, to another with it; 0 where that is not later."""
        return max(0, self.until(last) - self.until(after))

    def after(self, ordinal: int, count: int) -> int:
        """The `count`-th working day after a day; the day itself for none."""
        if count <= 0:
            return ordinal
        if (found := self._found.get((ordinal, count))) is None:
            found = self._found[ordinal, count] = self._searched(ordinal, count)
        return found

    def _searched(self, ordinal: int, count: int) -> int:
        wanted, reach = self.until(ordinal) + count, 2 * count + 14
        while self.until(ordinal + reach) < wanted:
            reach *= 2
        days = range(ordinal, ordinal + reach + 1)
        return days[bisect_left(days, wanted, key=self.until)]

    def unknown(self, after: int, last: int) -> bool:
        """Whether a day after one, to another with it, lies in a year of which the calendar knows nothing."""
        return last > after and not any(first <= after + 1 and last <= end for first, end in self._known)


def _whole(years: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(first day, last day) of each stretch of years without a gap, as ordinals."""
    first = before = None
    for year in sorted(years):
        if before is None or year != before + 1:
            if first is not None and before is not None:
                yield date(first, 1, 1).toordinal(), date(before, 12, 31).toordinal()
            first = year
        before = year
    if first is not None and before is not None:
        yield date(first, 1, 1).toordinal(), date(before, 12, 31).toordinal()


class EveryDay(WorkingDays):
    """Calendar days: each counts, and no year is unknown."""

    def until(self, ordinal: int) -> int:
        return ordinal

    def after(self, ordinal: int, count: int) -> int:
        return ordinal + max(0, count)

    def unknown(self, after: int, last: int) -> bool:
        return False


EVERY_DAY = EveryDay()


class Change(NamedTuple):
    """From a day on the clock runs, or not; of several changes on one day the last one stands at its end."""

    day: date
    runs: bool


@dataclass(frozen=True)
class Run:
    """One run of a clock: since when, what stopped it and set it going again, and when it was over.

    `term`: days, None where nobody set one; `extra`: days it was extended by.
    """

    start: date
    term: int | None
    changes: Sequence[Change] = ()
    ended: date | None = None
    extra: int = 0
    unit: Unit = "working"
    amber: int | None = None
    """Days left from which on it is amber; None: a fifth of the term, one at least."""


@dataclass(frozen=True)
class Reading:
    """What a clock shows. Days are of the clock's unit; `first_due` is the due date before it was extended."""

    running: bool
    ended: bool
    used: int
    left: int | None
    due: date | None
    colour: Colour
    provisional: bool
    first_due: date | None = None
    counted: tuple[date, ...] = field(default=(), compare=False)
    """The days that were counted, where they were asked for."""

    @property
    def late(self) -> bool:
        return self.colour in ("red", "black")


def read(run: Run, calendar: WorkingDays, today: date, statutory: Reading | None = None) -> Reading:
    """What the clock shows on a day. `statutory` is the reading of the term of the law beside it: past both is black.

    A clock that is over shows what it showed on its last day; that day counts if it ran until then.
    """
    days = EVERY_DAY if run.unit == "calendar" else calendar
    last = min(run.ended, today) if run.ended else today
    spans = _spans(run, last)
    used = sum(days.between(after, end) for after, end in spans)
    running = bool(spans) and spans[-1][1] == last.toordinal() and _runs_now(run)
    term = None if run.term is None else run.term + run.extra
    due = _due(spans, days, term, running)
    first = _due(spans, days, run.term, running) if run.extra and run.term is not None else None
    told = due.toordinal() if due else last.toordinal()
    return Reading(
        running=running and run.ended is None,
        ended=run.ended is not None,
        used=used,
        left=None if term is None else term - used,
        due=due,
        colour=_colour(run, last, due, None if term is None else term - used, statutory),
        provisional=days.unknown(run.start.toordinal(), told),
        first_due=first,
    )


def due_date(run: Run, calendar: WorkingDays, today: date) -> date | None:
    """`read(…).due`, and nothing besides: all that a list needs of thousands of records."""
    spans = _spans(run, min(run.ended, today) if run.ended else today)
    term = None if run.term is None else run.term + run.extra
    last = (min(run.ended, today) if run.ended else today).toordinal()
    running = bool(spans) and spans[-1][1] == last and _runs_now(run)
    return _due(spans, EVERY_DAY if run.unit == "calendar" else calendar, term, running)


def _spans(run: Run, last: date) -> list[tuple[int, int]]:
    """(day before the first, last day) of each span of days at whose end the clock ran, as ordinals, up to `last`."""
    changes = {run.start: True}
    for change in run.changes:
        if change.day <= last:
            changes[change.day] = change.runs
    spans, since = [], None
    for day, runs in sorted(changes.items()):
        ordinal = day.toordinal()
        if runs and since is None:
            since = ordinal - (1 if day > run.start else 0)
        elif not runs and since is not None:
            if ordinal - 1 > since:
                spans.append((since, ordinal - 1))
            since = None
    return spans if since is None else [*spans, (since, last.toordinal())]


def _runs_now(run: Run) -> bool:
    return run.changes[-1].runs if run.changes else True


def _due(spans: list[tuple[int, int]], days: WorkingDays, term: int | None, running: bool) -> date | None:
    """The day on which the count reaches the term: within what was counted, or ahead while the clock runs."""
    if term is None:
        return None
    left = term
    for number, (after, end) in enumerate(spans):
        here = days.between(after, end)
        if here >= left or (running and number == len(spans) - 1):
            return date.fromordinal(days.after(after, left))
        left -= here
    return None


def _colour(run: Run, day: date, due: date | None, left: int | None, statutory: Reading | None) -> Colour:
    if due is not None and day > due:
        return "black" if statutory and statutory.late else "red"
    near = max(1, -(-(run.term or 0) // 5)) if run.amber is None else run.amber
    return "amber" if left is not None and left <= near else "green"


def counted(run: Run, calendar: WorkingDays, today: date, most: int = 400) -> list[date]:
    """The days that make the due date, in order: the working that is shown (9月24日、28日、29日、…); of a run that is
    over those that it used.
    """
    days = EVERY_DAY if run.unit == "calendar" else calendar
    reading = read(run, calendar, today)
    spans = _spans(run, today if run.ended is None else min(run.ended, today))
    if reading.due is not None and spans and run.ended is None:
        spans = [*spans[:-1], (spans[-1][0], max(spans[-1][1], reading.due.toordinal()))]
    limit = most if run.term is None else min(most, run.term + run.extra)
    return [
        date.fromordinal(day) for after, end in spans for day in range(after + 1, end + 1) if days.between(day - 1, day)
    ][:limit]


def working(days: Sequence[date]) -> Text:
    """The counted days as a sentence's part: 9月24日、28日、10月8日; 24, 28 Sep, 8 Oct."""
    zh, en, month = [], [], 0
    for day in days:
        zh.append(f"{day.month}月{day.day}日" if day.month != month else f"{day.day}日")
        month = day.month
    for at, day in enumerate(days):
        last = at + 1 == len(days) or days[at + 1].month != day.month
        en.append(f"{day.day} {day:%b}" if last else str(day.day))
    return Text("、".join(zh), ", ".join(en))


def said(reading: Reading, unit: Unit = "working") -> Text:
    """A reading in words: what is left and until when; stopped, it names no date."""
    day, days = ("个工作日", "working days") if unit == "working" else ("天", "days")
    one = days[:-1] if reading.left is not None and abs(reading.left) == 1 else days
    if reading.left is None:
        return Text("未设期限", "No term is set")
    if reading.ended:
        late = reading.late
        return Text(
            f"用时{reading.used}{day}，{'超期' if late else '按期'}",
            f"{reading.used} {days if reading.used != 1 else days[:-1]} used, {'late' if late else 'on time'}",
        )
    if reading.due is None:
        return Text(f"暂停中，还剩{reading.left}{day}", f"Stopped, {reading.left} {one} left")
    maybe = Text("（暂定）", " (provisional)") if reading.provisional else Text("", "")
    if reading.late:
        past = Text(f"已超期，应于{reading.due}前办结", f"Overdue, was due on {reading.due}")
        return Text(past.zh + maybe.zh, past.en + maybe.en)
    if reading.left <= 0:
        return Text(f"今天到期{maybe.zh}", f"Due today{maybe.en}")
    return Text(
        f"{reading.due}到期{maybe.zh}，还剩{reading.left}{day}",
        f"Due {reading.due}{maybe.en}, {reading.left} {one} left",
    )


_TERM = re.compile(r"(\d{1,3})\s*(?:个)?(工作日|自然日|日|天)")
AT_ONCE = ("即办", "当场", "即时办结")


def term_of(text: str) -> tuple[int, Unit] | None:
    """A catalogue's 承诺时限 or 法定时限: 7工作日 is (7, working), 即办 (0, working); None where none is said."""
    plain = text.strip()
    if plain in AT_ONCE:
        return 0, "working"
    found = _TERM.fullmatch(plain)
    if not found:
        return None
    return int(found[1]), "working" if found[2] == "工作日" else "calendar"
