"""Durable tickets per second over HTTP, 1 and 16 clients, a million old tickets in the file: against a trivial route
of the same server, and against the bare durable-commit rate of the same disk.

A route's rate depends on the clients, so each is compared at the same number of clients, in turns within one run.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import config
from bench.hall import ask, connect, fill, folder, running, token, write_hall
from consoles import any_console

OLD = 1_000_000
SECONDS, ROUNDS = 2.0, 5


def commit_rate(at: Path) -> float:
    """Commits per second of one inserted row, WAL, synchronous=FULL: the plain SQL, nothing else."""
    conn = sqlite3.connect(at / "bare.db", isolation_level=None)
    conn.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT);"
    )
    count, end = 0, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        conn.execute("INSERT INTO t (x) VALUES (?)", ("x" * 300,))
        count += 1
    conn.close()
    return count / SECONDS


def rate(hall: config.Hall, clients: int, request: Callable[..., int]) -> float:
    """Answers per second of `clients` keep-alive clients, each sending the next when it has the answer."""
    counts = [0] * clients
    begin = threading.Barrier(clients + 1)
    end = [0.0]

    def client(n: int) -> None:
        line = connect(hall)
        begin.wait()
        while time.perf_counter() < end[0]:
            if request(line) >= 400:
                raise RuntimeError("bench: the hub refused")
            counts[n] += 1
        line.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    end[0] = time.perf_counter() + SECONDS + 0.05
    begin.wait()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def main() -> None:
    with folder() as at:
        file = write_hall(at, lambda hall: hall["kiosks"]["K1"].update({"printers": ["p80"]}))
        print(f"filling the file with {OLD} old tickets")
        fill(config.load(file), OLD, time.time() - 2 * 86400)
        with running(file) as hall:
            headers = token(hall, "K1")

            def ticket(line: HTTPConnection) -> int:
                return ask(
                    line,
                    "POST",
                    "/api/v1/tickets",
                    {"service": "SB01"},
                    {**headers, "Idempotency-Key": uuid.uuid4().hex},
                )[0]

            def trivial(line: HTTPConnection) -> int:
                return ask(line, "GET", "/static/mark.svg", None, {})[0]

            results: dict[int, list[tuple[float, float, float]]] = {1: [], 16: []}
            for _ in range(ROUNDS):
                for clients, rows in results.items():
                    rows.append((rate(hall, clients, ticket), rate(hall, clients, trivial), commit_rate(at)))
                    os.unlink(at / "bare.db")
        for clients, rows in results.items():
            per_s, of_trivial, of_disk = (
                median(r[0] for r in rows),
                median(r[0] / r[1] for r in rows),
                median(r[0] / r[2] for r in rows),
            )
            print(
                f"{clients:2d} clients: {per_s:.0f} tickets/s here; {of_trivial:.2f} of a trivial route (a static file)"
                f" of the same server, {of_disk:.2f} of the disk's bare durable commits"
            )
        of_trivial, of_disk = (median(r[0] / r[i] for r in results[16]) for i in (1, 2))
        print(
            f"tickets: {of_trivial:.2f} (durable tickets over HTTP, 16 clients, / a trivial route's answers; and"
            f" {of_disk:.2f} of bare durable commits)"
        )


if __name__ == "__main__":
    any_console()
    main()
