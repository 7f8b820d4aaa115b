"""A hall to measure: a real hub process on a folder of its own, optionally with a million old tickets in the file."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tomlkit

import config
from server.store.database import Store

OLD_TICKETS = """
INSERT INTO tickets (id, day, prefix, number, service, klass, channel, language, large_print, state, issued_at,
    rank, counter,
                     staff, called_at, last_called_at, started_at, ended_at, calls, passes, outcome)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1)
SELECT i + 1, date(? - (i / 400) * 86400, 'unixepoch', '+8 hours'), 'A', i % 400 + 1,
       'SB0' || (1 + i % 8), 'ordinary', 'kiosk', 'zh', 0, CASE WHEN i % 17 = 0 THEN 'passed' WHEN i % 23 = 0 THEN
           'left' ELSE 'finished' END,
       t, t, 1 + i % 4, '0' || (1 + i % 4), CASE WHEN i % 17 = 0 OR i % 23 != 0 THEN t + 60 + i * 7 % 1800 END,
       CASE WHEN i % 17 = 0 OR i % 23 != 0 THEN t + 60 + i * 7 % 1800 END,
       CASE WHEN i % 17 != 0 AND i % 23 != 0 THEN t + 90 + i * 7 % 1800 END,
       t + 200 + i * 7 % 1800 + i * 13 % 900, CASE WHEN i % 17 = 0 OR i % 23 != 0 THEN 1 ELSE 0 END, 0, 'done'
FROM (SELECT i, CAST(? AS REAL) - (i / 400) * 86400 + (i % 400) * 72 AS t FROM n)
"""
"""400 visits a day, back from a moment; epoch seconds. Deterministic."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_hall(folder: Path, change: Callable[[Any], None] = lambda hall: None) -> Path:
    """config.toml with its data in `folder`, a free port, no printers reachable, open all day."""
    hall = tomlkit.parse((config.ROOT / "config.toml").read_text(encoding="utf-8"))
    table: Any = hall
    for key in ("catalogue", "catalogue_en", "calendar"):
        table["hall"][key] = str(config.ROOT / str(table["hall"][key]))
    port = free_port()
    table["hub"].update(
        {"data": str(folder / "hall"), "listen": f"127.0.0.1:{port}", "url": f"http://127.0.0.1:{port}"}
    )
    table["tickets"]["outside_hours"] = "issue"
    for kiosk in table["kiosks"].values():
        kiosk["tickets_per_min"] = 0
    change(table)
    file = folder / "config.toml"
    file.write_text(tomlkit.dumps(hall), encoding="utf-8")
    return file


def fill(hall: config.Hall, tickets: int, until: float) -> None:
    """Old tickets straight into the table: only their number matters here, not their history."""
    store = Store(hall.data, durable=False)
    store.turn(lambda turn: turn.conn.execute(OLD_TICKETS, (tickets, until, until)), lambda last: until)
    store.close()


@contextmanager
def running(file: Path) -> Iterator[config.Hall]:
    """The hub of a hall as a process of its own, answering."""
    hall = config.load(file)
    process = subprocess.Popen(
        [sys.executable, "-m", "server", "--config", str(file)], cwd=config.ROOT, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 20
        while not _answers(hall):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("bench: the hub did not come up; start it alone to see why")
            time.sleep(0.005)  # the machine is the hub's
        yield hall
    finally:
        process.terminate()
        process.wait(10)


def _answers(hall: config.Hall) -> bool:
    try:
        line = connect(hall)
        line.request("GET", "/static/mark.svg")
        return line.getresponse().status == 200
    except OSError:
        return False


def connect(hall: config.Hall) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(hall.hub.listen, timeout=30)


def token(hall: config.Hall, device: str) -> dict[str, str]:
    """The headers of a device."""
    return {
        "Authorization": f"Bearer {(hall.data / 'tokens' / device).read_text().strip()}",
        "Content-Type": "application/json",
    }


def ask(
    line: http.client.HTTPConnection, method: str, path: str, body: Any, headers: dict[str, str]
) -> tuple[int, bytes]:
    line.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = line.getresponse()
    return answer.status, answer.read()


@contextmanager
def folder() -> Iterator[Path]:
    """A folder on the project's own disk: what is measured is its fsync, not a memory disk's."""
    base = config.ROOT / "var"
    base.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base) as name:
        yield Path(name)
