"""The past for reports: rows of whole days and the hall's events, on a connection of its own.

Decides nothing, writes nothing.

Each question is a short statement of its own; whether they are all asked of one moment is the caller's to say
(`server/reports/reporter.py`).
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from server.domain import events as ev
from server.domain.register import Record
from server.domain.slots import Appointment
from server.store.rows import ticket_of
from server.store.tables import TABLES, record_of

Told = tuple[float, ev.Event]
WORDS = ("CounterOpened", "CounterPaused", "CounterResumed", "CounterClosed")
LOOK_BACK = 4
"""A counter's state at a moment stands in its last few words: opened, paused, resumed, closed."""


@lru_cache(8192)
def _event(name: str, counter: str | None, data: str) -> ev.Event:
    return ev.from_row(name, None, counter, json.loads(data))


class History:
    """Questions of a report. `conn`: any connection to the hall's database."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._plain, self._named = conn.cursor(), conn.cursor()
        self._plain.row_factory = None
        self._named.row_factory = sqlite3.Row

    def legs(self, day: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """Some columns of the legs of a service day, in the order of the table: its primary key."""
        return self._plain.execute(
            f"SELECT {', '.join(columns)} FROM legs WHERE day = ? ORDER BY day, ticket, leg", (day,)
        ).fetchall()

    def numbers(self, day: str) -> list[int]:
        """The numbers of a service day, as they were given out (legs, by its key)."""
        sql = "SELECT DISTINCT ticket FROM legs WHERE day = ? ORDER BY ticket"
        return [ticket for (ticket,) in self._plain.execute(sql, (day,))]

    def numbers_by_day(self, first: str, last: str) -> list[tuple[str, int]]:
        """How many numbers each service day from one to another had, the newest first (legs, by its key)."""
        sql = "SELECT day, count(*) FROM legs WHERE day BETWEEN ? AND ? AND leg = 1 GROUP BY day ORDER BY day DESC"
        return self._plain.execute(sql, (first, last)).fetchall()

    def events(self, names: Sequence[str], start: float, end: float) -> list[Told]:
        """What happened to no ticket, by the names of events, in [start, end), in order (journal_by_time)."""
        sql = f"""SELECT seq, at, event, counter, data FROM journal
                  WHERE ticket IS NULL AND event IN ({",".join("?" * len(names))}) AND at >= ? AND at < ?"""
        return [
            (at, _event(name, counter, data))
            for _, at, name, counter, data in sorted(self._plain.execute(sql, (*names, start, end)))
        ]

    def counters_before(self, at: float) -> list[Told]:
        """The last words of each counter before a moment, from its last opening on (journal_of_counter)."""
        found = []
        for (counter,) in self._plain.execute("SELECT id FROM counters").fetchall():
            sql = f"""SELECT seq, at, event, counter, data FROM journal WHERE counter = ? AND at < ? AND ticket IS NULL
                      AND event IN ({",".join("?" * len(WORDS))}) ORDER BY at DESC, seq DESC LIMIT {LOOK_BACK}"""
            rows = self._plain.execute(sql, (counter, at, *WORDS)).fetchall()
            for row in rows:
                found.append(row)
                if row[2] in ("CounterOpened", "CounterClosed"):
                    break
        return [(when, _event(name, counter, data)) for _, when, name, counter, data in sorted(found)]

    def devices_before(self, at: float) -> list[Told]:
        """The last word of each device before a moment, as far as the last thousand changes tell (journal_by_time)."""
        sql = (
            "SELECT seq, at, event, counter, data FROM journal WHERE ticket IS NULL AND event = 'DeviceChanged' AND at"
            " < ? ORDER BY at DESC LIMIT 1000"
        )
        last: dict[str, tuple[float, ev.Event]] = {}
        for _, when, name, counter, data in self._plain.execute(sql, (at,)).fetchall():
            event = _event(name, counter, data)
            assert isinstance(event, ev.DeviceChanged)
            last.setdefault(event.device, (when, event))
        return list(last.values())

    def tickets(self, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        """number, day, service, counter, state, arrived, called, of some tickets."""
        found = {}
        for ticket_id in ids:
            row = self._named.execute("SELECT * FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
            if row:
                ticket = ticket_of(row)
                found[ticket_id] = {
                    "number": ticket.label,
                    "day": ticket.day,
                    "service": ticket.service,
                    "counter": ticket.counter,
                    "state": ticket.state,
                    "arrived": ticket.issued_at,
                    "called": ticket.called_at,
                }
        return found

    def lives(self, ids: Sequence[int]) -> list[tuple[int, int, float, ev.Event]]:
        """(ticket, seq, at, event) of all that happened to some tickets (journal_of_ticket)."""
        sql = "SELECT ticket, seq, at, event, counter, data FROM journal WHERE ticket = ? ORDER BY seq"
        rows = (row for id in ids for row in self._plain.execute(sql, (id,)).fetchall())
        return [
            (ticket, seq, at, ev.from_row(name, ticket, counter, json.loads(data)))
            for ticket, seq, at, name, counter, data in rows
        ]

    def names(self) -> dict[str, str]:
        """The names of staff by their numbers."""
        return dict(self._plain.execute("SELECT id, name FROM staff").fetchall())

    def posts(self) -> list[Told]:
        """The register of posts, from its beginning (journal_by_time)."""
        return self.events(("PostSet", "PostEnded"), 0.0, float("inf"))

    def shifts(self, first: str, last: str) -> list[dict[str, Any]]:
        """The roster's words on the days from one to another, in the order in which they were said (roster_of_day)."""
        return self._dicts(
            'SELECT day, post, staff, start, "end", reason FROM roster WHERE day BETWEEN ? AND ? ORDER BY id',
            first,
            last,
        )

    def substitutions(self, start: float, end: float) -> list[dict[str, Any]]:
        return self._dicts("SELECT * FROM substitutions WHERE began >= ? AND began < ? ORDER BY id", start, end)

    def contacts(self, start: float, end: float) -> list[dict[str, Any]]:
        """First contacts of a span (contacts_by_time), without what they were about."""
        return self._dicts(
            "SELECT id, at, staff, result, led_to, closed_at FROM contacts WHERE at >= ? AND at < ? ORDER BY id",
            start,
            end,
        )

    def spoilt_slips(self, start: float, end: float) -> list[dict[str, Any]]:
        """Slips queued in a span that failed, or may have (jobs_spoilt)."""
        sql = (
            "SELECT printer, state FROM jobs WHERE state IN ('failed', 'unknown') AND queued_at >= ? AND queued_at < ?"
            " ORDER BY id"
        )
        return self._dicts(sql, start, end)

    def ratings(self, first: str, last: str) -> Iterator[dict[str, Any]]:
        """The ratings of the service days from one to another (ratings_of_day)."""
        sql = """SELECT ticket, service, counter, staff, level, source, is_default, options, second FROM ratings
                 WHERE day BETWEEN ? AND ? ORDER BY day, ticket, leg"""
        for row in self._named.execute(sql, (first, last)):
            yield {**dict(row), "options": json.loads(row["options"])}

    def invited(self, start: float, end: float) -> Sequence[int]:
        """The tickets whose visitors were asked for a rating (journal_of_visitors)."""
        return array("q", (ticket for ticket, _ in self._of_visitors("RatingInvited", start, end)))

    def notices(self, start: float, end: float) -> list[dict[str, Any]]:
        """一次性告知 of a span (journal_of_visitors): ticket, service, missing, staff, told."""
        found = [(ticket, json.loads(data)) for ticket, data in self._of_visitors("NoticeIssued", start, end)]
        return [
            {"ticket": ticket, **{key: data[key] for key in ("service", "missing", "staff", "told")}}
            for ticket, data in found
        ]

    def agendas(self, first: str, last: str) -> list[dict[str, Any]]:
        """Numbers for several items of the service days from one to another (agendas_of_day)."""
        sql = """SELECT a.package, a.items, a.saved, t.state, t.issued_at AS issued, t.ended_at AS ended
                 FROM agendas a JOIN tickets t ON t.id = a.ticket WHERE a.day BETWEEN ? AND ? ORDER BY a.ticket"""
        rows = self._dicts(sql, first, last)
        return [{**row, "outcomes": [one["outcome"] for one in json.loads(row.pop("items"))]} for row in rows]

    def first_legs(self, first: str, last: str) -> list[dict[str, Any]]:
        """Of the days of a service on which it had a remote number: the first leg of each number (legs, by its key)."""
        sql = """WITH lines AS (SELECT DISTINCT day, service FROM legs
                                WHERE day BETWEEN ? AND ? AND leg = 1 AND channel = 'remote')
                 SELECT day, service, channel, entered, called, ended FROM legs JOIN lines USING (day, service)
                 WHERE leg = 1 ORDER BY day, ticket"""
        return list(self._dicts(sql, first, last))

    def came(self, first: str, last: str) -> list[tuple[str, str, str, float, float | None, float | None]]:
        """(day, service, class, came, called, ended) of each number of service days, by its first leg, in order of the
        day (legs, by its key).
        """
        sql = """SELECT day, service, klass, entered, called, ended FROM legs WHERE day BETWEEN ? AND ? AND leg = 1
                 AND entered IS NOT NULL ORDER BY day, ticket"""
        return self._plain.execute(sql, (first, last)).fetchall()

    def waits_told(self, first: str, last: str) -> list[dict[str, Any]]:
        """What was told of the numbers of service days, and when each was first called (tickets_of_day)."""
        sql = """SELECT t.service, t.klass, t.issued_at AS issued, t.called_at AS called, w.low, w.high, w.source
                 FROM tickets t JOIN waits_told w ON w.ticket = t.id WHERE t.day BETWEEN ? AND ? ORDER BY t.id"""
        return self._dicts(sql, first, last)

    def appointments(self, first: str, last: str) -> list[Appointment]:
        """The hall's own bookings of service days (appointments_of_day)."""
        load = TABLES["appointments"].load
        sql = "SELECT * FROM appointments WHERE day BETWEEN ? AND ? ORDER BY id"
        return [load(row) for row in self._named.execute(sql, (first, last))]

    def checked_in(self, first: str, last: str) -> list[tuple[str, float]]:
        """(code, begin of the slot) of the appointments that checked in on service days (tickets_of_day)."""
        sql = """SELECT DISTINCT appointment, slot FROM tickets
                 WHERE day BETWEEN ? AND ? AND appointment <> '' AND slot IS NOT NULL"""
        return [(row[0], row[1]) for row in self._plain.execute(sql, (first, last))]

    def closures(self, first: str, last: str) -> list[tuple[str, str]]:
        """(day, service) of what was closed by hand; '' is the hall."""
        sql = "SELECT day, service FROM closures WHERE day BETWEEN ? AND ?"
        return [(row[0], row[1]) for row in self._plain.execute(sql, (first, last))]

    def notifications(self, start: float, end: float) -> list[dict[str, Any]]:
        """提醒 of a span (notifications_by_time): about, occasion, channel, outcome, parts, arrived."""
        sql = """SELECT about, occasion, channel, outcome, parts, arrived FROM notifications
                 WHERE at >= ? AND at < ? ORDER BY at, about, occasion, field"""
        return self._dicts(sql, start, end)

    def records(self, register: str, start: float, end: float) -> Iterator[Record]:
        """The records of a register that were opened before `end`, and are open or were moved since `start`
        (records_by_time).
        """
        sql = """SELECT * FROM records WHERE register = ? AND opened_at < ? AND (closed_at IS NULL OR changed_at >= ?)
                 ORDER BY opened_at, id"""
        cursor = self._named.connection.cursor()  # two registers are read at once
        cursor.row_factory = sqlite3.Row
        return map(record_of, cursor.execute(sql, (register, end, start)))

    def checked_in_pretrials(self) -> frozenset[int]:
        """The numbers (ids) that were checked in by a 预审号 of the city's platform."""
        sql = "SELECT ticket FROM pretrials WHERE ticket IS NOT NULL"
        return frozenset(row[0] for row in self._named.connection.cursor().execute(sql))

    def _of_visitors(self, name: str, start: float, end: float) -> Iterator[tuple[int, str]]:
        sql = """SELECT ticket, data FROM journal WHERE event IN ('RatingInvited',
            'NoticeIssued') AND event = ? AND at >= ? AND at < ?
                 ORDER BY seq"""
        return self._plain.execute(sql, (name, start, end))

    def _dicts(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._named.execute(sql, values)]
