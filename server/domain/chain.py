"""A row of the journal and the chain of hashes that it continues. Pure: the hall, its second machine and the district
above it prove a history by the same function.

hash(row) = sha256(previous hash + canonical JSON of [seq, at, event, actor, ticket, counter, data]); the first row's
previous hash is 64 zeros. Canonical JSON: sorted keys, no spaces, UTF-8, as json.dumps writes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from server.domain import events as ev

GENESIS = "0" * 64
COLUMNS = "seq, at, event, actor, ticket, counter, data, hash"

canonical: Callable[[Any], str] = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


class Row(NamedTuple):
    """One line of the history. `at`: epoch seconds UTC; `data`: the event's own fields as canonical JSON."""

    seq: int
    at: float
    event: str
    actor: str
    ticket: int | None
    counter: str | None
    data: str
    hash: str

    def happened(self) -> ev.Event:
        return ev.from_row(self.event, self.ticket, self.counter, json.loads(self.data))

    def field(self, name: str) -> Any:
        """One field of what happened."""
        return getattr(self.happened(), name)


class Head(NamedTuple):
    """The newest row that somebody has: its number and hash; (0, GENESIS) before the first."""

    seq: int = 0
    hash: str = GENESIS


def row_hash(previous: str, fields: tuple[Any, ...]) -> str:
    """Hash of a row from the hash before it and its seven fields."""
    return hashlib.sha256((previous + canonical(list(fields))).encode()).hexdigest()


def goes_on(head: Head, rows: Iterable[Row]) -> Head | None:
    """The head after `rows`, each of which continues the one before it; None where one does not."""
    for row in rows:
        if row.seq != head.seq + 1 or row_hash(head.hash, row[:-1]) != row.hash:
            return None
        head = Head(row.seq, row.hash)
    return head
