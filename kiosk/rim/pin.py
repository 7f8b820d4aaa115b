"""The technician's PIN: sealed with argon2, compared without being kept. Nothing has a default PIN."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(
    time_cost=2, memory_cost=19_456, parallelism=1
)  # OWASP's least: some 40 ms, 19 MiB for a moment


def seal(pin: str) -> str:
    """The line for config.toml. Raises ValueError for a PIN that is none."""
    if not re.fullmatch(r"\d{4,12}", pin):
        raise ValueError("a PIN is 4 to 12 digits; choose another one")
    return _hasher.hash(pin)


def fits(sealed: str, pin: str) -> bool:
    try:
        return _hasher.verify(sealed, pin)
    except (VerificationError, InvalidHashError):
        return False
