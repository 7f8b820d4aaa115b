"""What is private, beside the chain: sealed by a key of each record, so erasing is destroying a key. Writes no row.

A value is AES-256-GCM with a nonce of its own, bound to its record and field (associated data). The record's key lies
sealed by the hall's own key (`<data>/private-key`), so the database alone opens nothing. The journal holds the seal of
a value: an HMAC of the ciphertext under the record's key, which nobody can make or try out without that key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"\x01"
"""In front of everything sealed: which way it was; AES-256-GCM. Another one (SM4) would have another mark."""
NONCE = 12
KEY = "private"
"""The hall's own key by its name (`server/store/secret.py`)."""


class Sealed(Exception):
    """Nothing can be read: another hall's key, a changed row, or a row of another record."""


def fresh() -> bytes:
    """A record's key."""
    return AESGCM.generate_key(256)


def _hall_key(hall: str) -> bytes:
    return hashlib.sha256(b"records " + hall.encode()).digest()


def _seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return MARK + nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _open(key: bytes, box: bytes, bound: bytes) -> bytes:
    if box[:1] != MARK:
        raise Sealed(f"sealed in a way that is not known here: {box[:1].hex()}")
    try:
        return AESGCM(key).decrypt(box[1 : 1 + NONCE], box[1 + NONCE :], bound)
    except InvalidTag:
        raise Sealed("not sealed by this key, or not for this place") from None


def wrapped(hall: str, record: int, key: bytes) -> bytes:
    """A record's key as the database keeps it. `hall`: the hall's own key, as its file has it."""
    return _seal(_hall_key(hall), key, b"key %d" % record)


def unwrapped(hall: str, record: int, box: bytes) -> bytes:
    """A record's key. Raises Sealed."""
    return _open(_hall_key(hall), box, b"key %d" % record)


def _place(record: int, field: str) -> bytes:
    return f"{record} {field}".encode()


def boxes(key: bytes, record: int, values: Mapping[str, str]) -> dict[str, bytes]:
    """The values as the database keeps them."""
    return {field: _seal(key, value.encode(), _place(record, field)) for field, value in values.items()}


def values(key: bytes, record: int, kept: Mapping[str, bytes]) -> dict[str, str]:
    """What was put into the boxes. Raises Sealed."""
    return {field: _open(key, box, _place(record, field)).decode() for field, box in kept.items()}


def seals(key: bytes, kept: Mapping[str, bytes]) -> dict[str, str]:
    """What the journal holds of each box."""
    own = hashlib.sha256(b"seal " + key).digest()
    return {field: hmac.new(own, box, hashlib.sha256).hexdigest() for field, box in kept.items()}


def veiled(hall: str, value: str) -> str:
    """What stands for a value where two wishes are compared (an idempotency key), and says nothing of it."""
    return hmac.new(_hall_key(hall), value.encode(), hashlib.sha256).hexdigest()


def sealed(hall: str, place: str, plain: str) -> bytes:
    """A text that lies beside the chain for good, sealed by the hall's own key and bound to its place."""
    return _seal(hashlib.sha256(b"kept " + hall.encode()).digest(), plain.encode(), place.encode())


def unsealed(hall: str, place: str, box: bytes) -> str:
    """What was sealed. Raises Sealed."""
    return _open(hashlib.sha256(b"kept " + hall.encode()).digest(), box, place.encode()).decode()
