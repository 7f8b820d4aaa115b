"""Finished visits of another system, from its file: what each row means, and what is wrong with it. Pure.

The form is `docs/import.md`: one row per visit, columns by name in any order, times local or with an offset, an empty
cell for what did not happen. Any problem anywhere, and nothing is imported: `parse` then gives no visits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import pairwise

from config import Hall, Text
from intake.quantities import Unclear, lost_zeros, moment
from intake.signs import identifier
from server.domain.rules import Refused
from server.domain.slip_facts import impersonal
from server.domain.visit import Visit
from server.domain.worktime import day_span, service_day
from server.reports.columns import Problems, rows

COLUMNS = ("arrived", "service", "class", "called", "started", "finished", "left", "counter", "staff")
NEEDED = ("arrived", "service")
ORDER = ("arrived", "called", "started", "finished")
LONGEST_S = 24 * 3600
"""No visit lasts longer: a larger span is a wrong date."""
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC).timestamp()
"""No queue has older records: 1900, 1904 and 1970 are what a spreadsheet or a database makes of an empty cell."""
STAFF = re.compile(r"[A-Za-z0-9._-]{1,20}")
"""A staff number; a name would stand in the journal for ever."""
LONGEST = 40
"""Characters of a code."""
FUTURE = Text(
    "在将来：请核对日期，或写出此文件的机器的时钟。",
    "lies in the future; correct the date, or the clock of whoever wrote it",
)
NOT_OVER = Text("这一天还没有结束：请结束后再导入。", "its day is not over; take it in when it is")
"""Whoever waits may still be served; and today's figures, quotas and screens are those of this hall alone."""

Times = dict[str, float]
"""Those instants of a row that happened, epoch seconds."""
Wrong = tuple[str, Text]
"""What is wrong with a row: its column, and what to do."""


@dataclass
class Found:
    """What a file holds: its visits, the line of each, how many rows tell of the future, what is wrong with it."""

    visits: list[Visit] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    future: int = 0
    problems: list[str] = field(default_factory=list)


def read(data: bytes, hall: Hall, *, name: str, now: float = float("inf")) -> tuple[list[Visit], list[str]]:
    """As `parse`, from the bytes of a file, CSV or XLSX."""
    return parse(data, hall, name=name, now=now)


def parse(text: str | bytes, hall: Hall, *, name: str, now: float = float("inf")) -> tuple[list[Visit], list[str]]:
    """The visits of a file called `name`, or no visits and the problems as they are printed (50, and how many more).

    `now`: epoch seconds; what is later is a mistake.
    """
    found = looked_through(text, hall, name=name, now=now)
    return ([] if found.problems else found.visits), found.problems


def looked_through(text: str | bytes, hall: Hall, *, name: str, now: float) -> Found:
    """All there is to say of a file at `now`, epoch seconds; its good visits also where others are wrong."""
    found, problems = Found(), Problems(name)
    for line, cells in rows(text, COLUMNS, NEEDED, problems):
        visit, wrong = visit_of(cells, hall, now)
        for column, what in wrong:
            problems.add(line, column, what.zh, what.en)
        found.future += any(what in (FUTURE, NOT_OVER) for _, what in wrong)
        if visit:
            found.visits.append(visit)
            found.lines.append(line)
    if not found.visits and not problems.lines:
        problems.add(1, "file", "没有来访：表头下面一行一次来访。", "no visits; put one row per visit under the header")
    found.problems = problems.listing()
    return found


def visit_of(cells: list[str], hall: Hall, now: float) -> tuple[Visit | None, list[Wrong]]:
    """What a row means, its cells in the order of `COLUMNS`, or what is wrong with it at `now`, epoch seconds."""
    row = dict(zip(COLUMNS, map(identifier, cells), strict=True))
    times, wrong = _times(row, hall)
    if not wrong:
        wrong = [*_impossible(times, now), *_contradictions(times)]
    wrong += _codes(row, hall)
    if wrong:
        return None, wrong
    visit = _meant(row, times, hall)
    if day_span(hall, date.fromisoformat(visit.day))[1] > now:
        return None, [("arrived", NOT_OVER)]
    return visit, []


def _impossible(times: Times, now: float) -> Iterator[Wrong]:
    for column, at in times.items():
        if at > now:
            yield column, FUTURE
            return
        if at < EARLIEST:
            yield (
                column,
                Text(
                    "早于1980年，多半是空格子变来的：请清空，或改正日期。",
                    "before 1980, which is an empty cell in disguise; empty it, or correct the date",
                ),
            )


def _codes(row: dict[str, str], hall: Hall) -> Iterator[Wrong]:
    if not row["service"]:
        yield "service", Text("空着：请写事项编码。", "empty; give the code of the service")
    for column, known in (("service", hall.services), ("counter", hall.counters)):
        if row[column] not in known and (meant := lost_zeros(row[column], known)):
            yield (
                column,
                Text(
                    f"“{row[column]}”少了前面的零，应是“{meant}”：请把这一列设为文本。",
                    f"'{row[column]}' lost its zeros, '{meant}' is meant; format the column as text",
                ),
            )
    if row["staff"] and not STAFF.fullmatch(row["staff"]):
        yield (
            "staff",
            Text(
                "不是工号（字母、数字）：姓名会永远留在记录里，请改写工号。",
                "no staff number, letters and digits; a name would be kept for ever, put the number in its place",
            ),
        )
    for column in ("service", "class", "counter", "staff"):
        if len(row[column]) > LONGEST:
            yield column, Text(f"超过{LONGEST}个字：请写编码。", f"more than {LONGEST} characters; give a code")
        try:
            impersonal(row[column])
        except Refused:
            yield (
                column,
                Text(
                    "是身份证号或手机号：个人信息不保存，请写编码。",
                    "an identity or mobile number; personal data is not kept, give a code",
                ),
            )


def _times(row: dict[str, str], hall: Hall) -> tuple[Times, list[Wrong]]:
    times: Times = {}
    wrong: list[Wrong] = []
    for column in (*ORDER, "left"):
        if not row[column]:
            continue
        try:
            times[column] = moment(row[column], hall.zone).timestamp()
        except Unclear as unclear:
            wrong.append((column, Text(unclear.zh, unclear.en)))
    if not row["arrived"]:
        wrong.append(("arrived", Text("空着：每次来访都要有取号时间。", "empty; every visit has a time of arrival")))
    return times, wrong


def _contradictions(times: Times) -> Iterator[Wrong]:
    happened = [column for column in ORDER if column in times]
    order = " ≤ ".join(ORDER)
    for before, after in pairwise(happened):
        if times[after] < times[before]:
            yield after, Text(f"早于 {before}：应为 {order}。", f"earlier than {before}; the order is {order}")
    if "left" in times:
        before = "called" if "called" in times else "arrived"
        if "started" in times or "finished" in times:
            yield (
                "left",
                Text(
                    "与“started”或“finished”同时有：办过的写“finished”，没办就走的才写“left”。",
                    "stands beside started or finished; who was served has finished, who left has not",
                ),
            )
        elif times["left"] < times[before]:
            yield "left", Text(f"早于 {before}：请改正其中一个。", f"earlier than {before}; correct one of the two")
    elif "started" in times and "finished" not in times:
        yield (
            "finished",
            Text(
                "有“started”却空着：请补上结束时间，或清空“started”。",
                "empty although started; give the time of the end, or empty started",
            ),
        )
    if max(times.values()) - min(times.values()) > LONGEST_S:
        yield (
            "row",
            Text(
                "从最早到最晚超过24小时：请改正日期。",
                "more than 24 hours from its first to its last time; correct the date",
            ),
        )


def _meant(row: dict[str, str], times: Times, hall: Hall) -> Visit:
    """finished -> finished; called, not served -> passed; left before a call -> left; only arrived -> expired."""
    arrived, called = times["arrived"], times.get("called")
    day = service_day(hall, arrived)
    if "finished" in times:
        state, ended = "finished", times["finished"]
    elif called is not None:
        state, ended = "passed", times.get("left", called)
    elif "left" in times:
        state, ended = "left", times["left"]
    else:
        state, ended = "expired", day_span(hall, day)[1]
    return Visit(
        day=day.isoformat(),
        service=row["service"],
        klass=row["class"] or "ordinary",
        channel="import",
        counter=row["counter"] or None,
        staff=row["staff"] or None,
        state=state,
        arrived=arrived,
        called=called,
        last_called=called,
        started=times.get("started"),
        ended=ended,
        calls=0 if called is None else 1,
        outcome=None,
    )
