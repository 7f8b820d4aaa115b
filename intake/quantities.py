"""Numbers, days and times as people write them, as values: a whole number in its bounds, a date, minutes, an instant.

Pure. What has two meanings is refused (`Unclear`): 3/1/2026, a spreadsheet's day number, an hour that a clock showed
twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.signs import identifier

FIRST_YEAR, LAST_YEAR = 1970, 2999
DAY_MIN = 24 * 60

_WHOLE = re.compile(r"([+-]?)0*([0-9]{1,18})(?:\.0+)?", re.ASCII)
_DAY = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|/([0-9]{1,2})/([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|年([0-9]{1,2})月([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))"
)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}(?:[.,][0-9]+)?))?|([0-9]{2})([0-9]{2})([0-9]{2})?")
_SPOKEN = (
    (re.compile(r"(?<=[时点])([0-9])(?=分)"), r"0\1"),
    (re.compile(r"[时点](?=[0-9])|分(?=[0-9])"), ":"),
    (re.compile(r"[时点]整?$"), ":00"),
    (re.compile(r"[分秒]$"), ""),
)
"""9时5分30秒 and 9点整 as 9:05:30 and 9:00."""
_HALF = re.compile(r"(上午|下午)? ?(.*?)(?: ?([AaPp])\.?[Mm]\.?)?")
_PLAIN_ISO = re.compile(r"(?:19[7-9]|2[0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
"""What programs write: read at once."""
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}(?:\D[0-9]{1,2}\D[0-9]{1,2}日?|[0-9]{4}))[T ]*"
    r"(?P<clock>[^Z+]*?)(?P<offset>| ?Z|(?<=[0-9]) ?[+-][0-9]{2}:?[0-9]{2})"
)
_MIDNIGHT = re.compile(r"[T ]0?0:00(:00)?$")
_MIXED_DAY = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}")


class Unclear(ValueError):
    """What was written has no single meaning here: what is wrong, and what to do, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.zh, self.en = zh, en


def shown(text: str) -> str:
    """What was written, as much of it as fits into a sentence."""
    one = identifier(text)
    return one if len(one) <= 40 else f"{one[:40]}…"


def whole(text: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`. Full-width digits count, 8.0 is 8; 8.5, 1E3 and 1,000 are refused."""
    found = _WHOLE.fullmatch(identifier(text))
    value = int(found[1] + found[2]) if found else None
    if value is None or not low <= value <= high:
        raise Unclear(
            f"“{shown(text)}”不是{low}到{high}的整数：请改成这样的数字。",
            f"'{shown(text)}' is no whole number from {low} to {high}; write one",
        )
    return value


def day(text: str) -> date:
    """A date: 2026-3-1, 2026/3/1, 2026.3.1, 2026年3月1日 or 20260301, from 1970 to 2999; midnight may follow it."""
    said = _MIDNIGHT.sub("", identifier(text))
    found = _DAY.fullmatch(said.replace(" ", ""))
    if found:
        year, month, of_month = (int(part) for part in found.groups() if part is not None)
        if FIRST_YEAR <= year <= LAST_YEAR:
            try:
                return date(year, month, of_month)
            except ValueError:
                raise Unclear(
                    f"没有{shown(text)}这一天：请核对日期。", f"there is no {shown(text)}; correct the date"
                ) from None
    if _MIXED_DAY.fullmatch(said):
        raise Unclear(
            f"“{shown(text)}”看不出哪个是年、月、日：请写成 2026-03-01。",
            f"'{shown(text)}' may be several dates; write it like 2026-03-01",
        )
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", said):
        raise Unclear(
            f"“{shown(text)}”是表格里的日期序号：请把这一列设为日期格式再另存，或写成 2026-03-01。",
            f"'{shown(text)}' is a spreadsheet's number of a day; format the column as a date, or write 2026-03-01",
        )
    raise Unclear(
        f"“{shown(text)}”不是日期：请写成 2026-03-01。", f"'{shown(text)}' is no date; write it like 2026-03-01"
    )


def clock(text: str) -> int:
    """Minutes from midnight, 24:00 the end of the day: 9:30, 09:30:00, 9时30分, 下午2:30, ９：３０."""
    seconds = _seconds(text)
    if seconds is None or seconds % 60:
        raise Unclear(
            f"“{shown(text)}”不是钟点：请写成 09:30。", f"'{shown(text)}' is no time of day; write it like 09:30"
        )
    return round(seconds) // 60


def _seconds(text: str) -> float | None:
    """Seconds from midnight, 86 400 for 24:00; None for what is no time of day."""
    half, said, letter = _HALF.fullmatch(identifier(text)).groups()  # type: ignore[union-attr]  # it matches all
    for pattern, plain in _SPOKEN:
        said = pattern.sub(plain, said)
    found = _CLOCK.fullmatch(said)
    if not found:
        return None
    parts = found.groups()[:3] if found[1] else found.groups()[3:]
    hours, minutes, seconds = int(parts[0]), int(parts[1]), float((parts[2] or "0").replace(",", "."))
    if half or letter:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + 12 * (half == "下午" or letter in ("p", "P"))
    if minutes > 59 or seconds >= 60 or hours > 24 or (hours == 24 and (minutes or seconds)):
        return None
    return hours * 3600 + minutes * 60 + seconds


def moment(text: str, zone: ZoneInfo) -> datetime:
    """An instant, with its zone: a day and a time of day, local unless an offset follows (+08:00, Z).

    A local time that a change of the clocks left out, or showed twice, is refused.
    """
    if _PLAIN_ISO.fullmatch(text):
        with suppress(ValueError):  # said below
            return _placed(datetime.fromisoformat(text), zone, text)
    said = identifier(text)
    found = _MOMENT.fullmatch(said)
    seconds = _seconds(found["clock"]) if found and found["clock"] else None
    if not found or seconds is None:
        if found and not found["clock"]:
            day(found["day"])
        raise Unclear(
            f"“{shown(text)}”不是日期加钟点：请写成 2026-11-23 09:30:00。",
            f"'{shown(text)}' is not a time; write it like 2026-11-23T09:30:00",
        )
    local = datetime.combine(day(found["day"]), time()) + timedelta(seconds=seconds)
    offset = found["offset"].strip()
    return datetime.fromisoformat(f"{local.isoformat()}{offset}") if offset else _placed(local, zone, text)


def _placed(local: datetime, zone: ZoneInfo, text: str) -> datetime:
    early, late = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        raise Unclear(
            f"“{shown(text)}”那天调过钟，这个钟点没有或有两次：请写上时差，如 +08:00。",
            f"'{shown(text)}' was not on the clock that day, or twice; write its offset, like +08:00",
        )
    return early


def lost_zeros(text: str, known: Iterable[str]) -> str | None:
    """The one of `known` that this was before a spreadsheet took its leading zeros: 17 of 0017."""
    return next((one for one in known if one != text and one.lstrip("0") == text), None) if text.isdecimal() else None
