"""Who asks for a page of the district, and how often somebody may be wrong. Knows no page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import abort, request, session
from psycopg import Connection

from district import people, postgres
from district.people import Person

TRIES, TRIES_S = 10, 600.0
"""Wrong codes and passwords of one address."""
REMEMBERED = 10_000
"""Addresses of which that is known."""


class Sessions:
    """Of one program. `clock`: epoch seconds."""

    def __init__(self, dsn: str, clock: Callable[[], float]) -> None:
        self.dsn, self.clock = dsn, clock
        self._wrong: dict[str, list[float]] = {}

    def begin(self, name: str) -> None:
        session.clear()
        session["name"], session["since"] = name, self.clock()

    def person(self, *roles: str) -> Person:
        """Who asks; a page of login for anybody else, and a refusal for whoever has none of `roles`."""
        with postgres.connect(self.dsn) as conn:
            found = people.of_session(conn, session.get("name"), session.get("since"), self.clock())
        if found is None:
            session.clear()
            abort(401)
        if roles and found.role not in roles:
            abort(403)
        return found

    @contextmanager
    def seen(self, who: Person) -> Iterator[Connection[Any]]:
        """The database as she sees it, in one transaction."""
        with (
            postgres.connect(self.dsn) as conn,
            postgres.seen_by(conn, who.place, who.role, who.name, who.subject),
        ):
            yield conn

    def braked(self) -> bool:
        address = request.remote_addr or ""
        lately = [at for at in self._wrong.pop(address, ()) if self.clock() - at < TRIES_S]
        if lately:
            self._wrong[address] = lately
        return len(lately) >= TRIES

    def missed(self) -> None:
        self._wrong.setdefault(request.remote_addr or "", []).append(self.clock())
        while len(self._wrong) > REMEMBERED:
            del self._wrong[next(iter(self._wrong))]
