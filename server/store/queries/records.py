"""Records of registers, what is due, what is private."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from server.domain.chain import COLUMNS, Row
from server.domain.register import Record, Step
from server.store.tables import record_of

NO_DUE = "9999-12-31"
"""The due date of a record whose clock is stopped, or that has none: after all others."""

MANY = 2_000
"""So many records of 100 000 lie close enough in the order of their dues to be met there."""

LAST_OF_THREE = 999
"""The last number that text and number put in the same order."""


class Asked(NamedTuple):
    """Which records of a register are asked for, besides what the question says. The first two bound whose they are:
    of these services (None: of any), of no service at all, or `owner`'s.
    """

    within: tuple[str, ...] | None = None
    owner: str = ""
    services: tuple[str, ...] | None = None
    states: tuple[str, ...] = ()
    hidden_from: str = ""
    """Not those that are about this person, but where it is that person's move."""
    told_in: tuple[str, ...] = ()
    """States in which whom a record is about has a move to make."""
    held_by: str = ""
    """Only those that this person has now, or that wait for a move of that person as whom they are about."""

    def where(self) -> tuple[str, list[Any]]:
        """As conditions on `records`, each behind an AND, and their values."""
        parts: list[str] = []
        values: list[Any] = []
        if self.within is not None:
            parts.append(f"(records.service IN ({_marks(self.within)}, '') OR records.owner = ?)")
            values += [*self.within, self.owner]
        if self.services is not None:
            parts.append(f"records.service IN ({_marks(self.services)})")
            values += self.services
        if self.states:
            parts.append(f"records.state IN ({_marks(self.states)})")
            values += self.states
        if self.hidden_from:
            marks = ", ".join("?" * len(self.told_in))
            parts.append(f"""(json_extract(records."values", '$.about') IS NOT ? OR records.state IN ({marks}))""")
            values += [self.hidden_from, *self.told_in]
        if self.held_by:
            marks = ", ".join("?" * len(self.told_in))
            mine = f"""json_extract(records."values", '$.about') = ? AND records.state IN ({marks})"""
            parts.append(f"(records.owner = ? OR {mine})")
            values += [self.held_by, self.held_by, *self.told_in]
        return "".join(f" AND {part}" for part in parts), values

    def open_ids(self, register: str) -> tuple[str, list[Any]]:
        """A question for (id, state) of those that are open, and its values: a department's by its services and a
        person's apart, each by its index.
        """
        rest, values = self._replace(within=None).where()
        ids = f"SELECT id, state FROM records WHERE register = ? AND closed_at IS NULL{rest}"
        if self.within is None:
            return ids, [register, *values]
        return (
            f"{ids} AND service IN ({_marks(self.within)}, '') UNION {ids} AND owner = ?",
            [register, *values, *self.within, register, *values, self.owner],
        )


ALL = Asked()


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values)) or "NULL"


class RecordQueries:
    conn: sqlite3.Connection

    def record_by_id(self, record: int) -> Record | None:
        found = self.conn.execute("SELECT * FROM records WHERE id = ?", (record,)).fetchone()
        return record_of(found) if found else None

    def record_numbered(self, number: str) -> Record | None:
        found = self.conn.execute("SELECT * FROM records WHERE number = ?", (number,)).fetchone()
        return record_of(found) if found else None

    def records_naming(self, register: str, field: str, number: str) -> list[int]:
        """The records of a register whose link names that one."""
        sql = f"""SELECT id FROM records WHERE register = ? AND json_extract("values", '$.{field}') = ?"""
        return [row[0] for row in self.conn.execute(sql, (register, number))]

    def records_of_ticket(self, ticket: int) -> list[Record]:
        """What was opened for a visit (records_of_ticket)."""
        sql = "SELECT * FROM records WHERE ticket = ? ORDER BY id"
        return [record_of(row) for row in self.conn.execute(sql, (ticket,))]

    def records_due(
        self, register: str, before: str = "~", limit: int = 200, after: int = 0, asked: Asked = ALL
    ) -> list[Record]:
        """Open records, the first due first, those due before a date (dues_first; of few records_of_service for a
        department's, records_by_state for those in some states).
        """
        first, values = self._dues(register, before, asked)
        if asked != ALL and self._many(register, asked):
            where, more = asked.where()
            first = f"""SELECT due, record FROM dues CROSS JOIN records ON records.id = dues.record
                        WHERE dues.register = ? AND due < ?{where}"""
            values = [register, before, *more]
        sql = f"""SELECT records.* FROM ({first} ORDER BY due, record LIMIT ? OFFSET ?) first
                  JOIN records ON records.id = first.record ORDER BY first.due, first.record"""
        return [record_of(row) for row in self.conn.execute(sql, (*values, limit, after))]

    def _many(self, register: str, asked: Asked) -> bool:
        """Whether so many are meant that the first of them are found sooner by going through what is due."""
        within = asked.within  # a person's own beside a department's are few, and a UNION would be made whole
        plain = (
            asked if within is None else asked._replace(within=None, owner="", services=asked.services or (*within, ""))
        )
        ids, values = plain.open_ids(register)
        found = self.conn.execute(f"SELECT count(*) FROM (SELECT 1 FROM ({ids}) LIMIT {MANY})", values)
        return int(found.fetchone()[0]) >= MANY

    def count_due(self, register: str, before: str = "~", asked: Asked = ALL) -> int:
        first, values = self._dues(register, before, asked)
        return int(self.conn.execute(f"SELECT count(*) FROM ({first})", values).fetchone()[0])

    def _dues(self, register: str, before: str, asked: Asked) -> tuple[str, list[Any]]:
        """(a question for (due, record), its values): the records first where they are few, else the dues alone."""
        if asked == ALL:
            return "SELECT due, record FROM dues WHERE register = ? AND due < ?", [register, before]
        ids, values = asked.open_ids(register)
        return (
            f"SELECT due, record FROM ({ids}) asked CROSS JOIN dues ON dues.record = asked.id WHERE due < ?",
            [*values, before],
        )

    def records_open(self, register: str) -> list[Record]:
        """Every record of a register that is not over (records_by_state)."""
        sql = "SELECT * FROM records WHERE register = ? AND closed_at IS NULL ORDER BY id"
        return [record_of(row) for row in self.conn.execute(sql, (register,))]

    def records_closed_since(self, register: str, at: float) -> list[Record]:
        """Those of a register that are over since a moment (records_by_time)."""
        sql = "SELECT * FROM records WHERE register = ? AND closed_at >= ? ORDER BY id"
        return [record_of(row) for row in self.conn.execute(sql, (register, at))]

    def records_of_owner(self, register: str, owner: str, asked: Asked = ALL) -> list[Record]:
        """Who has them now: the open ones, the first due first (records_of_owner)."""
        where, values = asked.where()
        sql = f"""SELECT records.* FROM records JOIN dues ON dues.record = records.id
                  WHERE owner = ? AND records.register = ? AND closed_at IS NULL{where} ORDER BY due, id LIMIT 500"""
        return [record_of(row) for row in self.conn.execute(sql, (owner, register, *values))]

    def records_still(self, register: str, before: float, asked: Asked = ALL) -> list[Record]:
        """Open records with which nothing was done since a moment, the stillest first (records_by_state)."""
        where, values = asked.where()
        sql = f"""SELECT * FROM records WHERE register = ? AND closed_at IS NULL AND changed_at < ?{where}
                  ORDER BY changed_at, id LIMIT 500"""
        return [record_of(row) for row in self.conn.execute(sql, (register, before, *values))]

    def records_in(self, register: str, states: tuple[str, ...], asked: Asked = ALL) -> list[Record]:
        """The open ones that stand in some states, the first moved first (records_by_state)."""
        where, values = asked._replace(states=states).where()
        sql = f"SELECT * FROM records WHERE register = ? AND closed_at IS NULL{where} ORDER BY changed_at, id"
        return [record_of(row) for row in self.conn.execute(sql, (register, *values))]

    def records_about(self, register: str, staff: str) -> list[Record]:
        """The open ones that are about somebody, the first moved first (records_by_state)."""
        sql = """SELECT * FROM records WHERE register = ? AND closed_at IS NULL
                 AND json_extract("values", '$.about') = ? ORDER BY changed_at, id"""
        return [record_of(row) for row in self.conn.execute(sql, (register, staff))]

    def records_moved(self, register: str, asked: Asked = ALL) -> list[tuple[Record, str]]:
        """What the last change of the calendar moved, each with its due dates before it (dues_moved)."""
        where, values = asked.where()
        sql = f"""SELECT records.*, was FROM dues JOIN records ON records.id = dues.record
                  WHERE dues.register = ? AND was <> ''{where} ORDER BY due, record LIMIT 1000"""
        found = []
        for row in self.conn.execute(sql, (register, *values)):
            told = dict(row)
            was = told.pop("was")
            found.append((record_of(told), was))  # type: ignore[arg-type]
        return found

    def records_opened(
        self,
        register: str,
        start: float = 0.0,
        end: float = float("inf"),
        limit: int = 200,
        after: int = 0,
        asked: Asked = ALL,
    ) -> list[Record]:
        """Those opened in a span, the newest first (records_by_time)."""
        where, values = asked.where()
        sql = f"""SELECT * FROM records WHERE register = ? AND opened_at >= ? AND opened_at < ?{where}
                  ORDER BY opened_at DESC, id DESC LIMIT ? OFFSET ?"""
        found = self.conn.execute(sql, (register, start, end, *values, limit, after))
        return [record_of(row) for row in found]

    def records_ended(self, register: str, state: str) -> list[Record]:
        """Those that ended in a state, the first opened first (records_by_time)."""
        sql = "SELECT * FROM records WHERE register = ? AND state = ? AND closed_at IS NOT NULL ORDER BY opened_at, id"
        return [record_of(row) for row in self.conn.execute(sql, (register, state))]

    def ended_mark(self, register: str, state: str) -> tuple[int, float]:
        """(how many ended in a state, when one of them was corrected last): the same while `records_ended` is."""
        sql = "SELECT count(*), max(changed_at) FROM records WHERE register = ? AND state = ?"
        count, changed = self.conn.execute(sql, (register, state)).fetchone()
        return count, changed or 0.0

    def has_records(self, register: str) -> bool:
        """Whether a register has any (records_by_time)."""
        sql = "SELECT EXISTS (SELECT 1 FROM records WHERE register = ?)"
        return bool(self.conn.execute(sql, (register,)).fetchone()[0])

    def moves_open(self) -> list[tuple[int, str, int, list[Step]]]:
        """(id, register, version, its moves) of every record that is not over."""
        sql = "SELECT id, register, version, moves FROM records WHERE closed_at IS NULL"
        return [
            (record, register, version, [Step(*step) for step in orjson.loads(moves)])
            for record, register, version, moves in self.conn.execute(sql)
        ]

    def states_of(self, register: str, asked: Asked = ALL) -> dict[str, int]:
        """How many open records stand in each state (records_by_state)."""
        ids, values = asked.open_ids(register)
        return dict(self.conn.execute(f"SELECT state, count(*) FROM ({ids}) GROUP BY state", values).fetchall())

    def versions_open(self) -> set[tuple[str, int]]:
        """The versions of registers that records live under."""
        return {(row[0], row[1]) for row in self.conn.execute("SELECT DISTINCT register, version FROM records")}

    def last_numbered(self, prefix: str) -> int:
        """The highest running number of a register and day: BJ20260923- is the prefix. One look at the index, until
        a day has a thousand of them.
        """
        within, start = "FROM records WHERE number >= ? AND number < ?", len(prefix) + 1
        span = (prefix, prefix[:-1] + ".")
        found = self.conn.execute(f"SELECT substr(max(number), {start}) {within}", span).fetchone()[0]
        if found is None or int(found) < LAST_OF_THREE:
            return int(found or 0)
        sql = f"SELECT max(CAST(substr(number, {start}) AS INTEGER)) {within}"
        return int(self.conn.execute(sql, span).fetchone()[0])

    def due_of(self, record: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM dues WHERE record = ?", (record,)).fetchone()
        return row

    def dues(self) -> dict[int, sqlite3.Row]:
        """What the calendar made of every open record."""
        return {row["record"]: row for row in self.conn.execute("SELECT * FROM dues")}

    def records_to_erase(self, closed_before: float) -> list[Record]:
        """Those over since before a moment that still have private fields (records_to_erase)."""
        sql = "SELECT * FROM records WHERE closed_at < ? AND closed_at IS NOT NULL AND given <> '{}' ORDER BY closed_at"
        return [record_of(row) for row in self.conn.execute(sql, (closed_before,))]

    def private(self, record: int) -> tuple[bytes, dict[str, bytes]] | None:
        """A record's key and its private fields, all sealed."""
        key = self.conn.execute("SELECT box FROM private_keys WHERE record = ?", (record,)).fetchone()
        if key is None:
            return None
        found = self.conn.execute("SELECT field, box FROM private_fields WHERE record = ?", (record,))
        return key[0], dict(found.fetchall())

    def records_with_private(self) -> list[Record]:
        """Those with something private, and those from which it was erased."""
        sql = "SELECT * FROM records WHERE given <> '{}' OR erased_at IS NOT NULL"
        return [record_of(row) for row in self.conn.execute(sql)]

    def private_places(self) -> set[int]:
        """Every record, or minus every number, that has a key or a field."""
        sql = "SELECT record FROM private_keys UNION SELECT record FROM private_fields"
        return {row[0] for row in self.conn.execute(sql)}

    def has_private(self, record: int) -> bool:
        """Whether anything is left of what is private: a key, or a field."""
        sql = """SELECT EXISTS (SELECT 1 FROM private_keys WHERE record = ?1)
                 OR EXISTS (SELECT 1 FROM private_fields WHERE record = ?1)"""
        return bool(self.conn.execute(sql, (record,)).fetchone()[0])

    def life_of_record(self, record: Record) -> list[Row]:
        """The rows of the journal that are a record's, in order: its opening, its moves, corrections and erasures
        (journal_of_ticket, journal_by_time).
        """
        of_ticket = "ticket = ?" if record.ticket is not None else "? IS NULL AND ticket IS NULL"
        rows = self._of(
            record.id, f"{of_ticket} AND event = 'RecordOpened' AND at = ?", record.ticket, record.opened_at
        )
        for at in sorted({step.at for step in record.moves[1:]}):
            rows += self._of(record.id, "ticket IS NULL AND event = 'RecordMoved' AND at = ?", at)
        for event in ("RecordCorrected", "RecordErased"):
            rows += self._of(record.id, "ticket IS NULL AND event = ? AND at >= ?", event, record.opened_at)
        return sorted(rows)

    def _of(self, record: int, where: str, *values: object) -> list[Row]:
        sql = f"SELECT {COLUMNS} FROM journal WHERE {where} AND json_extract(data, '$.record') = ? ORDER BY seq"
        return [Row(*row) for row in self.conn.execute(sql, (*values, record))]

    def erasures(self, limit: int = 200) -> list[Row]:
        """What was erased, the newest first (journal_of_hall)."""
        sql = f"""SELECT {COLUMNS} FROM journal WHERE ticket IS NULL AND event = 'RecordErased'
                  ORDER BY seq DESC LIMIT ?"""
        return [Row(*row) for row in self.conn.execute(sql, (limit,))]
