"""The writer's transaction, a command's share of it: what was decided elsewhere is recorded. Alone in writing rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from server.domain import events as ev
from server.domain import leg, offline, privacy
from server.domain.chain import COLUMNS, Row, canonical, row_hash
from server.domain.outbound import Link, Sending
from server.domain.platform import Letter, Pretrial
from server.domain.projections import Drop, Put, projected
from server.domain.register import Record
from server.domain.snapshot import TOLD, Delivery, Snapshot
from server.domain.ticket import Counter, Job, Ticket
from server.store.queries.descriptions import packed
from server.store.queries.hall import Device
from server.store.reader import Reader
from server.store.tables import TABLES

FAILURES_S = 2 * 86400.0
DESCRIPTIONS = 200
"""So many of the hall's descriptions are kept to go back to."""
PASSED_OVER = 50
"""So many numbers of each letter are passed over where some may have been given out that nobody here knows of."""
PAPER_OF_WAITING = "PaperOfWaiting"
"""What followers are told of a print event that no counter need look at: two of the three commits of every touch."""
_SELECT = {
    name: f"SELECT * FROM {name} WHERE {' AND '.join(f'{column} = ?' for column in table.key)}"
    for name, table in TABLES.items()
}


@cache
def _written(how: str, table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f"{how} INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"


def _account(staff: str, name: str, role: str, password_hash: str, department: str) -> dict[str, object]:
    return {"id": staff, "name": name, "role": role, "password_hash": password_hash, "department": department}


class Turn(Reader):
    """One command's share of the writer's transaction: read, decide (elsewhere), record."""

    def __init__(self, conn: sqlite3.Connection, head: tuple[int, float, str], now: float) -> None:
        super().__init__(conn)
        self.seq, self.last_at, self.hash = head
        self.now = now
        self.events: set[str] = set()
        """Names of what was recorded; PAPER_OF_WAITING for what becomes of the own slip of a number that waits."""
        self.changes: list[Put | Drop] = []
        """The rows that followed."""
        self._counters: dict[str, Counter] = {}
        self._held: dict[str, Ticket | None] = {}
        """What was asked of the tables since something was recorded: each key asks who sits there and whom the counter
        holds three times over."""
        self._tickets: dict[int, Ticket | None] = {}
        """Numbers as they were asked for or are since: each verb asks for its own before and after it."""
        self._names: dict[str, str] | None = None
        """Names of staff: looked for in each typed text that is recorded."""
        self._records: dict[int, tuple[Record, dict[str, Any]]] = {}
        """Records that changed in this turn, and their columns: one press makes up to four moves of one."""

    def counter(self, counter_id: str) -> Counter:
        if counter_id not in self._counters:
            self._counters[counter_id] = super().counter(counter_id)
        return self._counters[counter_id]

    def at_counter(self, counter: str) -> Ticket | None:
        if counter not in self._held:
            found = self._held[counter] = super().at_counter(counter)
            if found:
                self._tickets[found.id] = found
        return self._held[counter]

    def ticket(self, ticket_id: int) -> Ticket | None:
        if ticket_id not in self._tickets:
            self._tickets[ticket_id] = super().ticket(ticket_id)
        return self._tickets[ticket_id]

    def names(self) -> dict[str, str]:
        if self._names is None:
            self._names = super().names()
        return self._names

    def record_by_id(self, record: int) -> Record | None:
        return self._records[record][0] if record in self._records else super().record_by_id(record)

    def record(self, event: ev.Event, actor: str) -> None:
        """Append the event to the journal and let it change the rows it speaks of. Refused for a personal text."""
        privacy.check(event, lambda: self.names().values())
        fields = (
            self.seq + 1,
            self.now,
            event.name,
            actor,
            event.ticket,
            event.counter,
            canonical(ev.to_row(event)),
        )
        self.hash = row_hash(self.hash, fields)
        self._append(Row(*fields, self.hash))
        self._follow(event, actor)

    def replay(self, row: Row) -> None:
        """Append a row that was recorded elsewhere, as it is, at its own time, and let it change the rows it speaks of.

        Raises ValueError where it does not go on from the newest row.
        """
        if row.seq != self.seq + 1 or row_hash(self.hash, row[:-1]) != row.hash:
            raise ValueError(f"row {row.seq} does not continue the journal, which ends at row {self.seq}")
        event, self.now, self.hash = row.happened(), row.at, row.hash
        self._append(row)
        self._follow(event, row.actor)
        if isinstance(event, ev.Issued) and event.drawn:
            sql = """INSERT INTO numbers (day, prefix, last) VALUES (?, ?, ?)
                     ON CONFLICT (day, prefix) DO UPDATE SET last = max(last, excluded.last)"""
            self.conn.execute(sql, (event.day, event.prefix, event.number))

    def _append(self, row: Row) -> None:
        self.conn.execute(f"INSERT INTO journal ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self.seq, self.last_at = row.seq, row.at

    def _follow(self, event: ev.Event, actor: str) -> None:
        name = event.name
        for change in projected(event, self.now, actor, self):
            self.changes.append(change)
            if isinstance(change, Drop):
                self._drop(change)
            else:
                self._keep(change)
                if change.table == "tickets":
                    self._walk(event, change.row.day, change.row.id)
                elif isinstance(event, ev.PrintBegan | ev.PrintEnded) and self._waits(change.row):
                    name = PAPER_OF_WAITING
            self._counters, self._held = {}, {}
            if change.table == "tickets":
                if isinstance(change, Put):
                    self._tickets[change.row.id] = change.row
                else:
                    self._tickets.pop(change.key, None)
        self.events.add(name)

    def _waits(self, job: Job) -> bool:
        """Whether a paper is the own slip of a number that waits."""
        if job.kind != "ticket":
            return False
        found = self.conn.execute("SELECT state FROM tickets WHERE id = ?", (job.ticket,)).fetchone()
        if not found or found[0] != "waiting":
            return False
        asked = self.asked(job)
        return asked is None or not asked.counter  # a console lists what was asked for there

    def row(self, table: str, key: Any) -> Any:
        """A row as `server/domain/projections.py` asks for it."""
        if table == "tickets":
            return self.ticket(key)
        if table == "records":
            return self.record_by_id(key)
        found = self.conn.execute(_SELECT[table], key if isinstance(key, tuple) else (key,)).fetchone()
        return TABLES[table].load(found) if found else None

    def _keep(self, change: Put) -> None:
        table = TABLES[change.table]
        values = table.dump(change.row)
        known = self._records.get(change.row.id) if change.table == "records" else None
        if change.table == "records":
            self._records[change.row.id] = change.row, values
        if change.before is None:
            self._insert(change.table, values)
            return
        was = known[1] if known else table.dump(change.before)
        changed = {name: value for name, value in values.items() if was[name] != value}
        sets = ", ".join(f'"{name}" = ?' for name in changed)
        where = " AND ".join(f"{name} = ?" for name in table.key)
        key = [values[name] for name in table.key]
        self.conn.execute(f"UPDATE {change.table} SET {sets} WHERE {where}", (*changed.values(), *key))

    def _drop(self, change: Drop) -> None:
        if change.table == "tickets":
            sql = "DELETE FROM legs WHERE ticket = ? AND day = (SELECT day FROM tickets WHERE id = ?)"
            self.conn.execute(sql, (change.key, change.key))
        where = " AND ".join(f"{name} = ?" for name in TABLES[change.table].key)
        key = change.key if isinstance(change.key, tuple) else (change.key,)
        self.conn.execute(f"DELETE FROM {change.table} WHERE {where}", key)

    def _walk(self, event: ev.Event, day: str, ticket: int) -> None:
        """Write the legs that the event changes or begins; a step taken back has them made anew from the ticket's
        life.
        """
        if isinstance(event, ev.Undone):
            self.conn.execute("DELETE FROM legs WHERE day = ? AND ticket = ?", (day, ticket))
            changed = tuple(leg.legs_of((row.seq, row.at, row.happened()) for row in self.life_line(ticket)))
        else:
            last = None if isinstance(event, ev.Issued) else self._last_leg(day, ticket)
            changed = leg.follow(last, event, self.now)
        for one in changed:
            self._put("legs", vars(one))

    def _last_leg(self, day: str, ticket: int) -> leg.Leg | None:
        sql = "SELECT * FROM legs WHERE day = ? AND ticket = ? ORDER BY leg DESC LIMIT 1"
        row = self.conn.execute(sql, (day, ticket)).fetchone()
        return leg.Leg(**dict(row)) if row else None

    def _insert(self, table: str, values: dict[str, object]) -> None:
        self.conn.execute(_written("INSERT", table, tuple(values)), tuple(values.values()))

    def _put(self, table: str, values: dict[str, object]) -> None:
        self.conn.execute(_written("REPLACE", table, tuple(values)), tuple(values.values()))

    def next_id(self, table: str) -> int:
        """Never one that was used: the numbers of a withdrawn import stand in the journal and in no table."""
        newest = self.conn.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
        if table == "tickets":
            told = self.conn.execute("SELECT coalesce(max(ticket), 0) FROM journal WHERE ticket IS NOT NULL")
            newest = max(newest, told.fetchone()[0])
        return int(newest) + 1

    def pass_over(self) -> None:
        """PASSED_OVER numbers of each letter are not given out: somebody may hold them who is not known here."""
        sql = "UPDATE numbers SET last = last + ? WHERE day = (SELECT max(day) FROM numbers)"
        self.conn.execute(sql, (PASSED_OVER,))

    def next_number(self, day: str, prefix: str) -> int:
        """Take the next number of a prefix and day. Only ever called in the transaction that issues it.

        One that somebody has all the same is passed over, whatever was forgotten: the row of numbers decides where to
        look, the numbers that are out decide.
        """
        sql = """INSERT INTO numbers (day, prefix, last) VALUES (?, ?, 1)
                 ON CONFLICT (day, prefix) DO UPDATE SET last = last + 1 RETURNING last"""
        number = int(self.conn.execute(sql, (day, prefix)).fetchone()[0])
        free = self._free(day, prefix, number)
        if free != number:
            self.conn.execute("UPDATE numbers SET last = ? WHERE day = ? AND prefix = ?", (free, day, prefix))
        return free

    def _free(self, day: str, prefix: str, number: int) -> int:
        """The first from here on that is out nowhere and of no place."""
        while True:
            number = number if number < offline.FIRST else offline.beyond(number, self.offline_blocks(prefix))
            if not self.offline_given(day, prefix, number, number):
                return number
            number += 1

    def remember(self, actor: str, key: str, fingerprint: str, ticket: int) -> None:
        self._insert(
            "requests", {"actor": actor, "key": key, "fingerprint": fingerprint, "ticket": ticket, "at": self.now}
        )

    def put_booking(self, code: str, kind: str, day: str, service: str, slot: float | None, taken: int) -> None:
        """The newest word on a code; `taken`: the row of the journal that brought it."""
        self._put(
            "bookings", {"code": code, "kind": kind, "day": day, "service": service, "slot": slot, "taken": taken}
        )

    def drop_bookings(self, taken: int) -> int:
        """Those whose newest word came with a row of the journal; how many they were."""
        return self.conn.execute("DELETE FROM bookings WHERE taken = ?", (taken,)).rowcount

    def forget_bookings(self, before: str) -> None:
        """Appointments of days before this one."""
        self.conn.execute("DELETE FROM bookings WHERE kind = 'appointment' AND day < ?", (before,))

    def put_holder(self, ticket: int, day: str, service: str, holder: str, mask: str) -> None:
        self._put("holders", {"ticket": ticket, "day": day, "service": service, "hash": holder, "mask": mask})

    def forget_holders(self, before: str) -> None:
        self.conn.execute("DELETE FROM holders WHERE day < ?", (before,))

    def put_booker(self, appointment: int, hashed: str, day: str) -> None:
        """Whose an appointment is: a sealed number."""
        self._put("bookers", {"appointment": appointment, "hash": hashed, "day": day})

    def drop_booker(self, appointment: int) -> None:
        self.conn.execute("DELETE FROM bookers WHERE appointment = ?", (appointment,))

    def forget_bookers(self, before: str) -> None:
        self.conn.execute("DELETE FROM bookers WHERE day < ?", (before,))

    def forget_requests(self, before: float, codes_before: float) -> None:
        """`codes_before`: what the codes of offline papers open is kept longer, since they rate."""
        sql = "DELETE FROM requests WHERE at < iif(actor = ?, ?, ?)"
        self.conn.execute(sql, (offline.CODES, codes_before, before))

    def put_staff(self, staff: str, name: str, role: str, password_hash: str, department: str = "") -> None:
        self._names = None
        self._put("staff", _account(staff, name, role, password_hash, department))

    def put_session(
        self, token_hash: str, staff: str, counter: str | None, at: float, seen: float | None = None
    ) -> None:
        """`seen`: the last sign of the person; None: as it begins."""
        seen = at if seen is None else seen
        self._put("sessions", {"token_hash": token_hash, "staff": staff, "counter": counter, "at": at, "seen": seen})

    def drop_session(self, token_hash: str) -> None:
        self.conn.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash,))

    def shift_ends(self, seconds: float) -> None:
        """The clock was set: sessions, locks and deliveries that wait end as long from now as they would have."""
        self.conn.execute("UPDATE sessions SET at = at + ?1, seen = seen + ?1 WHERE seen > 0", (seconds,))
        self.conn.execute("UPDATE login_failures SET at = at + ?1, locked_until = locked_until + ?1", (seconds,))
        self.conn.execute("UPDATE deliveries SET next_at = next_at + ? WHERE done_at IS NULL", (seconds,))

    def shift_logins(self, after: float, seconds: float) -> None:
        """The same of those alone who logged in, or were locked, after a moment."""
        self.conn.execute("UPDATE sessions SET at = at + ?1, seen = seen + ?1 WHERE at > ?2", (seconds, after))
        sql = "UPDATE login_failures SET at = at + ?1, locked_until = locked_until + ?1 WHERE at > ?2"
        self.conn.execute(sql, (seconds, after))

    def put_printer(self, name: str, memory: dict[str, Any]) -> None:
        self._put("printers", {"name": name, "memory": canonical(memory)})

    def put_delivery(self, delivery: Delivery) -> None:
        self._put("deliveries", asdict(delivery))

    def put_link(self, link: Link) -> None:
        self._put("links", asdict(link))

    def forget_link(self, destination: str) -> None:
        """Where it stood, and what became of each message."""
        for table in ("links", "sendings"):
            self.conn.execute(f"DELETE FROM {table} WHERE destination = ?", (destination,))

    def put_sending(self, sending: Sending) -> None:
        self._put("sendings", asdict(sending))

    def forget_sendings(self, destination: str, before: float) -> None:
        """What was sent long ago (sendings_by_state)."""
        sql = "DELETE FROM sendings WHERE destination = ? AND state = 'sent' AND tried_at < ?"
        self.conn.execute(sql, (destination, before))

    def put_letter(self, letter: Letter) -> None:
        self._put("letters", asdict(letter))

    def forget_letters(self, before: float) -> None:
        """What was taken long ago (letters_by_state)."""
        self.conn.execute("DELETE FROM letters WHERE state IN ('taken', 'known') AND heard_at < ?", (before,))

    def check_in_pretrial(self, code: str, ticket: int) -> None:
        """Which number a 预审号 was checked in with; nothing for any other code."""
        self.conn.execute("UPDATE pretrials SET ticket = ? WHERE code = ?", (ticket, code))

    def put_pretrial(self, pretrial: Pretrial) -> None:
        self._put("pretrials", asdict(pretrial))

    def put_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a report for good, and say so in the journal."""
        self._insert("snapshots", asdict(snapshot))
        self.record(ev.ReportMade(**{name: getattr(snapshot, name) for name in TOLD}), snapshot.actor)

    def put_message(self, staff: str, sender: str, to: str, text: str) -> None:
        self._insert("messages", {"at": self.now, "staff": staff, "sender": sender, "to": to, "text": text})

    def forget_messages(self) -> None:
        """All of them: a message is for the day."""
        self.conn.execute("DELETE FROM messages")

    def put_device(self, name: str, token_hash: str, *, place: str = "", enrolled_at: float | None = None) -> None:
        """A device with a new token: unlocked, and called as before."""
        sql = """INSERT INTO devices (name, token_hash, place, enrolled_at) VALUES (?, ?, ?, ?)
                 ON CONFLICT (name) DO UPDATE SET token_hash = excluded.token_hash, place = excluded.place,
                 enrolled_at = excluded.enrolled_at, locked_at = NULL, ended_at = NULL"""
        self.conn.execute(sql, (name, token_hash, place, enrolled_at))
        self._changed_device(name)

    def change_device(self, name: str, **columns: object) -> None:
        """Some columns of a device."""
        sets = ", ".join(f"{column} = ?" for column in columns)
        self.conn.execute(f"UPDATE devices SET {sets} WHERE name = ?", (*columns.values(), name))
        self._changed_device(name)

    def _changed_device(self, name: str) -> None:
        """Whose token is whose is kept in memory (`standing.py`)."""
        sql = "SELECT name, token_hash, locked_at, ended_at FROM devices WHERE name = ?"
        self.changes += [Put("devices", Device(*row)) for row in self.conn.execute(sql, (name,))]

    def put_second_factor(self, staff: str, box: bytes, step: int, veiled: Sequence[str]) -> None:
        """An account's second factor with its recovery codes; what it had before is gone."""
        self.drop_second_factor(staff)
        self._insert("second_factors", {"staff": staff, "box": box, "step": step, "set_at": self.now})
        for code in veiled:
            self._insert("recovery_codes", {"staff": staff, "veiled": code})

    def used_step(self, staff: str, step: int) -> None:
        self.conn.execute("UPDATE second_factors SET step = ? WHERE staff = ?", (step, staff))

    def drop_recovery_code(self, staff: str, veiled: str) -> bool:
        """Whether it was there."""
        sql = "DELETE FROM recovery_codes WHERE staff = ? AND veiled = ?"
        return self.conn.execute(sql, (staff, veiled)).rowcount == 1

    def drop_second_factor(self, staff: str) -> None:
        self.conn.execute("DELETE FROM second_factors WHERE staff = ?", (staff,))
        self.conn.execute("DELETE FROM recovery_codes WHERE staff = ?", (staff,))

    def put_punch_key(self, staff: str, kind: str, veiled: str) -> None:
        """What somebody punches with, instead of what it was; empty: nothing any more."""
        self.conn.execute("DELETE FROM punch_keys WHERE staff = ? AND kind = ?", (staff, kind))
        if veiled:
            self._insert("punch_keys", {"staff": staff, "kind": kind, "veiled": veiled})

    def put_api_token(self, token_hash: str, name: str, scope: str, reads: bool, ends_at: float, made_by: str) -> int:
        """Its number."""
        values = {"token_hash": token_hash, "name": name, "scope": scope, "reads": int(reads), "ends_at": ends_at}
        self._insert("api_tokens", {**values, "made_at": self.now, "made_by": made_by})
        return int(self.conn.execute("SELECT last_insert_rowid()").fetchone()[0])

    def end_api_token(self, number: int) -> None:
        self.conn.execute("UPDATE api_tokens SET ended_at = ? WHERE id = ?", (self.now, number))

    def seen_devices(self, seen: Mapping[str, tuple[float, str]]) -> None:
        """When each was heard last, and its program's version."""
        self.conn.executemany(
            "UPDATE devices SET seen_at = ?, version = ? WHERE name = ?",
            [(at, version, name) for name, (at, version) in seen.items()],
        )

    def tick_step(self, step: str, actor: str) -> None:
        """A step of 开厅清单 is done for good; the first word stands."""
        self.conn.execute("INSERT OR IGNORE INTO opening_list VALUES (?, ?, ?)", (step, self.now, actor))

    # the hall's description

    def keep_description(self, version: str, actor: str, why: str, how: str, files: Mapping[str, bytes]) -> None:
        """In force from now on; of the oldest ones nothing is kept."""
        values = {"version": version, "at": self.now, "actor": actor, "why": why, "how": how, "files": packed(files)}
        self._insert("config_versions", values)
        sql = "DELETE FROM config_versions WHERE id <= (SELECT max(id) FROM config_versions) - ?"
        self.conn.execute(sql, (DESCRIPTIONS,))

    def put_draft(
        self,
        id: int | None,
        actor: str,
        edits: Sequence[Sequence[object]],
        why: str = "",
        starts_at: float | None = None,
        problem: Sequence[str] = (),
    ) -> None:
        """A draft as it is now; a new one without an id."""
        values: dict[str, object] = {
            "id": id,
            "at": self.now,
            "actor": actor,
            "edits": canonical([list(edit) for edit in edits]),
            "why": why,
            "starts_at": starts_at,
            "problem": canonical(list(problem)) if any(problem) else "",
        }
        self._put("config_drafts", values)

    def drop_draft(self, id: int) -> None:
        self.conn.execute("DELETE FROM config_drafts WHERE id = ?", (id,))

    # registers: what the calendar makes of records, and what is private

    def put_due(self, record: int, register: str, due: str, every: str, was: str = "") -> None:
        self._put("dues", {"record": record, "register": register, "due": due, "every": every, "was": was})

    def drop_due(self, record: int) -> None:
        self.conn.execute("DELETE FROM dues WHERE record = ?", (record,))

    def put_private(self, record: int, key: bytes, boxes: Mapping[str, bytes]) -> None:
        """A record's key, sealed, and its private fields; whatever it had before is overwritten."""
        self.drop_private(record)
        self._insert("private_keys", {"record": record, "box": key})
        for field, box in boxes.items():
            self._insert("private_fields", {"record": record, "field": field, "box": box})

    def drop_private(self, record: int) -> None:
        """Destroy a record's key and its private fields."""
        self.conn.execute("DELETE FROM private_keys WHERE record = ?", (record,))
        self.conn.execute("DELETE FROM private_fields WHERE record = ?", (record,))

    # voices

    def note_sender(self, record: int, mark: str) -> None:
        self._put("senders", {"record": record, "mark": mark, "at": self.now})

    def forget_senders(self, before: float) -> None:
        """Of records that are over, and all from before a moment."""
        sql = "DELETE FROM senders WHERE at < ? OR record IN (SELECT id FROM records WHERE closed_at IS NOT NULL)"
        self.conn.execute(sql, (before,))

    def note_unfound(self, mark: str, occasion: str, day: str, word: str) -> None:
        """A search that found nothing; the same once more on one occasion is one."""
        self._put("unfound", {"mark": mark, "occasion": occasion, "day": day, "word": word})

    def forget_unfound(self, before: str) -> None:
        self.conn.execute("DELETE FROM unfound WHERE day < ?", (before,))

    # notifications

    def count_notification(self, day: str, veiled: str) -> None:
        """One more to an address today."""
        sql = """INSERT INTO notification_counts (day, veiled, sent) VALUES (?, ?, 1)
                 ON CONFLICT (day, veiled) DO UPDATE SET sent = sent + 1"""
        self.conn.execute(sql, (day, veiled))

    def forget_notification_counts(self, before: str) -> None:
        self.conn.execute("DELETE FROM notification_counts WHERE day < ?", (before,))

    # people

    def add_staff(self, staff: str, name: str, role: str, password_hash: str, department: str = "") -> None:
        self._names = None
        self._insert("staff", _account(staff, name, role, password_hash, department))

    def change_staff(self, staff: str, **columns: object) -> None:
        sets = ", ".join(f"{name} = ?" for name in columns)
        self._names = None
        self.conn.execute(f"UPDATE staff SET {sets} WHERE id = ?", (*columns.values(), staff))

    def note_failure(self, who: str, address: str, failed: int, locks: int, locked_until: float | None) -> None:
        """Wrong passwords for an account from an address; those of before `FAILURES_S` are forgotten."""
        self.conn.execute("DELETE FROM login_failures WHERE at < ?", (self.now - FAILURES_S,))
        values = {"failed": failed, "locks": locks, "locked_until": locked_until, "at": self.now}
        self._put("login_failures", {"who": who, "address": address, **values})

    def forget_failures(self, who: str, address: str | None = None) -> None:
        """Those from one address, or from all."""
        self.conn.execute("DELETE FROM login_failures WHERE who = ? AND address = coalesce(?, address)", (who, address))

    def sign_of(self, token_hash: str) -> None:
        """The person behind a session is there."""
        self.conn.execute("UPDATE sessions SET seen = ? WHERE token_hash = ?", (self.now, token_hash))

    def end_sessions(self, staff: str, but: str | None = None) -> None:
        """End a person's sessions at once; their rows go when the counters are closed."""
        self.conn.execute("UPDATE sessions SET seen = 0 WHERE staff = ? AND token_hash IS NOT ?", (staff, but))

    def end_session(self, token_hash: str) -> None:
        self.conn.execute("UPDATE sessions SET seen = 0 WHERE token_hash = ?", (token_hash,))
