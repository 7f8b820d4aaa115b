"""The demo's people: an account for each counter and a manager, passwords made up once and kept in a file only we read."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

import urllib3

from config import Hall

NAMES = ("王敏", "陈志强", "林晓燕", "黄建国", "吴丽华", "张伟", "刘芳", "郑宇", "许静", "蔡明")


def accounts(hall: Hall, file: Path) -> dict[str, tuple[str, str, str, str]]:
    """Counter id (and "manager") -> (staff number, name, role, password); the same at each start."""
    if file.exists():
        return {k: tuple(v) for k, v in json.loads(file.read_text()).items()}
    return {
        place: (f"{i:02d}", NAMES[i % len(NAMES)], "manager" if place == "manager" else "guide" if place == "desk" else "operator", secrets.token_urlsafe(9))
        for i, place in enumerate([*hall.counters, "manager"], start=1)
    }


def hire(hall: Hall, file: Path) -> dict[str, tuple[str, str, str, str]]:
    """Make the accounts in the hub's store before it starts, the first time only."""
    from server.hub import Hub
    from server.pages.access import put_staff, write_secret
    from server.store.database import Store

    crew = accounts(hall, file)
    if not file.exists():
        hub = Hub(hall, Store(hall.data))
        for number, name, role, password in crew.values():
            put_staff(hub, number, name, role, password)
        hub.store.close()
        write_secret(file, json.dumps(crew, ensure_ascii=False))
    return crew


def log_in(hub_url: str, account: tuple[str, str, str, str], counter: str) -> str:
    """Log a member of staff in as a browser would; the session cookie, `name=value`. Raises urllib3's HTTPError."""
    pool = urllib3.PoolManager(timeout=urllib3.Timeout(5))
    page = pool.request("GET", f"{hub_url}/login")
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.data.decode())
    form = {"csrf_token": token.group(1) if token else "", "staff": account[0], "password": account[3], "counter": counter}
    answer = pool.request(
        "POST", f"{hub_url}/login", fields=form, encode_multipart=False, redirect=False,
        headers={"Cookie": _cookie(page.headers.get("Set-Cookie", ""))},
    )  # fmt: skip
    if answer.status != 302:
        raise urllib3.exceptions.HTTPError(f"{hub_url}/login: {account[0]} at counter {counter or '-'}: answered {answer.status}")
    return _cookie(answer.headers.get("Set-Cookie", ""))


def _cookie(header: str) -> str:
    return header.partition(";")[0]
