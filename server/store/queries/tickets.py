"""Numbers: by id, by label, at a counter, of a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from json import dumps

from server.domain.agenda import Agenda
from server.domain.ticket import Ticket
from server.domain.visit import Visit
from server.store.queries.line import served
from server.store.rows import agenda_of, ticket_of

RECENT = 20
"""So many handling times say how long the next ones will take."""


class TicketQueries:
    conn: sqlite3.Connection

    def ticket(self, ticket_id: int) -> Ticket | None:
        row = self.conn.execute("SELECT * FROM tickets WHERE id = ?", (ticket_id,)).fetchone()
        return ticket_of(row) if row else None

    def tickets(self, ids: Sequence[int]) -> list[Ticket]:
        """Those of these ids that there are, in the order of the ids."""
        found = self.conn.execute("SELECT * FROM tickets WHERE id IN (SELECT value FROM json_each(?))", (dumps(ids),))
        known = {row["id"]: ticket_of(row) for row in found}
        return [known[one] for one in ids if one in known]

    def answered(self, actor: str, key: str) -> sqlite3.Row | None:
        """What was done for this idempotency key before: its fingerprint and ticket."""
        sql = "SELECT fingerprint, ticket FROM requests WHERE actor = ? AND key = ?"
        row: sqlite3.Row | None = self.conn.execute(sql, (actor, key)).fetchone()
        return row

    def agenda(self, ticket_id: int) -> Agenda | None:
        """What a number for several items has to do; None for a number of one item."""
        row = self.conn.execute("SELECT * FROM agendas WHERE ticket = ?", (ticket_id,)).fetchone()
        return agenda_of(row) if row else None

    def agendas(self, first_day: str, last_day: str) -> list[Agenda]:
        """Those of the service days from one to another, inclusive (agendas_of_day)."""
        sql = "SELECT * FROM agendas WHERE day BETWEEN ? AND ? ORDER BY ticket"
        return [agenda_of(row) for row in self.conn.execute(sql, (first_day, last_day))]

    def by_number(self, day: str, prefix: str, number: int) -> Ticket | None:
        sql = "SELECT * FROM tickets WHERE day = ? AND prefix = ? AND number = ?"
        row = self.conn.execute(sql, (day, prefix, number)).fetchone()
        return ticket_of(row) if row else None

    def at_counter(self, counter: str) -> Ticket | None:
        """The ticket that a counter has called or is serving."""
        sql = "SELECT * FROM tickets WHERE counter = ? AND state IN ('called', 'serving')"
        row = self.conn.execute(sql, (counter,)).fetchone()
        return ticket_of(row) if row else None

    def suspended(self) -> list[Ticket]:
        """The suspended numbers, the oldest suspension first."""
        sql = "SELECT * FROM tickets WHERE state = 'suspended' ORDER BY suspended_at, id"
        return [ticket_of(r) for r in self.conn.execute(sql)]

    def of_appointment(self, day: str, appointment: str) -> Ticket | None:
        """The newest ticket an appointment got when it checked in."""
        sql = "SELECT * FROM tickets WHERE day = ? AND appointment = ? AND appointment <> '' ORDER BY id DESC LIMIT 1"
        row = self.conn.execute(sql, (day, appointment)).fetchone()
        return ticket_of(row) if row else None

    def last_called(self, since: float, limit: int, counters: Sequence[str] = ()) -> list[Ticket]:
        """The numbers called most recently, newest first, whatever became of them; to some counters, or to all."""
        where = f"AND counter IN ({','.join('?' * len(counters))})" if counters else ""
        sql = f"SELECT * FROM tickets WHERE last_called_at >= ? {where} ORDER BY last_called_at DESC, id DESC LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (since, *counters, limit))]

    def recent_handling(self, since: float, services: frozenset[str] | None, reserved: frozenset[str]) -> list[float]:
        """Handling times (last call to end) of the last finished tickets of some services, or of all but the reserved
        ones; seconds, the newest first.
        """
        return [seconds for _, seconds in self.handled(since, services, reserved)]

    def handled(
        self, since: float, services: frozenset[str] | None, reserved: frozenset[str]
    ) -> list[tuple[float, float]]:
        """The same with the moment at which each ended."""
        sql = f"""SELECT ended_at, max(0, ended_at - last_called_at - away_s) FROM tickets
                  WHERE state = 'finished' AND ended_at >= ? AND last_called_at IS NOT NULL
                  AND {served(services, reserved)} ORDER BY ended_at DESC LIMIT {RECENT}"""
        return [(row[0], row[1]) for row in self.conn.execute(sql, (since,))]

    def passed(self, day: str, since: float) -> list[Ticket]:
        """Passed numbers that may still come back, newest first."""
        sql = "SELECT * FROM tickets WHERE day = ? AND state = 'passed' AND ended_at >= ? ORDER BY ended_at DESC"
        return [ticket_of(r) for r in self.conn.execute(sql, (day, since))]

    def unfinished_before(self, day: str) -> list[Ticket]:
        """Tickets of earlier service days that are still waiting or called."""
        waiting = "SELECT * FROM tickets WHERE state = 'waiting' AND day < ? ORDER BY id"
        suspended = "SELECT * FROM tickets WHERE state = 'suspended' AND day < ? ORDER BY id"
        called = "SELECT * FROM tickets WHERE state IN ('called') AND counter IS NOT NULL AND day < ? ORDER BY id"
        return [ticket_of(r) for query in (waiting, suspended, called) for r in self.conn.execute(query, (day,))]

    def ids_of_days(self, first_day: str, last_day: str) -> list[int]:
        """The numbers given on the service days from one to another, without what another system had
        (tickets_of_day).
        """
        sql = "SELECT id FROM tickets WHERE day BETWEEN ? AND ? AND channel <> 'import'"
        return [row[0] for row in self.conn.execute(sql, (first_day, last_day))]

    def visits(self, first_day: str, last_day: str) -> list[Visit]:
        """The visits of the service days from one to another, inclusive."""
        return self._visits("day BETWEEN ? AND ?", first_day, last_day)

    def imported(self, first_day: str, last_day: str) -> list[Visit]:
        """Those that came from another system, without the withdrawn ones, which are none (tickets_of_day)."""
        return self._visits("day BETWEEN ? AND ? AND channel = 'import'", first_day, last_day)

    def _visits(self, where: str, *values: str) -> list[Visit]:
        sql = f"""SELECT day, service, klass, channel, counter, staff, state, issued_at, called_at, last_called_at,
                  started_at, ended_at, calls, outcome, away_s, served_s FROM tickets WHERE {where}"""
        plain = self.conn.cursor()
        plain.row_factory = None
        return list(map(Visit._make, plain.execute(sql, values)))

    def first_legs(
        self, first_day: str, last_day: str
    ) -> list[tuple[str, str, str, float, float | None, float | None]]:
        """(day, service, class, came, called, ended) of each number of the service days from one to another (legs, by
        its key).
        """
        sql = """SELECT day, service, klass, entered, called, ended FROM legs WHERE day BETWEEN ? AND ? AND leg = 1
                 AND entered IS NOT NULL ORDER BY day, ticket"""
        plain = self.conn.cursor()
        plain.row_factory = None
        return plain.execute(sql, (first_day, last_day)).fetchall()

    def held(self) -> Mapping[str, Ticket]:
        """Whom each counter has called or serves, by its id (tickets_at_counter)."""
        sql = "SELECT * FROM tickets WHERE counter IS NOT NULL AND state IN ('called', 'serving')"
        return {row["counter"]: ticket_of(row) for row in self.conn.execute(sql)}

    def finished_at(self, counter: str, day: str, since: float, limit: int) -> list[tuple[int, float]]:
        """(id, when) of what a counter finished on a service day since a moment, newest first (tickets_finished_at)."""
        sql = """SELECT id, ended_at FROM tickets WHERE counter = ? AND state = 'finished' AND ended_at >= ? AND day = ?
                 AND number IS NOT NULL ORDER BY ended_at DESC LIMIT ?"""
        return [(row[0], row[1]) for row in self.conn.execute(sql, (counter, since, day, limit))]

    def finished_count(self, counter: str, day: str) -> int:
        """How many numbers a counter has finished on a service day (tickets_today)."""
        sql = """SELECT count(*) FROM tickets WHERE day = ? AND state = 'finished' AND counter = ?
                 AND number IS NOT NULL"""
        return int(self.conn.execute(sql, (day, counter)).fetchone()[0])

    def issued_of(self, day: str, services: Collection[str]) -> dict[str, int]:
        """How many numbers of these services a day has seen (tickets_of_day, agendas_of_day). A number for several
        items is one of each of them, whichever it has come to: going on to the next gives nobody's place back.
        """
        sql = f"""
            SELECT service, count(*) FROM (
                SELECT service FROM tickets
                WHERE day = ? AND NOT EXISTS (SELECT 1 FROM agendas WHERE agendas.ticket = tickets.id)
                UNION ALL
                SELECT json_extract(item.value, '$.service') FROM agendas, json_each(agendas.items) AS item
                WHERE agendas.day = ?
            ) WHERE service IN ({",".join("?" * len(services))}) GROUP BY service"""
        return {row[0]: row[1] for row in self.conn.execute(sql, (day, day, *services))} if services else {}

    def given_of_class(self, day: str, klass: str) -> tuple[int, int]:
        """(numbers of a class that kiosks gave out on a day, all numbers of the day) (tickets_of_class,
        tickets_of_day).
        """
        mine = """SELECT count(*) FROM tickets WHERE day = ? AND klass = ? AND channel = 'kiosk'
                  AND klass <> 'ordinary'"""
        whole = "SELECT count(*) FROM tickets WHERE day = ?"
        found, total = (
            self.conn.execute(sql, values).fetchone()[0] for sql, values in ((mine, (day, klass)), (whole, (day,)))
        )
        return int(found), int(total)

    def held_by(self, day: str, service: str, holder: str) -> list[int]:
        """The tickets of a service that a person has taken today. A number for several items has one row, under the
        first that counts persons: its agenda says for what else it was taken.
        """
        sql = """SELECT ticket FROM holders WHERE day = ? AND hash = ? AND (service = ? OR EXISTS (
                     SELECT 1 FROM agendas, json_each(agendas.items) AS item
                     WHERE agendas.ticket = holders.ticket AND json_extract(item.value, '$.service') = ?
                 )) ORDER BY ticket"""
        return [row[0] for row in self.conn.execute(sql, (day, holder, service, service))]

    def numbers_of(self, tickets: Collection[int]) -> dict[int, str]:
        """The numbers of some tickets, by their ids."""
        sql = f"SELECT * FROM tickets WHERE id IN ({','.join('?' * len(tickets))})"
        return {row["id"]: ticket_of(row).label for row in self.conn.execute(sql, tuple(tickets))}

    def finished_by_counter(self, day: str) -> dict[str | None, int]:
        """What each counter has finished on a service day, other systems' visits left out (tickets_today)."""
        sql = """SELECT counter, count(*) FROM tickets WHERE day = ? AND state = 'finished' AND number IS NOT NULL
            GROUP BY counter"""
        return {row[0]: row[1] for row in self.conn.execute(sql, (day,))}

    def first_day(self) -> str | None:
        """The service day of the first visit."""
        first: str | None = self.conn.execute("SELECT min(day) FROM legs").fetchone()[0]
        return first

    def legs_between(self, first_day: str, last_day: str, most: int) -> int:
        """How many legs some service days hold, counted up to `most`."""
        sql = "SELECT count(*) FROM (SELECT 1 FROM legs WHERE day BETWEEN ? AND ? LIMIT ?)"
        return int(self.conn.execute(sql, (first_day, last_day, most)).fetchone()[0])
