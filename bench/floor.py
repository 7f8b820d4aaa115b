"""The floor under the hub: as little as a correct one can be, measured beside the real one.

``python -m bench.floor FOLDER PORT PRINTER…``

Correct means: a number is durable before it is answered (WAL, FULL), given once for each idempotency key and once for
each letter, called by one counter only, told in an append-only hash-chained journal, and printed by a printer that is
asked afterwards whether it was. One writer puts what has queued up into one transaction, and a slip that was under
way at a crash is not printed again. It has no login, no rules, no pages and nobody who follows it: what the hub takes
longer than this is the price of those.
"""

from __future__ import annotations

import hashlib
import json
import queue
import socket
import sqlite3
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from flask import Flask, request
from waitress import serve

from consoles import any_console

SCHEMA = """
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, at REAL, event TEXT, ticket INTEGER, data TEXT, hash TEXT);
CREATE TABLE IF NOT EXISTS tickets (id INTEGER PRIMARY KEY, letter TEXT, number INTEGER, service TEXT, state TEXT,
                                    counter TEXT, at REAL,
                                    UNIQUE (letter, number));
CREATE INDEX IF NOT EXISTS waiting ON tickets (id) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS numbers (letter TEXT PRIMARY KEY, last INTEGER);
CREATE TABLE IF NOT EXISTS requests (key TEXT PRIMARY KEY, ticket INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, ticket INTEGER, state TEXT);
CREATE INDEX IF NOT EXISTS queued ON jobs (id) WHERE state = 'queued';
UPDATE jobs SET state = 'unknown' WHERE state = 'sending';
"""
NEXT_NUMBER = "INSERT INTO numbers VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last"
TICKET = "SELECT id, letter, number, service, state, counter FROM tickets WHERE id = ?"


class Floor:
    def __init__(self, folder: str) -> None:
        self.db = sqlite3.connect(f"{folder}/floor.db", isolation_level=None, check_same_thread=False)
        self.db.executescript(SCHEMA)
        self.seq: int
        self.hash: str
        self.seq, self.hash = self.db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone() or (
            0,
            "0" * 64,
        )
        self.turns: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self.queued = threading.Condition()
        threading.Thread(target=self._write, daemon=True).start()

    def turn(self, work: Callable[[], Any]) -> Any:
        """What `work` gives, once it is on the disk."""
        answer: Future[Any] = Future()
        self.turns.put((work, answer))
        return answer.result()

    def _write(self) -> None:
        while True:
            batch = [self.turns.get()]
            while not self.turns.empty():
                batch.append(self.turns.get())
            self.db.execute("BEGIN IMMEDIATE")
            found = [work() for work, _ in batch]
            self.db.execute("COMMIT")
            for (_, answer), result in zip(batch, found, strict=True):
                answer.set_result(result)

    def record(self, event: str, ticket: int, **data: Any) -> None:
        self.seq, row = self.seq + 1, (time.time(), event, ticket, json.dumps(data, sort_keys=True))
        self.hash = hashlib.sha256((self.hash + json.dumps([self.seq, *row])).encode()).hexdigest()
        self.db.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)", (self.seq, *row, self.hash))

    def issue(self, key: str, service: str) -> Any:
        if done := self.db.execute("SELECT ticket FROM requests WHERE key = ?", (key,)).fetchone():
            return self.db.execute(TICKET, done).fetchone()
        number = self.db.execute(NEXT_NUMBER, (service[0],)).fetchone()[0]
        sql = "INSERT INTO tickets (letter, number, service, state, at) VALUES (?, ?, ?, 'waiting', ?)"
        ticket = self.db.execute(sql, (service[0], number, service, time.time())).lastrowid or 0
        job = self.db.execute("INSERT INTO jobs (ticket, state) VALUES (?, 'queued')", (ticket,)).lastrowid
        self.db.execute("INSERT INTO requests VALUES (?, ?)", (key, ticket))
        self.record("Issued", ticket, letter=service[0], number=number, service=service, job=job)
        return self.db.execute(TICKET, (ticket,)).fetchone()

    def call_next(self, counter: str) -> Any:
        row = self.db.execute("SELECT id FROM tickets WHERE state = 'waiting' ORDER BY id LIMIT 1").fetchone()
        if row is None:
            return None
        self.db.execute("UPDATE tickets SET state = 'called', counter = ? WHERE id = ?", (counter, *row))
        self.record("Called", row[0], counter=counter)
        return self.db.execute(TICKET, row).fetchone()

    def take_job(self) -> Any:
        row = self.db.execute(
            "SELECT jobs.id, letter, number, service, tickets.id FROM jobs JOIN tickets ON tickets.id = ticket "
            "WHERE jobs.state = 'queued' ORDER BY jobs.id LIMIT 1"
        ).fetchone()
        if row:
            self.job(row[0], row[4], "sending")
        return row

    def job(self, job: int, ticket: int, state: str) -> None:
        self.db.execute("UPDATE jobs SET state = ? WHERE id = ?", (state, job))
        self.record("Printing", ticket, job=job, state=state)

    def print_on(self, port: int) -> None:
        """A printer's thread: the oldest job is durably `sending` before the first byte, and printed when the printer
        says so behind the cut.
        """
        line = socket.create_connection(("127.0.0.1", port))
        while True:
            with self.queued:
                while (taken := self.turn(self.take_job)) is None:
                    self.queued.wait()
            job, letter, number, service, ticket = taken
            line.sendall(
                b"\x1b@\x1d!\x11"
                + f"{letter}{number:03d}\n".encode()
                + f"事项 {service}\n请等候叫号\n".encode("gb18030")
                + b"\x1dV\x01\x1dr\x01"
            )
            state = "printed" if line.recv(1) else "unknown"
            self.turn(partial(self.job, job, ticket, state))


def create_app(floor: Floor) -> Flask:
    app = Flask(__name__)

    @app.get("/trivial")
    def trivial() -> str:
        return "yes"

    @app.post("/api/v1/tickets")
    def issue() -> tuple[dict[str, Any], int]:
        key, service = request.headers["Idempotency-Key"], str(request.get_json()["service"])
        row = floor.turn(lambda: floor.issue(key, service))
        with floor.queued:
            floor.queued.notify()
        return {"id": row[0], "number": f"{row[1]}{row[2]:03d}", "service": row[3], "state": row[4]}, 201

    @app.post("/api/v1/counters/<counter>/call-next")
    def call_next(counter: str) -> dict[str, Any]:
        row = floor.turn(lambda: floor.call_next(counter))
        return {"acted": row and {"id": row[0], "number": f"{row[1]}{row[2]:03d}", "service": row[3]}}

    return app


def main() -> None:
    folder, port, *printers = sys.argv[1:]
    floor = Floor(folder)
    for printer in printers:
        threading.Thread(target=floor.print_on, args=(int(printer),), daemon=True).start()
    serve(create_app(floor), host="127.0.0.1", port=int(port), threads=16, asyncore_use_poll=True)


if __name__ == "__main__":
    any_console()
    main()
