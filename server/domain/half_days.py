"""考勤 by half days: a verdict for each person and half day, with its reason; the month's sheet, its sums, its hash.

Pure; all times epoch seconds. Half days are 上午 `am` and 下午 `pm`, parted at MIDDAY. What is due comes from one
calendar and one word of the roster for each person and half day, what was kept from raw signs (punches, logins and
logouts); so the sheet can be worked out anew until it is signed (docs/attendance.md).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from config import Text
from server.domain.attendance import Span, length, union, within

HALVES = ("am", "pm")
HALF_NAMES = {"am": Text("上午", "morning"), "pm": Text("下午", "afternoon")}
MIDDAY = 13
"""Local hour at which a day falls into two: in the noon break of every hall that has one."""

VERDICTS = {
    "present": (Text("出勤", "Present"), "√"),
    "late": (Text("迟到", "Late"), "迟"),
    "early": (Text("早退", "Left early"), "退"),
    "absent": (Text("缺岗", "No sign"), "缺"),
    "official": (Text("公假", "Official leave"), "公"),
    "personal": (Text("事假", "Personal leave"), "事"),
    "sick": (Text("病假", "Sick leave"), "病"),
    "annual": (Text("休假", "Annual leave"), "休"),
    "out": (Text("外出", "Out on duty"), "外"),
    "lieu": (Text("调休", "Time off in lieu"), "调"),
    "truant": (Text("旷工", "Truant"), "旷"),
    "none": (Text("不排班", "Not on duty"), "–"),
    "pending": (Text("未到时间", "Not yet"), ""),
}
"""Verdict -> its name and its mark on the sheet. Truant is never worked out: it is a manager's finding alone."""
LEAVE = ("official", "personal", "sick", "annual", "lieu")
KEPT = ("present", "late", "early", "out")
"""Verdicts of a half day to which somebody came: 出勤率 is their share of all that were due and are judged."""


class Half(NamedTuple):
    """One half of a local date."""

    day: date
    half: str

    def __str__(self) -> str:
        return f"{self.day.isoformat()}{self.half}"

    @property
    def text(self) -> Text:
        name = HALF_NAMES[self.half]
        return Text(f"{self.day.isoformat()}{name.zh}", f"{self.day.isoformat()} {name.en}")


def half_of(text: str) -> Half | None:
    """The half day of 2026-11-23am; None for anything else, and for what no hall can have known."""
    try:
        day = date.fromisoformat(text[:-2])
    except ValueError:
        return None
    return Half(day, text[-2:]) if text[-2:] in HALVES and 2000 <= day.year < 2200 else None


def halves_between(first: Half, last: Half) -> list[Half]:
    """Every half day from one to another, both of them in; empty where `last` is before."""
    days = (first.day + timedelta(days=n) for n in range((last.day - first.day).days + 1))
    every = [Half(day, half) for day in days for half in HALVES]
    return [one for one in every if first <= one <= last]


def span_of(one: Half, zone: ZoneInfo) -> Span:
    """[start, end) of a half day: midnight to MIDDAY, MIDDAY to midnight."""
    day = one.day
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    noon = midnight.replace(hour=MIDDAY)
    after = day + timedelta(days=1)
    end = datetime(after.year, after.month, after.day, tzinfo=zone)
    pair = (midnight, noon) if one.half == "am" else (noon, end)
    return pair[0].timestamp(), pair[1].timestamp()


# --- what is due ------------------------------------------------------------------------------------------------------


def due(one: Half, word: str, office: Iterable[Span], every: Iterable[Span], zone: ZoneInfo) -> tuple[Span, ...]:
    """When a person is due in a half day: by the roster's `word` of it ("work": all opening hours, `every`; "rest":
    never), else in the `office` hours.
    """
    if word == "rest":
        return ()
    return tuple(within(every if word == "work" else office, *span_of(one, zone)))


def pattern(first: date, last: date, cycle: Sequence[str], begins: int = 0) -> dict[str, str]:
    """A roster of days by a cycle of whole-day words: `work`, `rest`, `am` (the morning alone), `pm`, or "" (as the
    calendar says); the first day has word `begins`. Half day -> word.
    """
    said: dict[str, str] = {}
    for n in range((last - first).days + 1):
        word, day = cycle[(begins + n) % len(cycle)], first + timedelta(days=n)
        for half in HALVES:
            said[str(Half(day, half))] = word if word not in HALVES else "work" if word == half else "rest"
    return said


# --- what was kept ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Away:
    """An approved absence of some hours: an outing (`kind` out) or a short leave; `number` is its record's."""

    kind: str
    start: float
    end: float
    number: str


@dataclass(frozen=True)
class Cell:
    """All that is known of a person's half day."""

    half: Half
    due: tuple[Span, ...]
    signs: tuple[float, ...] = ()
    """Punches, logins and logouts in it, in order; a login that goes on is a sign at `now`."""
    leave: tuple[str, str] | None = None
    """(kind, number) of an approved leave over the whole half day."""
    away: tuple[Away, ...] = ()
    found: str = ""
    """A manager's finding: `truant`."""
    rested: str = ""
    """Why nothing is due, where nothing is: `rest` by the roster, `closed` by the calendar, `before` the account."""


class Verdict(NamedTuple):
    """One word about a half day, and why. `late`, `early`: whole minutes."""

    kind: str
    reason: Text
    late: int = 0
    early: int = 0

    @property
    def mark(self) -> str:
        return VERDICTS[self.kind][1]


NOTHING_DUE = {
    "rest": Text("按排班休息", "Off by the roster"),
    "closed": Text("大厅不开放", "The hall is closed"),
    "before": Text("还没有这个账号", "Before the account was made"),
}


def verdict(cell: Cell, now: float, late_s: float, clock: ZoneInfo) -> Verdict:
    """The one verdict about a half day as it is known at `now`; a login within `late_s` of the start is in time."""
    if not cell.due:
        return Verdict("none", NOTHING_DUE[cell.rested or "closed"])
    if cell.found:
        return Verdict(cell.found, Text("由管理人员认定", "Found by a manager"))
    if cell.leave:
        kind, number = cell.leave
        return Verdict(kind, Text(f"{number}已批准", f"{number} is approved"))
    start, end, excuse = _excused(cell)
    if start >= end:
        assert excuse
        return Verdict(excuse.kind, Text(f"{excuse.number}已批准", f"{excuse.number} is approved"))
    if not cell.signs:
        if now < start + late_s:
            return Verdict("pending", Text("还没有到上班时间", "Duty has not begun"))
        return Verdict("absent", Text("没有打卡，也没有登录窗口", "No punch, and no login at a counter"))
    first, last = cell.signs[0], cell.signs[-1]
    late = int((first - start) // 60) if first > start + late_s else 0
    early = max(0, int((end - last) // 60)) if now >= end else 0
    alone = Text("，只有一次打卡", "; there is one punch only") if first == last else Text("", "")
    came, left = (f"{datetime.fromtimestamp(at, clock):%H:%M}" for at in (first, last))
    if late:
        also = Text(f"，早退{early}分钟", f", left {early} min early") if early else Text("", "")
        zh = f"{came}到，迟到{late}分钟{also.zh}{alone.zh}"
        return Verdict("late", Text(zh, f"Came at {came}, {late} min late{also.en}{alone.en}"), late, early)
    if early:
        zh = f"{left}离开，早退{early}分钟{alone.zh}"
        return Verdict("early", Text(zh, f"Left at {left}, {early} min early{alone.en}"), 0, early)
    return Verdict("present", Text(f"{came}到，{left}离开", f"Came at {came}, left at {left}"))


def _excused(cell: Cell) -> tuple[float, float, Away | None]:
    """When the person has to be there at the latest and until when, by the hours away at either edge of duty; and
    what excuses the whole of it, or the last that excused some.
    """
    start, end, excuse = cell.due[0][0], cell.due[-1][1], None
    for one in sorted(cell.away, key=lambda away: (away.start, away.end)):
        if one.start <= start < one.end:
            start, excuse = one.end, one
    for one in sorted(cell.away, key=lambda away: (-away.end, -away.start)):
        if one.start < end <= one.end:
            end, excuse = one.start, excuse or one
    return start, end, excuse


def signs(one: Half, zone: ZoneInfo, punches: Iterable[float], sittings: Iterable[Span]) -> tuple[float, ...]:
    """The signs of a person in a half day, in order. A sitting over midday is there until it in the morning and from it
    on in the afternoon.
    """
    start, end = span_of(one, zone)
    found = {at for at in punches if start <= at < end}
    for span in within(sittings, start, end):
        found.update(span)
    return tuple(sorted(found))


def punched(
    rows: Iterable[tuple[float, str]], corrections: Iterable[tuple[str, float, bool]]
) -> dict[str, list[float]]:
    """Staff -> the instants of their punches: the raw ones (at, staff), and what corrections (staff, moment, struck)
    added and struck, the last word first obeyed. A raw punch is struck with its minute.
    """
    raw: dict[str, set[float]] = {}
    for at, staff in rows:
        raw.setdefault(staff, set()).add(at)
    for staff, moment, struck in corrections:
        mine = raw.setdefault(staff, set())
        same = {at for at in mine if at // 60 == moment // 60}
        mine -= same
        if not struck:
            mine.add(moment)
    return {staff: sorted(found) for staff, found in raw.items() if found}


# --- the month --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A person's month: `verdicts` in the order of the month's half days."""

    staff: str
    halves: tuple[Half, ...]
    verdicts: tuple[Verdict, ...]
    extended_s: float = 0.0
    """延时服务: seconds logged in during extended hours."""
    overtime_s: float = 0.0
    """Confirmed overtime, seconds of its records."""

    @property
    def marks(self) -> list[str]:
        return [one.kind for one in self.verdicts]

    @property
    def sums(self) -> dict[str, int]:
        """Half days by verdict, half days that were due and are judged, minutes late and early, of extended service and
        of overtime.
        """
        counted = Counter(self.marks)
        return {
            "due": sum(n for kind, n in counted.items() if kind not in ("none", "pending")),
            "kept": sum(counted[kind] for kind in KEPT),
            **{kind: counted[kind] for kind in VERDICTS if kind not in ("none", "pending")},
            "late_min": sum(one.late for one in self.verdicts),
            "early_min": sum(one.early for one in self.verdicts),
            "extended_min": int(self.extended_s // 60),
            "overtime_min": int(self.overtime_s // 60),
        }


def share(sums: Mapping[str, int]) -> float | None:
    """出勤率: half days kept of those due, 0 to 1; None where none was."""
    return sums["kept"] / sums["due"] if sums["due"] else None


def month_halves(year: int, month: int) -> tuple[Half, ...]:
    """Every half day of a month."""
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return tuple(halves_between(Half(first, "am"), Half(last, "pm")))


def sealed(cells: object) -> str:
    """sha256, hex, of a sheet's cells as canonical JSON: what is signed, and can be worked out by anybody again."""
    told = json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def differences(
    halves: Sequence[Half], signed: Mapping[str, Sequence[str]], lines: Iterable[Line]
) -> dict[str, dict[str, str]]:
    """What a supplement has to say: staff -> half day -> the mark now, wherever it is not what was signed."""
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        before = signed.get(line.staff) or ["none"] * len(halves)
        changed = {str(one): now for one, was, now in zip(halves, before, line.marks, strict=True) if was != now}
        if changed:
            found[line.staff] = changed
    return found


def with_supplement(
    halves: Sequence[Half], signed: Mapping[str, Sequence[str]], changed: Mapping[str, Mapping[str, str]]
) -> dict[str, list[str]]:
    """What stands signed once a supplement is."""
    names = [str(one) for one in halves]
    then = {staff: list(marks) for staff, marks in signed.items()}
    for staff, cells in changed.items():
        marks = then.setdefault(staff, ["none"] * len(names))
        for half, mark in cells.items():
            marks[names.index(half)] = mark
    return then


def inside(spans: Iterable[Span], sittings: Iterable[Span]) -> float:
    """Seconds of the sittings that lie in some spans."""
    return sum(length(within(sittings, *span)) for span in union(spans))


# --- leave ------------------------------------------------------------------------------------------------------------


LADDER = ("head", "centre", "leader", "main")
"""Who may approve a leave, the shortest first (docs/attendance.md: a custom that was seen, not a rule of law)."""
SHORT_MIN = 120


@dataclass(frozen=True)
class Leave:
    """A leave as it stands: half days from `first` to `last`, or, with hours, of a few hours in one half day."""

    number: str
    staff: str
    kind: str
    first: Half
    last: Half
    hours: tuple[int, int] | None = None
    """Local minutes of its day, where it is a short one."""
    b: str = ""
    state: str = "approved"

    @property
    def halves(self) -> list[Half]:
        return halves_between(self.first, self.last)

    def overlaps(self, other: Leave) -> bool:
        if self.last < other.first or other.last < self.first:
            return False
        if self.hours and other.hours:
            return self.hours[0] < other.hours[1] and other.hours[0] < self.hours[1]
        return True


def rung(halves: int, minutes: int | None) -> str:
    """Who has to approve at least: by working half days, or by the minutes of a short leave."""
    if minutes is not None and minutes <= SHORT_MIN:
        return "head"
    return "centre" if halves <= 1 else "leader" if halves <= 2 else "main"


@dataclass(frozen=True)
class Entry:
    """A line of the leave ledger, half days."""

    at: float
    staff: str
    kind: str
    halves: int
    reason: str
    source: str
    by: str


LEDGERED = ("annual", "lieu")
"""Kinds of leave that are taken from a balance."""


def balances(entries: Iterable[Entry]) -> dict[tuple[str, str], int]:
    """(staff, kind) -> half days left: the sum of the entries, and nothing else."""
    found: Counter[tuple[str, str]] = Counter()
    for one in entries:
        found[one.staff, one.kind] += one.halves
    return dict(found)


# --- least manning ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Short:
    """A time in which fewer counters were manned than the hall wants: of `wanted`, `there`."""

    start: float
    end: float
    wanted: int
    there: int


@dataclass
class Manning:
    """Counters manned at each moment of a day against the least that is wanted."""

    spans: list[Span] = field(default_factory=list)
    """One for each counter and sitting."""

    def at(self, moment: float) -> int:
        return sum(start <= moment < end for start, end in self.spans)

    def short(self, wanted: Iterable[tuple[Span, int]]) -> list[Short]:
        """Where fewer were there than `wanted` ((span, counters)), in order, adjoining times of one number as one."""
        found: list[Short] = []
        for (start, end), many in wanted:
            cuts = sorted({start, end, *(cut for span in self.spans for cut in span if start < cut < end)})
            for a, b in pairwise(cuts):
                there = self.at(a)
                if there >= many:
                    continue
                if found and (found[-1].end, found[-1].wanted, found[-1].there) == (a, many, there):
                    found[-1] = Short(found[-1].start, b, many, there)
                else:
                    found.append(Short(a, b, many, there))
        return found
