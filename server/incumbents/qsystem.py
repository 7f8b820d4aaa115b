"""QSystem's database (Apertum): what its tables mean here.

Its schema: qsystem_eng and qsystem_H2_eng in db/ of the project (2.6), the states of a client by number in its
`CustomerState`. A row of `clients` is written when an operator is done with a person, so it is one visit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from config import Text
from intake.sql_dump import Table
from server.incumbents.dumped import (
    NEVER,
    NOT_KEPT,
    PASSWORDS,
    PERSONAL,
    Holding,
    Left,
    Matter,
    Person,
    Stay,
    Window,
    counted,
    instant,
    letter,
    needed,
    told,
)

SYSTEM, MADE = "QSystem", "QS"
WANTED = {"services", "users", "clients", "services_users", "advance", "schedule", "calendar_out_days", "statistic"} | {
    "response_event",
    "clients_authorization",
}
DEAD, FINISHED = "0", "10"
"""Removed because nobody came; done and gone home."""
BETWEEN = {
    "6": Text("转到别的事项后没有下文", "sent on to another service and never seen again"),
    "9": Text("转回原事项后没有下文", "sent back to their service and never seen again"),
    "11": Text("暂时搁置后没有下文", "put aside and never called again"),
}


def read(found: Mapping[str, Table], name: str, unit: str = "") -> Holding:
    """What the dump called `name` holds; a database of QSystem is one hall. Raises Told."""
    needed(found, ("services", "users", "clients"), SYSTEM, name)
    holding = Holding(SYSTEM)
    parents = {told(row, "prent_id") for row in found["services"].rows}
    for row in found["services"].rows:
        if told(row, "id") not in parents and told(row, "name"):
            active = not row.get("deleted") and told(row, "status") == "1"
            sign = letter(told(row, "service_prefix"))
            holding.matters.append(Matter(told(row, "id"), told(row, "name"), sign, active))
    points = _windows(found, holding)
    _stays(found, holding, points)
    groups = len(found["services"].rows) - len(holding.matters)
    for what, count, why in (
        (PASSWORDS, len(found["users"].rows), NEVER),
        (PERSONAL, len(found["clients"].rows), NOT_KEPT),
        (
            Text("事项的分组", "groups of services"),
            groups,
            Text("取号机上的分组请在配置文件里重排。", "arrange the tiles of the kiosk anew in the hall's file"),
        ),
        (
            Text("预约", "bookings"),
            counted(found, "advance"),
            Text("请另交预约名单。", "hand in a list of your own"),
        ),
        (
            Text("时间表和休息日", "schedules and days off"),
            counted(found, "schedule") + counted(found, "calendar_out_days"),
            Text("这里按大厅自己的时段和日历开门。", "the hall opens by its own hours and calendar here"),
        ),
        (
            Text("评价", "ratings"),
            counted(found, "response_event"),
            Text("等级与国家五级好差评对不上。", "their levels are not the five of the national standard"),
        ),
        (
            Text("窗口屏的地址", "addresses of boards"),
            sum(told(row, "adress_rs") not in ("", "0") for row in found["users"].rows),
            Text("请照实际接线写进配置文件。", "write them into the hall's file as they are wired"),
        ),
    ):
        if count:
            holding.left.append(Left(what, count, why))
    return holding


def _windows(found: Mapping[str, Table], holding: Holding) -> dict[str, str]:
    """The work places of its users as counters, and its users as staff; the counter of each user by id."""
    served: dict[str, set[str]] = {}
    for row in found["services_users"].rows if "services_users" in found else []:
        served.setdefault(told(row, "user_id"), set()).add(told(row, "service_id"))
    known = {matter.id for matter in holding.matters}
    points: dict[str, str] = {}
    at: dict[str, tuple[str, set[str]]] = {}
    for row in found["users"].rows:
        number, point = told(row, "id"), told(row, "point")
        active = not row.get("deleted") and told(row, "enable") == "1"
        holding.people.append(Person(f"{MADE}{number}", told(row, "name"), active))
        if not point:
            continue
        plain = bool(re.fullmatch(r"[0-9A-Za-z]{1,6}", point))
        counter = points[number] = point if plain else f"{MADE}{number}"
        if active and served.get(number):
            title = "" if plain or point == told(row, "name") else point
            at.setdefault(counter, (title, set()))[1].update(served[number] & known)
    holding.windows = [Window(counter, title, tuple(sorted(of))) for counter, (title, of) in sorted(at.items()) if of]
    return points


def _stays(found: Mapping[str, Table], holding: Holding, points: Mapping[str, str]) -> None:
    between: dict[str, int] = {}
    for row in found["clients"].rows:
        state, user = told(row, "state_in") or DEAD, told(row, "user_id")
        came, began, ended = (instant(row.get(one)) for one in ("stand_time", "start_time", "finish_time"))
        cells = {"arrived": came, "counter": points.get(user, ""), "staff": f"{MADE}{user}" if user else ""}
        if state == FINISHED:
            cells |= {"called": began, "started": began, "finished": ended}
        elif state == DEAD:
            cells |= {"called": began or ended, "left": ended}
        else:
            between[state] = between.get(state, 0) + 1
            continue
        holding.stays.append(Stay(f"clients {told(row, 'id')}", told(row, "service_id"), cells))
    if any("started" in stay.cells for stay in holding.stays):
        holding.said.append(
            Text(
                "QSystem 不记叫号的时刻：开始办理算作叫号，等候因此含走到窗口的时间。",
                "QSystem keeps no time of the call: the start of service counts as it, so waits hold the way to the"
                " counter",
            )
        )
    for state, count in sorted(between.items()):
        why = BETWEEN.get(state, Text("还没有办结", "not over"))
        what = Text(f"状态为{state}的来访", f"visits in the state {state}")
        holding.left.append(Left(what, count, Text(f"{why.zh}，没有结果可记。", f"{why.en}: no result to keep")))
