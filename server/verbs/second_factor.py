"""两步验证: setting it up, its recovery codes, and its end. What a code is, `server/domain/second_factor.py` says.

The secret lies sealed by the hall's own key, so that the database alone opens nothing; of a recovery code there is only
what nobody can turn back or try without that key.
"""

from __future__ import annotations

import secrets

import pyotp

from server.domain import events as ev
from server.domain import second_factor
from server.domain.rules import Refused
from server.store import private, secret
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Hub


def fresh() -> str:
    """A secret that nobody has yet, in base 32: 160 bits (RFC 4226 4)."""
    return pyotp.random_base32(32)


def _hall_key(hub: Hub) -> str:
    return secret.key(hub.hall, private.KEY)


def is_set(reader: Reader, staff: str) -> bool:
    return reader.second_factor(staff) is not None


def set_up(hub: Hub, staff: str, own: str, typed: str) -> list[str]:
    """The account's logins need a code of this secret from now on; `typed` proves that the telephone has it. The
    recovery codes, which nothing shows again.
    """
    step = second_factor.accepted(own, typed, hub.now(), -1)
    if step is None:
        raise Refused(*second_factor.WRONG)
    codes = ["".join(secrets.choice(second_factor.LETTERS) for _ in range(12)) for _ in range(10)]
    box = private.sealed(_hall_key(hub), f"second factor {staff}", own)

    def decide(turn: Turn) -> None:
        row = turn.staff(staff)
        if row is None or row["role"] not in second_factor.ROLES:
            raise Refused("两步验证给管理人员和系统管理员使用。", "Two-step login is for managers and administrators.")
        turn.put_second_factor(staff, box, step, [_veiled(hub, staff, code) for code in codes])
        turn.record(ev.SecondFactorSet(staff=staff), staff)

    hub.turn(decide)
    return [second_factor.grouped(code) for code in codes]


def _veiled(hub: Hub, staff: str, code: str) -> str:
    return private.veiled(_hall_key(hub), f"recovery {staff} {code}")


def fits(hub: Hub, turn: Turn, staff: str, typed: str) -> bool:
    """Whether a code opens the account, and then it is used: neither it nor a recovery code opens it twice."""
    row = turn.second_factor(staff)
    if row is None:
        return True
    used = max(row["step"], hub.unwritten.used(staff))
    if (step := _step(hub, staff, row["box"], typed, turn.now, used)) is not None:
        turn.used_step(staff, step)
        return True
    if turn.drop_recovery_code(staff, _veiled(hub, staff, second_factor.plain(typed))):
        turn.record(ev.RecoveryCodeUsed(staff=staff), staff)
        return True
    return False


def step(hub: Hub, reader: Reader, staff: str, typed: str, used: int) -> int | None:
    """The step of a code that opens the account and is newer than `used`, with nothing written down: a recovery code,
    which could not be spent, opens nothing.
    """
    row = reader.second_factor(staff)
    return _step(hub, staff, row["box"], typed, hub.now(), max(row["step"], used)) if row else None


def _step(hub: Hub, staff: str, box: bytes, typed: str, now: float, used: int) -> int | None:
    """By the hall's time and, while that is in doubt, by the clock's too: a telephone knows which is right, and whoever
    has to confirm the clock must get in.
    """
    own = private.unsealed(_hall_key(hub), f"second factor {staff}", box)
    found = (second_factor.accepted(own, typed, at, used) for at in dict.fromkeys((now, hub.clock().clock)))
    return next((step for step in found if step is not None), None)


def end(hub: Hub, by: By, staff: str) -> None:
    """The password alone opens the account again. An administrator's act, or the owner's with a code (`end_own`)."""

    def decide(turn: Turn) -> None:
        if turn.second_factor(staff) is not None:
            turn.drop_second_factor(staff)
            turn.record(ev.SecondFactorEnded(staff=staff), by.actor)

    hub.turn(decide)


def end_own(hub: Hub, staff: str, typed: str) -> None:
    """The same for oneself. Raises Refused for a wrong code."""

    def decide(turn: Turn) -> bool:
        return fits(hub, turn, staff, typed)

    if not hub.turn(decide):
        raise Refused(*second_factor.WRONG)
    end(hub, By(staff), staff)
