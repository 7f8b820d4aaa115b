"""What the hall lives by and what comes to an end: said before it does. Pure.

Of a hall's file its calendar alone has an end: hours come again every year; devices' tokens, posts and texts hold until
somebody changes them. A token of another program has a last day (`token_end`).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, NamedTuple

from config import Hall, Text
from server.domain.scopes import WARNED_DAYS
from server.domain.worktime import has_calendar

WARNED_FROM = 11
"""The month from which on the next year's calendar is missed: the State Council publishes it in November (that of 2026
on 4 November 2025, data/calendar.csv)."""


class End(NamedTuple):
    """Something that ends: its name, since which day it is said and how urgently, and what to do."""

    what: str
    since: date
    level: Literal["bad", "warn"]
    text: Text


def ends(hall: Hall, today: date) -> list[End]:
    """What has ended on a day, or ends soon."""
    found = []
    if not has_calendar(hall, today.year):
        found.append(
            End(
                f"calendar {today.year}",
                date(today.year, 1, 1),
                "bad",
                Text(
                    f"日历里没有{today.year}年：除元旦、五一、十一外的放假和调休都按平常的星期办理。请立即在"
                    "“管理 · 节假日与调休”里导入。",
                    f"The calendar has no {today.year}: all holidays and make-up days but 1 January, 1-2 May and 1-3"
                    " October are taken for ordinary weekdays. Take its table in at once, at Admin, Holidays.",
                ),
            )
        )
    if today.month >= WARNED_FROM and not has_calendar(hall, today.year + 1):
        found.append(
            End(
                f"calendar {today.year + 1}",
                date(today.year, WARNED_FROM, 1),
                "warn",
                Text(
                    f"日历里还没有{today.year + 1}年的放假安排：请在年底前到“管理 · 节假日与调休”里导入。",
                    f"The calendar has no {today.year + 1} yet: take its table in before the year ends, at Admin,"
                    " Holidays.",
                ),
            )
        )
    return found


def token_end(number: int, name: str, last: date) -> End:
    """Of a token of another program whose last day is near."""
    return End(
        f"token {number}",
        last - timedelta(days=WARNED_DAYS),
        "warn",
        Text(
            f"接口令牌“{name}”到{last:%m-%d}为止：请在“接口令牌”页建立新的，并交给使用它的程序。",
            f"The API token '{name}' ends on {last:%d %B}: make a new one on the page of API tokens, and give it to the"
            " program that uses it.",
        ),
    )
