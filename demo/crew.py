"""The demo's people: an account for each counter, a manager and an administrator; a post (岗位) for each counter, its
B the neighbour's A.

Passwords are made up once and kept in a file only we read.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3

from config import Hall
from demo import past
from server.verbs.accounts import made_up
from server.verbs.hub import By

if TYPE_CHECKING:
    from server.verbs.hub import Hub

NAMES = ("王敏", "陈志强", "林晓燕", "黄建国", "吴丽华", "张伟", "刘芳", "郑宇", "许静", "蔡明")


OFFICE = ("manager", "administrator")
HANDED_OVER = 9
"""Cases in hand that have somebody of their own."""


def accounts(hall: Hall, file: Path) -> dict[str, tuple[str, str, str, str]]:
    """Counter id (and OFFICE) -> (staff number, name, role, password); the same at each start."""
    if file.exists():
        return {k: tuple(v) for k, v in json.loads(file.read_text()).items()}
    return {
        place: (
            f"{i:02d}",
            NAMES[i % len(NAMES)],
            place if place in OFFICE else "guide" if place == "desk" else "operator",
            made_up(),
        )
        for i, place in enumerate([*hall.counters, *OFFICE], start=1)
    }


def told(hall: Hall, crew: dict[str, tuple[str, str, str, str]], url: str) -> str:
    """How to log in, for the terminal: a line for each account."""
    rows = login_rows(hall, crew)
    lines = [f"    {row['staff']:<4}{row['password']:<16}{row['zh']}（{row['name']}） {row['en']}" for row in rows]
    return "\n".join([f"  登录 log in: {url}", "    工号  密码 password", *lines, ""])


def login_rows(hall: Hall, crew: dict[str, tuple[str, str, str, str]]) -> list[dict[str, str]]:
    """Accounts as a visitor needs them: {"staff", "password", "name", "zh", "en"}, the place in both languages."""
    office = {"manager": ("主任", "Manager"), "administrator": ("系统管理员", "Administrator")}
    return [
        {
            "staff": number,
            "password": password,
            "name": name,
            "zh": office[place][0] if place in office else hall.counters[place].name,
            "en": office[place][1] if place in office else hall.counters[place].name_en,
        }
        for place, (number, name, _, password) in crew.items()
        if place in office or place in hall.counters
    ]


def hire(hall: Hall, file: Path, clock: Callable[[], float] = time.time) -> dict[str, tuple[str, str, str, str]]:
    """Make the accounts, the posts and an invented past in the hub's store before it starts, the first time only."""
    from server.domain.opening_list import WHOLE
    from server.store import secret
    from server.store.database import Store
    from server.verbs import opening_list
    from server.verbs.accounts import put
    from server.verbs.hub import Hub

    crew = accounts(hall, file)
    if not file.exists():
        if (
            sum(table.kind == "general" for table in hall.counters.values()) > 1
        ):  # a past has cases of one about another
            past.invent(hall, {place: row[0] for place, row in crew.items()}, clock())
        hub = Hub(hall, Store(hall.data), clock)
        for number, name, role, password in crew.values():
            put(hub, By("administrator"), number, name, role, password)
        _man(hub, crew)
        _file(hub, crew)
        _hand_over(hub, crew)
        opening_list.tick(hub, By(crew["manager"][0]), WHOLE)  # a demo is no new hall
        hub.store.close()
        secret.write(file, json.dumps(crew, ensure_ascii=False))
    else:
        hub = Hub(hall, Store(hall.data))
        hub.confirm_clock(By("administrator"), hub.clock().clock)  # a demo may lie for weeks
        hub.store.close()
    return crew


def _man(hub: Hub, crew: dict[str, tuple[str, str, str, str]]) -> None:
    """A post for each counter: A is its own person, B the next counter's."""
    from server.verbs.people import set_post

    counters = list(hub.hall.counters.items())
    for i, (counter, table) in enumerate(counters):
        neighbour = counters[(i + 1) % len(counters)][0]
        b = crew[neighbour][0] if neighbour != counter else None
        set_post(
            hub,
            By(crew["manager"][0]),
            counter,
            name=f"{table.name}岗",
            name_en=f"{table.name_en} post",
            counter=counter,
            a=crew[counter][0],
            b=b,
            reason="演示数据：建厅设岗",
        )


def _file(hub: Hub, crew: dict[str, tuple[str, str, str, str]]) -> None:
    """The counters' posts are filed (备案); the last one is still to be."""
    from server.verbs import people, records
    from server.verbs.records import Who

    rows = [str(row.seq) for row in people.register(hub.read())][:-1][:20]
    told = {"kind": "post", "rows": ",".join(rows), "reason": "setup"}
    if rows:
        manager = Who(By(crew["manager"][0]), "manager")
        made = records.open_record(hub, manager, "staff_change", [("note", told)])
        filed = {"file_no": "演示〔2026〕1号", "approver": "leader"}
        records.move(hub, manager, made.id, "file", filed)


def _hand_over(hub: Hub, crew: dict[str, tuple[str, str, str, str]]) -> None:
    """Some of the cases in hand get somebody who handles them, so that 我的 is no empty pile."""
    from server.verbs import cases, records
    from server.verbs.records import Who

    people = [crew[place][0] for place, table in hub.hall.counters.items() if table.kind == "general"]
    manager = Who(By(crew["manager"][0]), "manager")
    for i, record in enumerate(hub.read().records_in(cases.CASE, ("accepted",))[:HANDED_OVER]):
        records.move(hub, manager, record.id, "hand_over", {"owner": people[i % len(people)]})


def log_in(hub_url: str, account: tuple[str, str, str, str], counter: str) -> str:
    """Log a member of staff in as a browser would; the session cookie, `name=value`. Raises urllib3's HTTPError."""
    status, said = try_to_log_in(hub_url, account, counter)
    if status != 302:
        raise urllib3.exceptions.HTTPError(
            f"{hub_url}/login: {account[0]} at counter {counter or '-'}: answered {status}"
        )
    return said


def try_to_log_in(hub_url: str, account: tuple[str, str, str, str], counter: str) -> tuple[int, str]:
    """What the hub answers: 302 and the session cookie, or another status and its page. Raises urllib3's HTTPError."""
    pool = urllib3.PoolManager(timeout=urllib3.Timeout(5))
    page = pool.request("GET", f"{hub_url}/login")
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.data.decode())
    form = {
        "csrf_token": token.group(1) if token else "",
        "staff": account[0],
        "password": account[3],
        "counter": counter,
    }
    answer = pool.request(
        "POST",
        f"{hub_url}/login",
        fields=form,
        encode_multipart=False,
        redirect=False,
        headers={"Cookie": _cookie(page.headers.get("Set-Cookie", ""))},
    )
    if answer.status != 302:
        return answer.status, answer.data.decode(errors="replace")
    return answer.status, _cookie(answer.headers.get("Set-Cookie", ""))


def _cookie(header: str) -> str:
    return header.partition(";")[0]
