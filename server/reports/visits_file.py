"""Finished visits of another system, from its CSV file: what each row means, and what is wrong with it. Pure.

The form is `docs/import.md`: one row per visit, columns by name in any order, times local or with an offset, an empty
cell for what did not happen. Any problem anywhere, and nothing is imported: `parse` then gives no visits.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from config import Hall
from intake.quantities import Unclear, lost_zeros, moment
from intake.signs import identifier
from server.domain.visit import Visit
from server.domain.worktime import day_span, service_day
from server.reports.columns import Problems, rows

COLUMNS = ("arrived", "service", "class", "called", "started", "finished", "left", "counter", "staff")
NEEDED = ("arrived", "service")
ORDER = ("arrived", "called", "started", "finished")
LONGEST_S = 24 * 3600
"""No visit lasts longer: a larger span is a wrong date."""

Times = dict[str, float]
"""Those instants of a row that happened, epoch seconds."""


def read(data: bytes, hall: Hall, *, name: str) -> tuple[list[Visit], list[str]]:
    """As `parse`, from the bytes of a file, CSV or XLSX."""
    return parse(data, hall, name=name)


def parse(text: str | bytes, hall: Hall, *, name: str) -> tuple[list[Visit], list[str]]:
    """The visits of a file called `name`, or no visits and the problems as they are printed (50, and how many more)."""
    problems = Problems(name)
    found = (_visit(line, cells, hall, problems) for line, cells in rows(text, COLUMNS, NEEDED, problems))
    visits = [visit for visit in found if visit]
    if not visits and not problems.lines:
        problems.add(1, "file", "no visits; put one row per visit under the header")
    return ([] if problems.lines else visits), problems.listing()


def _visit(line: int, cells: list[str], hall: Hall, problems: Problems) -> Visit | None:
    row = dict(zip(COLUMNS, map(identifier, cells), strict=True))
    times, wrong = _times(row, hall)
    if not wrong:
        wrong = list(_contradictions(times))
    if not row["service"]:
        wrong.append(("service", "empty; give the code of the service"))
    for column, known in (("service", hall.services), ("counter", hall.counters)):
        if row[column] not in known and (meant := lost_zeros(row[column], known)):
            zh, en = (
                f"“{row[column]}”少了前面的零，应是“{meant}”：请把这一列设为文本。",
                f"'{row[column]}' lost its zeros",
            )
            wrong.append((column, f"{zh} {en}, '{meant}' is meant; format the column as text"))
    for column, what in wrong:
        problems.add(line, column, what)
    return None if wrong else _meant(row, times, hall)


def _times(row: dict[str, str], hall: Hall) -> tuple[Times, list[tuple[str, str]]]:
    times: Times = {}
    wrong: list[tuple[str, str]] = []
    for column in (*ORDER, "left"):
        if not row[column]:
            continue
        try:
            times[column] = moment(row[column], hall.zone).timestamp()
        except Unclear as unclear:
            wrong.append((column, str(unclear)))
    if not row["arrived"]:
        wrong.append(("arrived", "empty; every visit has a time of arrival"))
    return times, wrong


def _contradictions(times: Times) -> Iterator[tuple[str, str]]:
    happened = [column for column in ORDER if column in times]
    for before, after in pairwise(happened):
        if times[after] < times[before]:
            yield after, f"earlier than {before}; the order is {' ≤ '.join(ORDER)}"
    if "left" in times:
        if "started" in times or "finished" in times:
            yield "left", "stands beside started or finished; who was served has finished, who left has not"
        elif times["left"] < times.get("called", times["arrived"]):
            yield "left", f"earlier than {'called' if 'called' in times else 'arrived'}; correct one of the two"
    elif "started" in times and "finished" not in times:
        yield "finished", "empty although started; give the time of the end, or empty started"
    if max(times.values()) - min(times.values()) > LONGEST_S:
        yield "row", "more than 24 hours from its first to its last time; correct the date"


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
