"""Who a hall is: a key that it makes for itself, enrolled once by a code on paper, and taken away again."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from psycopg import Connection

LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
LENGTH = 12
LASTS_S = 7 * 86400.0
"""A code goes by paper to a hall where somebody types it in: a week."""
KEY = 56
"""Signs of a public NKEY; a user's begins with U."""


class Unknown(LookupError):
    """No such hall, or a code that is over."""


def code(conn: Connection[Any], hall: str, now: float) -> str:
    """A fresh one-time code for a hall, in groups of four; an older one is over. Raises Unknown."""
    made = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    done = conn.execute(
        "UPDATE halls SET code_hash = %s, code_until = %s WHERE id = %s", (_hashed(made), now + LASTS_S, hall)
    )
    if done.rowcount != 1:
        raise Unknown(f"{hall}: no such hall")
    return "-".join(made[n : n + 4] for n in range(0, LENGTH, 4))


def enrol(conn: Connection[Any], told: str, key: str, now: float) -> str:
    """The hall whose code this is gets this key, and the code is over; its name. Raises Unknown."""
    if len(key) != KEY or not key.startswith("U") or not (key.isascii() and key.isalnum()):
        raise Unknown("this is no public key of a hall")
    taken = conn.execute("SELECT id FROM halls WHERE key = %s AND code_hash IS DISTINCT FROM %s", (key, _coded(told)))
    if taken.fetchone():
        raise Unknown("another hall has this key: a copied folder makes a key of its own once district-key is deleted")
    done = conn.execute(
        """UPDATE halls SET key = %s, code_hash = NULL, code_until = NULL, revoked_at = NULL
           WHERE code_hash = %s AND code_until > %s RETURNING id""",
        (key, _coded(told), now),
    ).fetchone()
    if done is None:
        raise Unknown("the code is over, or none of ours")
    return str(done[0])


def revoke(conn: Connection[Any], hall: str, now: float) -> None:
    """A hall's key is good no more, nor a code that was given out for it. Raises Unknown."""
    done = conn.execute(
        "UPDATE halls SET key = NULL, code_hash = NULL, code_until = NULL, revoked_at = %s WHERE id = %s", (now, hall)
    )
    if done.rowcount != 1:
        raise Unknown(f"{hall}: no such hall")


def keys(conn: Connection[Any]) -> dict[str, str]:
    """Public keys of the halls that may speak, by name."""
    return dict(conn.execute("SELECT id, key FROM halls WHERE key IS NOT NULL ORDER BY id").fetchall())


def _coded(told: str) -> str:
    return _hashed(told.replace("-", "").replace(" ", "").upper())


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
