"""Holidays and make-up days as a file brings them: the hall's own form, a spreadsheet, or holiday-cn's JSON. Pure.

holiday-cn: https://github.com/NateScarlet/holiday-cn, `{"year", "papers", "days": [{"name", "date", "isOffDay"}]}`; the
year is that of the document, so that December days may be another year's, and weekends that merely join are not listed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from config.loading import ConfigError, in_row
from config.phrasing import message, placed
from config.tables import CalendarDay
from config.text import Text
from intake.encoding import Unreadable, decoded
from intake.table_file import read

COLUMNS = ("date", "kind", "name", "source_doc")


class _Off(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str = ""
    date: str
    isOffDay: bool


class _Year(BaseModel):
    model_config = ConfigDict(extra="ignore")
    papers: list[str] = []
    days: list[_Off]


def days_of(data: bytes, name: str) -> list[CalendarDay]:
    """The days of a file. Raises ConfigError with every mistake."""
    told = _json(data, name) if data.lstrip()[:1] == b"{" else _table(data, name)
    if not told:
        raise ConfigError([placed(name, Text("一天也没有：请核对文件。", "there is no day in it; check the file"))])
    return told


def _json(data: bytes, name: str) -> list[CalendarDay]:
    try:
        year = _Year.model_validate(json.loads(decoded(data)))
        source = "；".join(year.papers) or name
        return [
            CalendarDay.model_validate(
                {"date": one.date, "kind": "法定节假日" if one.isOffDay else "调休上班", "name": one.name}
                | {"source_doc": source}
            )
            for one in year.days
        ]
    except (Unreadable, ValueError) as error:
        if isinstance(error, ValidationError):
            raise ConfigError([placed(name, message(one, lambda path: None)) for one in error.errors()]) from None
        what = Text("读不成JSON：请重新下载文件。", "can't be read as JSON; fetch the file again")
        raise ConfigError([placed(name, what)]) from None


def _table(data: bytes, name: str) -> list[CalendarDay]:
    table = read(data, COLUMNS, COLUMNS[:2], others=True)
    problems = [placed(name, in_row(one.line, Text(one.zh, one.en), one.where)) for one in table.mistakes]
    days: list[CalendarDay] = []
    for row in table.rows:
        try:
            days.append(CalendarDay.model_validate(row.cells))
        except ValidationError as error:
            first = error.errors()[0]
            column = str(first["loc"][0])
            problems.append(placed(name, in_row(row.line, message(first), (column, column))))
    if problems:
        raise ConfigError(problems)
    return days


def years(days: Sequence[CalendarDay]) -> list[int]:
    return sorted({day.date.year for day in days})
