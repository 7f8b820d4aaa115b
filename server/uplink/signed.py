"""What the district signs for a hall: which circulars stand for it, and which keys sign from now on. Ed25519 by NKEY;
both ends read it here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

import nkeys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.domain.chain import canonical

BUCKET = "down"
"""Of JetStream's key-value store: `h.<hall>` an order for one hall, `c.<sha256>` a circular, `o.<hall>.<sha256>` what
one hall alone may read.
"""


class Unsigned(ValueError):
    """Nobody whom this hall trusts has signed it, or it is no order for it."""


class Item(NamedTuple):
    """A circular that stands for a hall; `depth`: of its place below the root of the tree."""

    number: int
    sha256: str
    depth: int


@dataclass(frozen=True)
class Order:
    """Which circulars stand for a hall. `issue`: counts up; an older one is never taken. `signers`: public keys that a
    hall trusts once it has this.
    """

    city: str
    hall: str
    issue: int
    signers: tuple[str, ...]
    items: tuple[Item, ...]


def key_of(hall: str) -> str:
    return f"h.{hall}"


def key_of_circular(sha256: str) -> str:
    return f"c.{sha256}"


def key_of_own(hall: str, sha256: str) -> str:
    return f"o.{hall}.{sha256}"


class Asks(NamedTuple):
    """Subjects of one hall: where it asks for its order, a circular and its own (the hash after them), and where it
    hears of a new order. Who may ask by a hash may ask by a wildcard: `circulars` is for what every hall may read.
    """

    order: str
    circulars: str
    own: str
    news: str


def asks(hall: str) -> Asks:
    ask = f"$JS.API.DIRECT.GET.KV_{BUCKET}.$KV.{BUCKET}"
    return Asks(f"{ask}.{key_of(hall)}", f"{ask}.c", f"{ask}.o.{hall}", f"$KV.{BUCKET}.{key_of(hall)}")


def inbox(hall: str) -> str:
    """Beginning of the subjects where a hall hears replies."""
    return f"_INBOX_{hall}"


def sealed(order: Order, seeds: Sequence[str]) -> bytes:
    """Signed by each of the keys: who was away while one took the place of another trusts the older one still."""
    text = canonical(asdict(order))
    pairs = [nkeys.from_seed(bytearray(seed.encode())) for seed in seeds]
    by = {pair.public_key.decode(): base64.b64encode(pair.sign(text.encode())).decode() for pair in pairs}
    return canonical({"text": text, "by": by}).encode()


def opened(data: bytes, city: str, hall: str, trusted: Collection[str]) -> Order:
    """Raises Unsigned."""
    try:
        told = json.loads(data)
        text, by = told["text"], told["by"]
        if not any(_right(text, by, key) for key in trusted):
            raise Unsigned("no key that this hall trusts has signed it")
        read = json.loads(text)
        order = Order(
            str(read["city"]),
            str(read["hall"]),
            int(read["issue"]),
            tuple(map(str, read["signers"])),
            tuple(Item(int(number), str(sha256), int(depth)) for number, sha256, depth in read["items"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise error if isinstance(error, Unsigned) else Unsigned(f"no order: {error}") from None
    if (order.city, order.hall) != (city, hall):
        raise Unsigned(f"it is for {order.hall} of {order.city}")
    return order


def _right(text: str, by: Mapping[str, str], key: str) -> bool:
    try:
        raw = base64.b32decode(key + "=" * (-len(key) % 8))[1:33]  # prefix, 32 bytes, checksum
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(by[key]), text.encode())
    except (KeyError, ValueError, InvalidSignature):
        return False
    return True
