"""Logins while nothing can be written: on a full or failing disk, or cut off from the second machine.

They are what a person needs then to see what is wrong and what to do. They live in memory, and are written down as soon
as that is possible (`accounts.settle`). Wrong passwords are counted as in the store, and a code opens just once. No
counter opens by such a login; who sits at one already comes back to it. A restart before that forgets all of it.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from server.store.reader import Reader

MOST = 1000
"""So many logins and counts of tries are kept: the oldest goes first. What is over, and a used code, never goes: each
has taken a right password.
"""


class Login(NamedTuple):
    """`hashed`: the password's hash then: with another one it is over. `at`, `seen`: epoch seconds."""

    staff: str
    counter: str | None
    at: float
    seen: float
    hashed: str


class Tries(NamedTuple):
    """As the store counts them (`login_failures`): since the last lock, locks, until when (epoch seconds)."""

    failed: int = 0
    locks: int = 0
    until: float = 0.0


class Taken(NamedTuple):
    """What is to be written down: logins and ended sessions by token's hash; the newest used step of each person."""

    logins: Mapping[str, Login] = {}
    ended: Collection[str] = ()
    steps: Mapping[str, int] = {}


class Unwritten:
    """From any thread."""

    def __init__(self) -> None:
        self.deciding = threading.Lock()
        """Held by who looks at tries and codes and counts what comes of it: two at once would see the same. Nobody
        waits for a turn with it.
        """
        self._lock = threading.Lock()
        self._logins: dict[str, Login] = {}
        self._tries: dict[tuple[str, str], Tries] = {}
        self._ended: dict[str, None] = {}
        self._steps: dict[str, int] = {}

    def keep(self, token_hash: str, login: Login) -> None:
        with self._lock:
            _put(self._logins, token_hash, login)

    def session(self, reader: Reader, token_hash: str) -> Mapping[str, Any] | None:
        """As `Reader.session` has it."""
        one = self._logins.get(token_hash)
        row = reader.staff(one.staff) if one else None
        if not one or not row or not row["active"] or row["password_hash"] != one.hashed:
            return None
        account = {name: row[name] for name in ("name", "role", "department")}
        return {"staff": one.staff, "counter": one.counter, "at": one.at, "seen": one.seen, **account}

    def sessions(self, reader: Reader, began_since: float, seen_since: float) -> set[str]:
        return {
            token_hash
            for token_hash, one in [*self._logins.items()]
            if one.at >= began_since and one.seen >= seen_since and self.session(reader, token_hash)
        }

    def sign_of(self, token_hash: str, now: float) -> bool:
        """The person is there; False where it is none of these."""
        with self._lock:
            one = self._logins.get(token_hash)
            if one:
                self._logins[token_hash] = one._replace(seen=now)
        return one is not None

    def end(self, token_hash: str) -> None:
        """A login is over, also one that is written down: that can't be noted there now."""
        with self._lock:
            self._logins.pop(token_hash, None)
            self._ended[token_hash] = None

    def drop(self, token_hash: str) -> None:
        """A login is over, and that is being written down: nobody puts it into the store after that."""
        with self._lock:
            self._logins.pop(token_hash, None)

    def end_of(self, staff: str) -> None:
        """All logins of a person are over."""
        with self._lock:
            self._logins = {name: one for name, one in self._logins.items() if one.staff != staff}

    def over(self, token_hash: str) -> bool:
        return token_hash in self._ended

    def taken(self) -> Taken:
        """As it is now: whoever writes it down says so (`settled`)."""
        with self._lock:
            return Taken(dict(self._logins), list(self._ended), dict(self._steps))

    def settled(self, taken: Taken) -> None:
        """It is written down. Tries are not: a lock of five wrong passwords ends by itself."""
        with self._lock:
            for token_hash in taken.logins:
                self._logins.pop(token_hash, None)
            for token_hash in taken.ended:
                self._ended.pop(token_hash, None)
            for staff, step in taken.steps.items():
                if self._steps.get(staff) == step:
                    del self._steps[staff]

    @property
    def any(self) -> bool:
        return bool(self._logins or self._ended or self._steps)

    # --- tries ---

    def tries(self, who: str, address: str) -> Tries:
        return self._tries.get((who, address), Tries())

    def tried(self, who: str, address: str, tries: Tries | None) -> None:
        """None: the right password."""
        with self._lock:
            self._tries.pop((who, address), None)
            if tries:
                _put(self._tries, (who, address), tries)

    def forget_tries(self, who: str) -> None:
        """Whatever was typed, at any address."""
        with self._lock:
            self._tries = {key: one for key, one in self._tries.items() if key[0] != who}

    def used(self, staff: str, step: int | None = None) -> int:
        """The newest step whose code opened the account; -1 for none."""
        with self._lock:
            if step is not None:
                self._steps[staff] = max(step, self._steps.get(staff, -1))
            return self._steps.get(staff, -1)

    def shift(self, seconds: float) -> None:
        """The clock was set: all goes on for as long as it would have."""
        with self._lock:
            self._logins = {
                name: one._replace(at=one.at + seconds, seen=one.seen + seconds) for name, one in self._logins.items()
            }
            self._tries = {key: one._replace(until=one.until + seconds) for key, one in self._tries.items()}


def _put(kept: dict[Any, Any], key: Any, value: Any) -> None:
    kept[key] = value
    if len(kept) > MOST:
        del kept[next(iter(kept))]
