"""The demo's people: an account for each counter, a manager and an administrator; a post (岗位) for each counter, its
B the neighbour's A.

Passwords are made up once and kept in a file only we read.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3

from config import Hall
from demo import past
from server.verbs.hub import By

if TYPE_CHECKING:
    from server.verbs.hub import Hub

NAMES = ("王敏", "陈志强", "林晓燕", "黄建国", "吴丽华", "张伟", "刘芳", "郑宇", "许静", "蔡明")


OFFICE = ("manager", "administrator")


def accounts(hall: Hall, file: Path) -> dict[str, tuple[str, str, str, str]]:
    """Counter id (and OFFICE) -> (staff number, name, role, password); the same at each start."""
    if file.exists():
        return {k: tuple(v) for k, v in json.loads(file.read_text()).items()}
    return {
        place: (
            f"{i:02d}",
            NAMES[i % len(NAMES)],
            place if place in OFFICE else "guide" if place == "desk" else "operator",
            secrets.token_urlsafe(9),
        )
        for i, place in enumerate([*hall.counters, *OFFICE], start=1)
    }


def hire(hall: Hall, file: Path) -> dict[str, tuple[str, str, str, str]]:
    """Make the accounts, the posts and an invented past in the hub's store before it starts, the first time only."""
    from server.store import secret
    from server.store.database import Store
    from server.verbs.accounts import put
    from server.verbs.hub import Hub

    crew = accounts(hall, file)
    if not file.exists():
        past.invent(hall, {place: row[0] for place, row in crew.items()}, time.time())
        hub = Hub(hall, Store(hall.data))
        for number, name, role, password in crew.values():
            put(hub, By("administrator"), number, name, role, password)
        _man(hub, crew)
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


def log_in(hub_url: str, account: tuple[str, str, str, str], counter: str) -> str:
    """Log a member of staff in as a browser would; the session cookie, `name=value`. Raises urllib3's HTTPError."""
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
        raise urllib3.exceptions.HTTPError(
            f"{hub_url}/login: {account[0]} at counter {counter or '-'}: answered {answer.status}"
        )
    return _cookie(answer.headers.get("Set-Cookie", ""))


def _cookie(header: str) -> str:
    return header.partition(";")[0]
