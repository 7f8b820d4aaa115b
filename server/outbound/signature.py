"""The signature of a message between two systems, as Standard Webhooks writes it (standardwebhooks.com, spec 1.0.0):
base64 of HMAC-SHA256 over `id.timestamp.body`, with a secret that both sides hold as a file.

A secret is `whsec_` and base64 of 24 to 64 bytes, alone on its line. While it is changed a file has two lines, the new
one first: both sign, and either is believed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from config import Told, reasons
from intake.encoding import Unreadable, decoded

TOLERANCE_S = 300.0
"""A message that says it is older, or from further ahead, is not believed: somebody may have kept it."""
LEAST, MOST = 24, 64
PREFIX = "whsec_"


class NoSecret(Told):
    """A file of secrets can't be used."""


class Unsigned(Told):
    """A message is not from whom it says, or not of now."""


def fresh() -> str:
    """A new secret."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def read(file: Path) -> list[bytes]:
    """The secrets of a file, the one to sign with first. Raises NoSecret."""
    try:
        lines = decoded(file.read_bytes()).split()
    except OSError as error:
        why = reasons.in_full(error)
        raise NoSecret(
            f"密钥文件 {file} 读不了（{why.zh}）：请检查文件和权限。",
            f"{file}: the secret cannot be read ({why.en}); check the file and its rights.",
        ) from None
    except Unreadable as error:
        raise NoSecret(f"密钥文件 {file}：{error.zh}", f"{file}: {error.en}") from None
    found = [key for line in lines if (key := _key(line)) is not None]
    if not found or len(found) < len(lines) or len(found) > 2:
        raise NoSecret(
            f"密钥文件 {file} 里要有一行以“whsec_”开头的密钥（更换期间两行）：请向对方核对，或新做一个。",
            f"{file}: wants one line with a secret that begins with whsec_ (two while it is changed); ask the other"
            " side for it, or make a new one.",
        )
    return found


def _key(line: str) -> bytes | None:
    if not line.startswith(PREFIX):
        return None
    try:
        key = base64.b64decode(line.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if LEAST <= len(key) <= MOST else None


def sign(key: bytes, id: str, at: int, body: bytes) -> str:
    """`v1,` and the signature. `at`: epoch seconds."""
    told = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(told).decode()


def headers(keys: list[bytes], id: str, at: float, body: bytes) -> dict[str, str]:
    """The three headers of a message."""
    second = int(at)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(second),
        "webhook-signature": " ".join(sign(key, id, second, body) for key in keys),
    }


def check(keys: list[bytes], told: Mapping[str, str], body: bytes, now: float) -> str:
    """The id of a message whose signature is right and of now; `told`: its headers. Raises Unsigned."""
    id, at, signed = (told.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not id or not at or not signed:
        raise Unsigned(
            "没有签名：请带上“webhook-id”“webhook-timestamp”“webhook-signature”三个消息头。",
            "Not signed: send webhook-id, webhook-timestamp and webhook-signature.",
        )
    if not (at.isascii() and at.isdigit()) or len(at) > 12 or abs(int(at) - now) > TOLERANCE_S:
        raise Unsigned(
            "签名的时间与本机相差超过5分钟：请校对两边的时钟，再重新签名。",
            "The signature's time is more than 5 minutes from ours: set both clocks right, then sign anew.",
        )
    right = [sign(key, id, int(at), body).encode() for key in keys]
    if not any(hmac.compare_digest(one, theirs.encode()) for theirs in signed.split(" ") for one in right):
        raise Unsigned("签名不对：请核对两边的密钥。", "The signature is wrong: compare the secrets of both sides.")
    return id
