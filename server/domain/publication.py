"""信息公开: what the hall makes public, as pages of lines in Chinese and English.

Pure: made from config.toml and the catalogue alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from config import Hall, Text

DAYS = ("一", "二", "三", "四", "五", "六", "日")
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Page:
    """One page."""

    id: str
    title: Text
    lines: tuple[Text, ...]


def pages(hall: Hall) -> list[Page]:
    """The hall's own pages first, then promises, hours, the lists and the telephone numbers."""
    own = [Page(name, table.text, tuple(table.lines)) for name, table in hall.publications.items()]
    return [*own, _promises(hall), _hours(hall), *_lists(hall), _phones(hall)]


def ticker(hall: Hall, wait_min: int = 0) -> list[Text]:
    """The lines at the foot of a hall screen: what to do about a missed call, the hall's own, promises, hours, what
    needs no visit, telephones. The pledge is not shown while somebody may wait longer, `wait_min` minutes.
    """
    table, lapse = hall.hall, hall.tickets.lapse_min
    pledge = Text(
        f"服务承诺：等候不超过{table.wait_pledge_min}分钟",
        f"Our pledge: no wait over {table.wait_pledge_min} minutes",
    )
    none = [s for s in hall.services.values() if s.visits.strip() == "0"]
    online = [Text(f"一趟不用跑，可网上办理：{s.name}", f"No visit needed, apply online: {s.name_en}") for s in none]
    return [
        Text(f"过号请到咨询台，{lapse}分钟内有效", f"Missed your call? Guide desk, within {lapse} min"),
        *table.ticker,
        *([pledge] if wait_min <= table.wait_pledge_min else []),
        *(Text(f"办理时间 {zh}", f"Opening hours: {en}") for zh, en in _hours(hall).lines[:-1]),
        Text(
            f"业务咨询 {table.tel_consult}　投诉举报 {table.tel_complaint}",
            f"Enquiries {table.tel_consult}   Complaints {table.tel_complaint}",
        ),
        *online,
    ]


def _promises(hall: Hall) -> Page:
    minutes, lapse = hall.hall.wait_pledge_min, hall.tickets.lapse_min
    return Page(
        "promises",
        Text("服务承诺", "Our promises"),
        (
            Text(f"等候不超过{minutes}分钟", f"No wait over {minutes} minutes"),
            Text("要带什么，一次告知", "What to bring is told once, and completely"),
            Text("第一个接待的人负责到底", "Whoever is asked first sees it through"),
            Text(
                f"过号{lapse}分钟内到咨询台，可以重新排入",
                f"Missed your call? Come to the guide desk within {lapse} minutes",
            ),
        ),
    )


def _hours(hall: Hall) -> Page:
    lines = []
    for row in hall.hours:
        days, days_en = _days(row.days)
        spans = "，".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in row.open) or "不办理"
        season = "" if (row.from_, row.to) == ("01-01", "12-31") else f"（{row.from_} 至 {row.to}）"
        season_en = season.replace("（", " (").replace("）", ")").replace("至", "to")
        lines.append(
            Text(
                f"{days} {spans}{season}",
                f"{days_en} {spans.replace('，', ', ').replace('不办理', 'closed')}{season_en}",
            )
        )
    return Page(
        "hours", Text("办理时间", "Opening hours"), (*lines, Text("节假日安排以公告为准", "Holidays: see the notices"))
    )


def _days(days: Sequence[int]) -> Text:
    """Weekdays as one says them: 每天, 周一至周五, or each by its name."""
    if list(days) == [1, 2, 3, 4, 5, 6, 7]:
        return Text("每天", "Every day")
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return Text(
            f"周{DAYS[days[0] - 1]}至周{DAYS[days[-1] - 1]}", f"{DAYS_EN[days[0] - 1]} to {DAYS_EN[days[-1] - 1]}"
        )
    return Text("、".join(f"周{DAYS[d - 1]}" for d in days), ", ".join(DAYS_EN[d - 1] for d in days))


def _lists(hall: Hall) -> list[Page]:
    """进驻, 一趟不用跑 and 最多跑一趟: how many items, and which."""
    known = hall.services.values()
    kinds = (
        ("items", Text("进驻事项清单", "Items of this hall"), list(known)),
        ("no-visit", Text("一趟不用跑", "No visit needed"), [s for s in known if s.visits.strip() == "0"]),
        ("one-visit", Text("最多跑一趟", "One visit at most"), [s for s in known if s.visits.strip() in ("0", "1")]),
    )
    return [
        Page(name, title, (Text(f"共{len(items)}项", f"{len(items)} items"), *(s.text for s in items)))
        for name, title, items in kinds
        if items
    ]


def _phones(hall: Hall) -> Page:
    table = hall.hall
    return Page(
        "phones",
        Text("咨询与监督电话", "Telephone numbers"),
        (
            Text(f"业务咨询 {table.tel_consult}", f"Information {table.tel_consult}"),
            Text(f"投诉举报 {table.tel_complaint}", f"Complaints {table.tel_complaint}"),
        ),
    )
