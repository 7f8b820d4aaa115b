"""Accounts, sessions, posts, substitutions, the roster."""

from __future__ import annotations

import sqlite3

from server.domain.messages import Message
from server.domain.post import Post, Shift, Substitution
from server.domain.ticket import Skills
from server.store.rows import skills_of


def _substitution(row: sqlite3.Row) -> Substitution:
    values = dict(row)
    return Substitution(**{**values, "is_b": bool(values["is_b"])})


class PeopleQueries:
    conn: sqlite3.Connection

    def staff(self, staff_id: str) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM staff WHERE id = ?", (staff_id,)).fetchone()
        return row

    def session(self, token_hash: str) -> sqlite3.Row | None:
        sql = """SELECT s.staff, s.counter, s.at, s.seen, p.name, p.role, p.department
                 FROM sessions s JOIN staff p ON p.id = s.staff WHERE token_hash = ? AND p.active"""
        row: sqlite3.Row | None = self.conn.execute(sql, (token_hash,)).fetchone()
        return row

    def sessions(self, began_since: float, seen_since: float) -> set[str]:
        """Those of active accounts that began and were seen since then."""
        sql = """SELECT token_hash FROM sessions s JOIN staff p ON p.id = s.staff
                 WHERE s.at >= ? AND s.seen >= ? AND p.active"""
        return {row[0] for row in self.conn.execute(sql, (began_since, seen_since))}

    def names(self) -> dict[str, str]:
        """The names of staff by their numbers."""
        return {row[0]: row[1] for row in self.conn.execute("SELECT id, name FROM staff ORDER BY id")}

    def skills(self) -> dict[str, Skills]:
        """What members of staff can do, by their numbers; who is not in it can do everything."""
        return {row["staff"]: skills_of(row) for row in self.conn.execute("SELECT * FROM skills ORDER BY staff")}

    def messages(self) -> list[Message]:
        """The messages of today, the newest first."""
        sql = 'SELECT id, at, sender, "to", staff, text FROM messages ORDER BY id DESC LIMIT 200'
        return [Message(**dict(row)) for row in self.conn.execute(sql)]

    def everybody(self) -> list[sqlite3.Row]:
        """Every account, in order of staff numbers, without the passwords; `failed` and `locked_until` of the address
        where it is worst.
        """
        sql = """SELECT id, name, role, active, department, subject, coalesce(f.failed, 0) failed, f.locked_until
                 FROM staff
                 LEFT JOIN (SELECT who, max(failed) failed, max(locked_until) locked_until FROM login_failures
                            GROUP BY who) f ON f.who = id ORDER BY id"""
        return self.conn.execute(sql).fetchall()

    def second_factor(self, staff: str) -> sqlite3.Row | None:
        """The sealed secret of an account's two-step login, and the newest step that was used."""
        sql = "SELECT * FROM second_factors WHERE staff = ?"
        row: sqlite3.Row | None = self.conn.execute(sql, (staff,)).fetchone()
        return row

    def recovery_codes_left(self, staff: str) -> int:
        sql = "SELECT count(*) FROM recovery_codes WHERE staff = ?"
        return int(self.conn.execute(sql, (staff,)).fetchone()[0])

    def with_second_factor(self) -> set[str]:
        return {row[0] for row in self.conn.execute("SELECT staff FROM second_factors")}

    def puncher(self, veiled: str) -> str | None:
        """Whose card or PIN it is."""
        row = self.conn.execute("SELECT staff FROM punch_keys WHERE veiled = ?", (veiled,)).fetchone()
        return str(row[0]) if row else None

    def punch_kinds(self, staff: str) -> set[str]:
        """Whether somebody has a card, a PIN, both or neither."""
        return {row[0] for row in self.conn.execute("SELECT kind FROM punch_keys WHERE staff = ?", (staff,))}

    def api_tokens(self) -> list[sqlite3.Row]:
        """Every one, those that end last first."""
        return self.conn.execute("SELECT * FROM api_tokens ORDER BY ends_at DESC, id DESC").fetchall()

    def api_token(self, number: int) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self.conn.execute("SELECT * FROM api_tokens WHERE id = ?", (number,)).fetchone()
        return row

    def api_token_of(self, token_hash: str) -> sqlite3.Row | None:
        sql = "SELECT * FROM api_tokens WHERE token_hash = ?"
        row: sqlite3.Row | None = self.conn.execute(sql, (token_hash,)).fetchone()
        return row

    def staff_of_subject(self, subject: str) -> sqlite3.Row | None:
        """The account that somebody of the district's directory has here."""
        sql = "SELECT * FROM staff WHERE subject = ?"
        row: sqlite3.Row | None = self.conn.execute(sql, (subject,)).fetchone()
        return row

    def login_failures(self, who: str, address: str) -> sqlite3.Row | None:
        """What is noted of wrong passwords for an account from an address."""
        row: sqlite3.Row | None = self.conn.execute(
            "SELECT * FROM login_failures WHERE who = ? AND address = ?", (who, address)
        ).fetchone()
        return row

    def has_failures(self, who: str) -> bool:
        return self.conn.execute("SELECT 1 FROM login_failures WHERE who = ?", (who,)).fetchone() is not None

    def over_sessions(self, began_before: float, seen_before: float) -> list[sqlite3.Row]:
        """Sessions that are over: too old, idle, ended by us, or of an account that is active no more."""
        sql = """SELECT s.token_hash, s.staff, s.counter, s.seen FROM sessions s LEFT JOIN staff p ON p.id = s.staff
                 WHERE s.at < ? OR s.seen < ? OR NOT coalesce(p.active, 0)"""
        return self.conn.execute(sql, (began_before, seen_before)).fetchall()

    def others_at(self, counter: str, staff: str, began_since: float, seen_since: float) -> bool:
        """Whether the person has a session at the counter that is not over."""
        sql = """SELECT 1 FROM sessions s JOIN staff p ON p.id = s.staff
                 WHERE s.counter = ? AND s.staff = ? AND s.at >= ? AND s.seen >= ? AND p.active"""
        return self.conn.execute(sql, (counter, staff, began_since, seen_since)).fetchone() is not None

    def posts(self) -> dict[str, Post]:
        return {row["id"]: Post(**dict(row)) for row in self.conn.execute("SELECT * FROM posts ORDER BY counter, id")}

    def post_at(self, counter: str) -> Post | None:
        row = self.conn.execute("SELECT * FROM posts WHERE counter = ?", (counter,)).fetchone()
        return Post(**dict(row)) if row else None

    def substitution(self, substitution_id: int) -> Substitution | None:
        return self._substitution("id = ?", substitution_id)

    def running_substitution(self, counter: str) -> Substitution | None:
        """Who stands in at a counter now."""
        return self._substitution("counter = ? AND ended IS NULL", counter)

    def _substitution(self, where: str, value: object) -> Substitution | None:
        row = self.conn.execute(
            f"SELECT * FROM substitutions WHERE {where} ORDER BY id DESC LIMIT 1", (value,)
        ).fetchone()
        return _substitution(row) if row else None

    def running_substitutions(self) -> list[Substitution]:
        return [_substitution(r) for r in self.conn.execute("SELECT * FROM substitutions WHERE ended IS NULL")]

    def substitutions(self, limit: int = 100) -> list[Substitution]:
        """Those still to be decided, then the newest others."""
        sql = "SELECT * FROM substitutions ORDER BY state = 'waiting' DESC, id DESC LIMIT ?"
        return [_substitution(r) for r in self.conn.execute(sql, (limit,))]

    def shifts(self, day: str) -> list[Shift]:
        """The roster's words on a day, in the order in which they were said."""
        return [
            Shift(**dict(row)) for row in self.conn.execute("SELECT * FROM roster WHERE day = ? ORDER BY id", (day,))
        ]
