"""FQM's database (Free Queue Manager): what its tables mean here.

Its schema: app.database of mrf345/FQM; it is SQLite, so the dump is its file `data.sqlite`, or the SQL of it. Its
times are UTC (`datetime.utcnow`), its first row (number 100) is no ticket, and it keeps no end of a service: what is
concluded of that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from config import Text
from intake.sql_dump import Cell, Table
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
    yes,
)

SYSTEM, MADE = "FQM", "FQ"
WANTED = {"offices", "tasks", "mtasks", "serials", "users", "operators", "printers", "media"}
SEED = "100"
"""The number of the row that FQM begins with."""
LONGEST_SERVICE_S = 3600
"""A longer gap until the next call is a break and no service."""


def read(found: Mapping[str, Table], name: str, unit: str = "") -> Holding:
    """What the dump called `name` holds. Raises Told."""
    needed(found, ("offices", "tasks", "serials"), SYSTEM, name)
    holding = Holding(SYSTEM)
    at: dict[str, list[str]] = {}
    for row in found["mtasks"].rows if "mtasks" in found else []:
        at.setdefault(told(row, "office_id"), []).append(told(row, "task_id"))
    signs = {told(row, "id"): letter(told(row, "prefix")) for row in found["offices"].rows}
    for row in found["tasks"].rows:
        task = told(row, "id")
        sign = next((signs[office] for office, tasks in sorted(at.items()) if task in tasks and office in signs), "")
        if told(row, "name"):
            holding.matters.append(Matter(task, told(row, "name"), sign, not yes(row.get("hidden"))))
    known = {matter.id for matter in holding.matters}
    for row in found["offices"].rows:
        office, title = told(row, "id"), told(row, "name")
        of = tuple(task for task in sorted(at.get(office, [])) if task in known)
        counter = _counter(office, title)
        holding.windows.append(Window(counter, "" if counter == title else title, of))
    for row in found["users"].rows if "users" in found else []:
        holding.people.append(Person(f"{MADE}{told(row, 'id')}", told(row, "name")))
    offices = {told(row, "id"): _counter(told(row, "id"), told(row, "name")) for row in found["offices"].rows}
    _stays(found["serials"].rows, holding, offices)
    named = sum(bool(row.get("name")) for row in found["serials"].rows)
    for what, count, why in (
        (PASSWORDS, counted(found, "users"), NEVER),
        (PERSONAL, named, NOT_KEPT),
        (
            Text("打印机、画面和声音", "printers, pictures and sounds"),
            counted(found, "printers") + counted(found, "media"),
            Text(
                "设备请照实物写进配置文件。",
                "write the devices into the hall's file as they are",
            ),
        ),
    ):
        if count:
            holding.left.append(Left(what, count, why))
    return holding


def _counter(office: str, title: str) -> str:
    """An office called by a number is that counter."""
    return title if title.isascii() and title.isdigit() and len(title) <= 4 else f"{MADE}{office}"


def _stays(rows: list[dict[str, Cell]], holding: Holding, offices: Mapping[str, str]) -> None:
    tickets = [row for row in rows if told(row, "number") != SEED]
    ends, unknown, waiting = _ends(tickets), 0, 0
    for row in tickets:
        came, called = instant(row.get("timestamp"), utc=True), instant(row.get("pdt"), utc=True)
        by = told(row, "pulledby")
        cells = {
            "arrived": came,
            "counter": offices.get(told(row, "office_id"), ""),
            "staff": f"{MADE}{by}" if by not in ("", "0") else "",
        }
        if not yes(row.get("p")):
            cells |= {"counter": "", "staff": ""}
            waiting += 1
        elif told(row, "status") == "Unattended":
            cells |= {"called": called}
        elif end := ends.get(told(row, "id")):
            cells |= {"called": called, "finished": end}
        else:
            unknown += 1
            continue
        holding.stays.append(Stay(f"serials {told(row, 'id')}", told(row, "task_id"), cells))
    if ends:
        holding.said.append(
            Text(
                "FQM 不记办结的时刻：同一人叫下一个号算作上一个办结，间隔超过1小时的除外。",
                "FQM keeps no end of a service: the next call of the same operator counts as it, unless more than an"
                " hour later",
            )
        )
    if waiting:
        holding.said.append(
            Text(
                f"{waiting}个号一直没有叫：算作当天作废。",
                f"{waiting} numbers were never called: expired at the end of their day",
            )
        )
    if unknown:
        holding.left.append(
            Left(
                Text("不知何时办结的来访", "visits whose end is not known"),
                unknown,
                Text(
                    "每人每天最后一个号、以及休息前的一个，后面没有叫号。",
                    "nothing was called after them: each operator's last of a day, or before a break",
                ),
            )
        )


def _ends(tickets: list[dict[str, Cell]]) -> dict[str, str]:
    """Ticket id -> when the same operator called the next one, if within an hour."""
    called: dict[str, list[tuple[datetime, str, str]]] = {}
    for row in tickets:
        at = instant(row.get("pdt"), utc=True)
        if yes(row.get("p")) and at:
            try:
                moment = datetime.fromisoformat(at)
            except ValueError:
                continue  # the import says what is wrong with it
            called.setdefault(told(row, "pulledby"), []).append((moment, told(row, "id"), at))
    ends: dict[str, str] = {}
    for of in called.values():
        of.sort()
        for (before, ticket, _), (after, _, said) in pairwise(of):
            if (after - before).total_seconds() <= LONGEST_SERVICE_S:
                ends[ticket] = said
    return ends
