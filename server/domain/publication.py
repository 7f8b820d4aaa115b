"""信息公开: what the hall makes public, as pages of lines in Chinese and English.

Pure: made from config.toml, the catalogue and the lists in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from config import ExtendedTable, Hall, HoursTable, Service, Text
from server.domain import item_lists
from server.domain.item_lists import IN_HALL, NAMES, NO_VISIT, ONE_VISIT, InForce

ALL_YEAR = ("01-01", "12-31")
DAYS = ("一", "二", "三", "四", "五", "六", "日")
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Page:
    """One page."""

    id: str
    title: Text
    lines: tuple[Text, ...]


def pages(hall: Hall, lists: Mapping[str, InForce]) -> list[Page]:
    """The hall's own pages first, then promises, hours, the lists in force and the telephone numbers."""
    own = [Page(name, table.text, tuple(table.lines)) for name, table in hall.publications.items()]
    return [*own, _promises(hall), _hours(hall), *_extended(hall), *_lists(hall, lists), _phones(hall)]


def ticker(hall: Hall, lists: Mapping[str, InForce], wait_min: int = 0) -> list[Text]:
    """The lines at the foot of a hall screen: what to do about a missed call, the hall's own, promises, hours, what
    needs no visit by the list in force, telephones. The pledge is not shown while somebody may wait longer,
    `wait_min` minutes.
    """
    table, lapse = hall.hall, hall.tickets.lapse_min
    pledge = Text(
        f"服务承诺：等候不超过{table.wait_pledge_min}分钟",
        f"Our pledge: no wait over {table.wait_pledge_min} minutes",
    )
    none = _services(hall, lists[NO_VISIT]) if NO_VISIT in lists else []
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
    lines = [_row(row) for row in hall.hours]
    more = [_extended_line(table) for table in hall.extended.values()]
    return Page(
        "hours",
        Text("办理时间", "Opening hours"),
        (*lines, *more, Text("节假日安排以公告为准", "Holidays: see the notices")),
    )


def times_of(hall: Hall, service: str) -> Text:
    """When a service is done: the office hours, and the extended service that has it."""
    more = [table for table in hall.extended.values() if table.services == "all" or service in table.services]
    lines = [_row(row) for row in hall.hours]
    lines += [Text(f"{table.name}：{_row(table).zh}", f"{table.name_en}: {_row(table).en}") for table in more]
    return Text("；".join(line.zh for line in lines), "; ".join(line.en for line in lines))


def _row(row: HoursTable | ExtendedTable) -> Text:
    """Days, intervals and season of hours."""
    days, days_en = weekdays(row.days) if row.days else Text("公告的延时服务日", "On days announced")
    spans = "，".join(f"{a // 60:02d}:{a % 60:02d}-{b // 60:02d}:{b % 60:02d}" for a, b in row.open) or "不办理"
    season = "" if (row.from_, row.to) == ALL_YEAR else f"（{row.from_} 至 {row.to}）"
    season_en = season.replace("（", " (").replace("）", ")").replace("至", "to")
    return Text(
        f"{days} {spans}{season}",
        f"{days_en} {spans.replace('，', ', ').replace('不办理', 'closed')}{season_en}",
    )


def _extended_line(table: ExtendedTable) -> Text:
    """When there is extended service, and how much is done then."""
    when, name = _row(table), table.text
    if table.services == "all":
        return Text(f"{name.zh}：{when.zh}", f"{name.en}: {when.en}")
    n = len(table.services)
    return Text(f"{name.zh}：{when.zh}，办{n}个事项", f"{name.en}: {when.en}, {n} items")


def _extended(hall: Hall) -> list[Page]:
    """延时与周末服务: when, at which counters, and what is done then."""
    lines = []
    for table in hall.extended.values():
        lines.append(_extended_line(table))
        if table.counters:
            there = [hall.counter_name(one) for one in table.counters]
            lines.append(
                Text(f"窗口：{'、'.join(one.zh for one in there)}", f"Counters: {', '.join(one.en for one in there)}")
            )
        if table.services != "all":
            lines += [hall.services[code].text for code in table.services if code in hall.services]
    return [Page("extended", Text("延时与周末服务", "Extended service"), tuple(lines))] if lines else []


def weekdays(days: Sequence[int]) -> Text:
    """Weekdays as one says them: 每天, 周一至周五, or each by its name."""
    if list(days) == [1, 2, 3, 4, 5, 6, 7]:
        return Text("每天", "Every day")
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return Text(
            f"周{DAYS[days[0] - 1]}至周{DAYS[days[-1] - 1]}", f"{DAYS_EN[days[0] - 1]} to {DAYS_EN[days[-1] - 1]}"
        )
    return Text("、".join(f"周{DAYS[d - 1]}" for d in days), ", ".join(DAYS_EN[d - 1] for d in days))


def _services(hall: Hall, one: InForce) -> list[Service]:
    return [hall.services[code] for code in one.items if code in hall.services]


IDS = {IN_HALL: "items", NO_VISIT: "no-visit", ONE_VISIT: "one-visit"}


def _lists(hall: Hall, lists: Mapping[str, InForce]) -> list[Page]:
    """进驻, 一趟不用跑 and 最多跑一趟 as they are in force: since when, how many items, and which. Before there
    is a 进驻 list, what can be done here is shown as what it is, no list that anybody approved.
    """
    found = []
    if IN_HALL not in lists:
        known = [one.text for one in item_lists.shown(hall, lists).values()]
        count = Text(f"共{len(known)}项", f"{len(known)} items")
        found.append(Page(IDS[IN_HALL], Text("本厅办理的事项", "What is done here"), (count, *known)))
    for kind, one in lists.items():
        known = [service.text for service in _services(hall, one)]
        count = Text(f"共{len(known)}项", f"{len(known)} items")
        since = Text(f"{one.effective}起执行", f"In force from {one.effective}")
        found.append(Page(IDS[kind], NAMES[kind], (count, since, *known)))
    return found


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
