"""The people of the district: own accounts, those whom the directory vouches for, and the end of their sessions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from psycopg import Connection

from config import Told
from district.settings import SignOn
from intake.signs import identifier

NO_PASSWORD = "*"
"""Instead of a hash, of whom the directory vouches for: no password fits."""
NAME_MOST = 40
SESSION_S = 12 * 3600.0
"""A session is over after a long working day, whoever vouches for it."""

hasher = PasswordHasher()
NOBODY = hasher.hash("nobody has this password")
"""Checked for a name that there is not, so that the time tells nobody which names there are."""


class Person(NamedTuple):
    """Who asks: at which place of the tree she stands, and as what; `subject`: who she is in the directory, whatever
    her account is called there, "" for an own account.
    """

    name: str
    place: str
    role: str
    subject: str = ""


class NotHere(Told):
    """The directory vouches for somebody who has no place here; the sentence is for her."""


def proved(conn: Connection[Any], name: str, password: str) -> bool:
    """Whether it is the password of an own account."""
    found = conn.execute("SELECT password FROM people WHERE name = %s AND subject IS NULL", (name,)).fetchone()
    try:
        return hasher.verify(found[0] if found else NOBODY, password) and found is not None
    except VerificationError:
        return False


def of_session(conn: Connection[Any], name: object, since: object, now: float) -> Person | None:
    """Who holds a session that began at `since`; None where it is over. Asked at every request, so that nobody who was
    dismissed or logged out sees another page.
    """
    if not (isinstance(name, str) and isinstance(since, float) and now - since < SESSION_S):
        return None
    sql = "SELECT name, place, role, coalesce(subject, '') FROM people WHERE name = %s AND ended_at <= %s"
    found = conn.execute(sql, (name, since)).fetchone()
    return Person(*found) if found else None


def put(conn: Connection[Any], who: Person, password: str, now: float) -> None:
    """An own account, new or another than before; sessions of the one before it are over."""
    conn.execute(
        """INSERT INTO people (name, password, place, role, ended_at) VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT (name) DO UPDATE SET password = excluded.password, place = excluded.place, role = excluded.role,
           subject = NULL, ended_at = excluded.ended_at""",
        (who.name, hasher.hash(password), who.place, who.role, now),
    )


def dismiss(conn: Connection[Any], name: str) -> None:
    """She sees no further page. Raises LookupError."""
    if conn.execute("DELETE FROM people WHERE name = %s", (name,)).rowcount != 1:
        raise LookupError(name)


def vouched(conn: Connection[Any], claims: Mapping[str, Any], table: SignOn, now: float) -> Person:
    """Somebody whom the directory vouches for: place and role follow its groups at each login, the first that the file
    names counts. Sessions of whoever had the name before are over. Raises NotHere.
    """
    name = identifier(str(claims.get(table.account_claim) or ""))
    if not name or len(name) > NAME_MOST:
        raise NotHere(
            f"统一登录没有给出可用的账号（{table.account_claim}）：请联系目录的管理人员。",
            f"The directory gives no account ({table.account_claim}): ask who keeps it.",
        )
    said = claims.get(table.group_claim)
    groups = {said} if isinstance(said, str) else {one for one in said or () if isinstance(one, str)}
    post = next((post for group, post in table.groups.items() if group in groups), None)
    subject = sealed(claims)
    if post is None:
        conn.execute("DELETE FROM people WHERE subject = %s", (subject,))
        raise NotHere(
            f"账号{name}在统一登录里没有本平台的岗位：请联系目录的管理人员。",
            f"The directory gives {name} no place here: ask who keeps it.",
        )
    with conn.transaction():
        conn.execute("DELETE FROM people WHERE subject = %s AND name <> %s", (subject, name))  # renamed there
        done = conn.execute(
            """INSERT INTO people (name, password, place, role, subject, ended_at) VALUES (%s, %s, %s, %s, %s, %s)
               ON CONFLICT (name) DO UPDATE SET place = excluded.place, role = excluded.role
               WHERE people.subject = excluded.subject""",
            (name, NO_PASSWORD, post.place, post.role, subject, now),
        )
    if done.rowcount != 1:
        raise NotHere(
            f"账号{name}在本平台是别人的：请联系管理人员。",
            f"{name} is somebody else's account here: ask who keeps them.",
        )
    return Person(name, post.place, post.role, subject)


def logged_out(conn: Connection[Any], claims: Mapping[str, Any], now: float) -> None:
    """The directory says that somebody is no longer logged in: her sessions here are over."""
    conn.execute("UPDATE people SET ended_at = %s WHERE subject = %s", (now, sealed(claims)))


def sealed(claims: Mapping[str, Any]) -> str:
    """Stands for issuer and subject, and names nobody."""
    return hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
