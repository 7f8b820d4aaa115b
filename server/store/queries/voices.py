"""What was lodged on the public page and from where, and searches that found nothing: counts, never whose."""

from __future__ import annotations

import sqlite3

from server.domain.rating import BAD


class VoiceQueries:
    conn: sqlite3.Connection

    def sent_since(self, at: float, now: float, mark: str) -> int:
        """Records that one sender lodged on the public page from a moment to another (the key)."""
        sql = "SELECT count(*) FROM senders WHERE mark = ? AND at BETWEEN ? AND ?"
        return int(self.conn.execute(sql, (mark, at, now)).fetchone()[0])

    def lodged_since(self, at: float, now: float, register: str) -> int:
        """Records of a register that anybody lodged on the public page from a moment to another (senders_by_time)."""
        sql = """SELECT count(DISTINCT record) FROM senders JOIN records ON records.id = senders.record
                 WHERE at BETWEEN ? AND ? AND records.register = ?"""
        return int(self.conn.execute(sql, (at, now, register)).fetchone()[0])

    def open_of(self, mark: str) -> int:
        """Those of a sender that are not over (the key)."""
        sql = """SELECT count(*) FROM senders JOIN records ON records.id = senders.record
                 WHERE mark = ? AND records.closed_at IS NULL"""
        return int(self.conn.execute(sql, (mark,)).fetchone()[0])

    def occasions(self, mark: str) -> int:
        """On how many occasions a word found nothing (the key)."""
        return int(self.conn.execute("SELECT count(*) FROM unfound WHERE mark = ?", (mark,)).fetchone()[0])

    def has_unfound(self, mark: str, occasion: str) -> bool:
        """Whether a word was noted on that occasion already (the key)."""
        sql = "SELECT EXISTS (SELECT 1 FROM unfound WHERE mark = ? AND occasion = ?)"
        return bool(self.conn.execute(sql, (mark, occasion)).fetchone()[0])

    def unfound_between(self, first: str, last: str) -> list[tuple[str, int]]:
        """(word, occasions) of words that nothing was found for on some days; of one asked for too seldom there is no
        word (unfound_by_day).
        """
        sql = """SELECT max(word) AS word, count(*) AS many FROM unfound WHERE day BETWEEN ? AND ? GROUP BY mark
                 HAVING word <> '' ORDER BY many DESC, word"""
        return [(row[0], row[1]) for row in self.conn.execute(sql, (first, last))]

    def count_day(self, register: str, since: float) -> dict[str, int]:
        """Of a register, since a moment: opened and not taken back, and done (records_by_time)."""
        opened = """SELECT count(*) FROM records WHERE register = ? AND opened_at >= ? AND kind <> 'void'"""
        done = """SELECT count(*) FROM records WHERE register = ? AND closed_at >= ? AND kind = 'done'"""
        return {
            name: int(self.conn.execute(sql, (register, since)).fetchone()[0])
            for name, sql in (("opened", opened), ("done", done))
        }

    # what stands in people's way, by service

    def _by_service(self, sql: str, *values: object) -> dict[str, int]:
        return {row[0]: row[1] for row in self.conn.execute(sql, values)}

    def missing_by_service(self, start: float, end: float) -> dict[str, int]:
        """How often people were told that something is missing (journal_of_visitors)."""
        sql = """SELECT json_extract(data, '$.service'), count(*) FROM journal
                 WHERE ticket IS NOT NULL AND event = 'NoticeIssued' AND at >= ? AND at < ? GROUP BY 1"""
        return self._by_service(sql, start, end)

    def refused_by_service(self, first: str, last: str) -> dict[str, int]:
        """Numbers that ended with 不予受理 (tickets_of_day)."""
        sql = "SELECT service, count(*) FROM tickets WHERE day BETWEEN ? AND ? AND outcome = 'refused' GROUP BY service"
        return self._by_service(sql, first, last)

    def bad_by_service(self, first: str, last: str) -> dict[str, int]:
        """差评 that somebody gave, not those by default (ratings_of_day)."""
        sql = f"""SELECT service, count(*) FROM ratings
                  WHERE day BETWEEN ? AND ? AND level <= {BAD} AND NOT is_default GROUP BY service"""
        return self._by_service(sql, first, last)

    def long_waits_by_service(self, first: str, last: str, least: float) -> dict[str, int]:
        """Numbers that were called for the first time after so many seconds and more (tickets_of_day)."""
        sql = """SELECT service, count(*) FROM tickets
                 WHERE day BETWEEN ? AND ? AND called_at - max(issued_at, coalesce(slot, 0)) >= ? GROUP BY service"""
        return self._by_service(sql, first, last, least)

    def opened_by_service(self, register: str, start: float, end: float) -> dict[str, int]:
        """Records of a register that were opened in a span and not taken back; '' for those of no service
        (records_by_time).
        """
        sql = """SELECT service, count(*) FROM records
                 WHERE register = ? AND opened_at >= ? AND opened_at < ? AND kind <> 'void' GROUP BY service"""
        return self._by_service(sql, register, start, end)
